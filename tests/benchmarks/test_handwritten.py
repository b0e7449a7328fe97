"""The loader written by hand: a fair opponent, which does what one would expect of it."""

from datetime import UTC, datetime

from benchmarks import articles
from benchmarks.dateshapes import SHAPES
from benchmarks.handwritten import parse_date, to_document


def test_it_reads_every_shape_of_date():
    at = datetime(2024, 2, 29, 3, 4, 5, tzinfo=UTC)
    assert {parse_date(shape(int(at.timestamp()))) for shape in SHAPES} == {at}


def test_it_cleans_texts_and_keeps_the_other_fields():
    raw = articles.record(7) | {"title": " Research &amp;  Development ", "body": "a \u00a0 b\r\n\r\n\r\nc  "}
    document = to_document(raw)
    assert document["title"] == "Research & Development"
    assert document["body"] == "a b\n\nc"
    assert document["url"] == raw["url"]


def test_spellings_of_one_title_have_one_hash():
    raw = articles.record(7)
    one = to_document(raw | {"title": "Bridge reopens: at last"})
    other = to_document(raw | {"title": "BRIDGE REOPENS \u2013 at last!"})
    assert one["title_hash"] == other["title_hash"]
