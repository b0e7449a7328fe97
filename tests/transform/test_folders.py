"""Corpora in which a folder is a category: SANAD, Khaleej and their like."""

import pytest

from etl.model import Article, RawRecord
from etl.transform.folders import folder_of
from tests.transform.rules import BODY, STAMP, normalizer_of


@pytest.mark.parametrize(
    ("dump", "member", "folder"),
    [
        ("corpus/sport/001.txt", None, "sport"),
        ("001.txt", None, ""),
        ("https://host/corpus/sport/001.txt.gz", None, "sport"),
        ("corpus.zip", "news/رياضة/001.txt", "رياضة"),
        ("corpus/Sports.tar.gz", "001.txt", "Sports"),
        ("corpus.zip", "2023/sport.zip!001.txt", "sport"),
        ("corpus.zip", "sport/a.zip!x/001.txt", "x"),
    ],
)
def test_the_folder_of_a_record_is_the_innermost_one_that_has_a_name(dump, member, folder):
    assert folder_of(dump, member) == folder


def article(member="رياضة/001.txt", fields=None, **policy):
    record = RawRecord(fields or {"title": "Ferry and tram", "body": BODY}, 1, b"{}", member)
    found = normalizer_of(undated="load", **policy)(record, STAMP)
    assert isinstance(found, Article), found
    return found


def test_a_source_may_make_the_folder_a_tag_or_keep_it_as_a_field():
    assert article(folder="tags").tags == ["رياضة"]
    assert article(folder="section").extra == {"section": "رياضة"}
    assert article().extra == {}


def test_a_field_that_the_record_has_goes_before_the_folder():
    fields = {"title": "Ferry and tram", "body": BODY, "section": "News"}
    assert article(fields=fields, folder="section").extra == {"section": "News"}


def test_an_undated_text_is_loaded_where_its_source_says_so():
    assert article().key.startswith("undated/")
    assert article().published_at is None
