"""The whole way of a record: the seed, the policies, and what is rejected for which reason."""

import tomllib
from datetime import datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.errors import ConfigError
from etl.model import Article, RawRecord, Rejection
from etl.settings import Limits
from etl.sources import ADHOC, Source
from etl.transform.extra import DROPPED
from etl.transform.identity import title_hash
from etl.transform.titles import normal_form
from tests.transform.shared import SHARED
from tests.transform.sourced import CONFIG, DATED, STAMP, TABLE, normalizer

FIELDS = {
    "title": "Council approves budget",
    "published_at": "2023-09-22T10:49:00Z",
    "body": "First paragraph of the text.\n\nThe second one is here for the council and the people of it.",
}


def record(fields, number=7) -> RawRecord:
    return RawRecord(fields, number, b"raw bytes", "member.jsonl", 123)


def article(fields=FIELDS, stamp=STAMP, source: Source = ADHOC, **said) -> Article:
    made = normalizer(source, **said)(record(fields), stamp)
    assert isinstance(made, Article), made
    return made


def rejection(fields, source: Source = ADHOC, **said) -> Rejection:
    made = normalizer(source, **said)(record(fields), STAMP)
    assert isinstance(made, Rejection), made
    return made


def seed_fields():
    folder = SHARED / "dumps/seed"
    if not folder.is_dir():
        pytest.skip(f"no seed dump at {folder}")
    (path,) = folder.glob("*.txt")
    lines = path.read_text(encoding="utf-8").split("\n")
    return {
        "title": lines[0],
        "published": lines[2],
        "body": "\n".join([*lines[4:15], "", "Leave a Replay"]),
        "byline": "Li Han",
        "editor": "Baohua",
        "captured": lines[17],
        "tags": lines[18],
    }


@pytest.mark.parametrize(
    ("zone", "hour", "origin"),
    [(None, 10, "assumed"), ("Asia/Shanghai", 2, "source")],
)
def test_the_seed_becomes_its_article(zone, hour, origin):
    published_at = datetime(2023, 9, 22, hour, 49)
    fields = seed_fields()
    made = article(fields, source=Source(name="seed", timezone=zone), boilerplate=("Leave a Replay",))
    assert made.title == fields["title"]
    assert made.published_at == published_at
    assert made.published == {
        "raw": "2023-09-22 10:49:00",
        "precision": "second",
        "zone": origin,
        "from": "published",
    }
    assert made.key == f"{published_at.isoformat()}Z/{title_hash(normal_form(fields['title']))}"
    paragraphs = made.body.split("\n\n")
    assert len(paragraphs) == 6
    assert paragraphs[0].startswith("News from this website")
    assert "Leave a Replay" not in made.body
    assert (made.authors, made.editor, made.language) == (["Li Han"], "Baohua", "en")
    assert made.captured_at == datetime(2023, 9, 22, 13, 15, 31)
    assert (len(made.tags), made.tags[0]) == (22, "Standing")
    assert (made.flags, made.extra) == ([], {})
    assert made.rank.startswith("2023-09-22T13:15:31.000Z/")


def test_an_article_keeps_its_position_and_its_raw_bytes():
    made = article()
    assert (made.record, made.raw, made.member, made.offset) == (7, b"raw bytes", "member.jsonl", 123)
    assert made.stamp is STAMP


def test_every_role_is_filled_by_its_common_names():
    made = article(
        {
            "headline": "A &amp; B",
            "pubDate": "Fri, 22 Sep 2023 10:49:00 GMT",
            "maintext": ["One.", "Two."],
            "author": [{"name": "Jane Doe"}],
            "keywords": "Budget, schools",
            "lang": "en-US",
            "link": " https://example.org/a?b=1&amp;c=2 ",
            "crawled_at": 1695388531,
            "section": "local",
        }
    )
    assert made.title == "A & B"
    assert made.body == "One.\n\nTwo."
    assert made.authors == ["Jane Doe"]
    assert made.tags == ["Budget", "schools"]
    assert made.language == "en"
    assert made.url == "https://example.org/a?b=1&c=2"
    assert made.captured_at == datetime(2023, 9, 22, 13, 15, 31)
    assert made.extra == {"section": "local"}


REJECTED = [
    ({"title": {"$ne": None}}, "wrong_type", "the title, in title, is an object with '$ne', not text"),
    ({"title": ["A", "B"]}, "wrong_type", "the title, in title, is a list, not text"),
    ({"title": 1984}, "wrong_type", "the title, in title, is a number, not text"),
    ({"body": {"format": "x"}}, "wrong_type", "the body, in body, is an object with 'format', not text"),
    ({"body": ["x", 5]}, "wrong_type", "the body, in body, is a list, not text"),
    ({"title": None}, "no_title", "no field gives a title; map one with fields.title"),
    ({"title": " \n"}, "no_title", "no field gives a title; map one with fields.title"),
    ({"title": "?!"}, "no_title", "nothing is left of '?!' in its normal form"),
    ({"published_at": ""}, "undated", None),
    ({"published_at": "10:49"}, "incomplete_date", None),
    ({"published_at": "Friday"}, "incomplete_date", None),
    ({"published_at": "01/02/2023"}, "ambiguous_date", None),
    ({"published_at": "2023-09-22 10:49 CST"}, "unknown_zone", None),
    ({"published_at": "9" * 50}, "unreadable_date", None),
    ({"published_at": "2023-09-22T24:00:00Z"}, "unreadable_date", None),
    ({"published_at": "2030-01-01"}, "date_out_of_range", None),
    ({"published_at": True}, "wrong_type", None),
    ({"n": 1 << 63}, "bad_value", None),
    ({"n": float("nan")}, "bad_value", None),
    ({"n": {"a\x00b": 1}}, "bad_value", None),
    ({"note": "half \ud800"}, "bad_value", None),
    ({"body": "half \ud800"}, "bad_value", None),
    ({"title": "half \ud800"}, "bad_value", None),
    ({"title": "Website is down for maintenance!"}, "not_an_article", None),
]


@pytest.mark.parametrize(
    ("fields", "reason", "detail"), REJECTED, ids=[ascii(row[0])[:40] for row in REJECTED]
)
def test_a_record_that_cannot_become_an_article_is_rejected_with_its_reason(fields, reason, detail):
    made = rejection({**FIELDS, **fields}, not_articles=("Website is Down For Maintenance",))
    assert (made.stage, made.reason) == ("transform", reason)
    assert detail is None or made.detail == detail
    assert 0 < len(made.detail) <= 300
    assert (made.record, made.raw, made.member, made.offset) == (7, b"raw bytes", "member.jsonl", 123)


def test_a_detail_can_always_be_stored():
    made = rejection({"\ud800": 5}, source=Source(name="s", fields={"title": "\ud800"}))
    assert made.detail == r"the title, in \ud800, is a number, not text"


def test_an_undated_record_is_rejected_unless_its_source_loads_such():
    undated = {name: value for name, value in FIELDS.items() if name != "published_at"}
    assert 'undated = "load"' in rejection(undated).detail
    loads = Source(name="s", undated="load")
    made = article(undated, source=loads)
    other = article({**undated, "body": "Another body altogether."}, source=loads)
    assert made.key.startswith(f"undated/{made.title_hash}-")
    assert made.key != other.key
    assert (made.published_at, made.published) == (None, None)
    # an unreadable date is no missing one
    assert rejection({**FIELDS, "published_at": "soon"}, source=loads).reason == "incomplete_date"


def test_a_date_from_another_field_is_recorded():
    source = Source(name="s", published_from=("date", "captured"))
    made = article({**FIELDS, "crawled_at": "1695388531"}, source=source)
    assert made.published["from"] == "crawled_at"
    assert made.published_at == made.captured_at == datetime(2023, 9, 22, 13, 15, 31)


def test_a_day_alone_stays_a_day_in_the_key():
    made = article(
        {**FIELDS, "published_at": "2023-09-22"}, source=Source(name="s", timezone="Asia/Shanghai")
    )
    assert made.key == f"2023-09-22/{made.title_hash}"
    assert made.published_at == datetime(2023, 9, 21, 16)
    assert made.published["precision"] == "day"


def test_a_date_that_is_no_text_is_kept_as_json():
    made = article({**FIELDS, "published_at": {"$date": 1695388531000}})
    assert made.published["raw"] == '{"$date":1695388531000}'


def test_an_unreadable_capture_time_is_flagged_and_kept_and_never_rejects():
    made = article(
        {**FIELDS, "captured_at": "yesterday", "url": 5, "tags": {"a": 1}, "author": 9, "lang": "?"}
    )
    assert made.flags == ["captured_unreadable"]
    assert made.captured_at is None
    assert made.extra == {"captured_at": "yesterday", "url": 5, "tags": {"a": 1}, "author": 9, "lang": "?"}


def test_without_a_body_an_article_is_flagged():
    made = article({**FIELDS, "body": " "})
    assert (made.body, made.flags) == ("", ["no_body"])
    assert article({**FIELDS, "body": "<p> </p>"}).flags == ["no_body"]


def test_flags_of_the_date_come_along():
    berlin = Source(name="s", timezone="Europe/Berlin")
    assert article({**FIELDS, "published_at": "2023-10-29 02:30:00"}, source=berlin).flags == [
        "ambiguous_dst"
    ]


def test_extra_fields_are_kept_within_their_bound():
    fields = {**FIELDS, "html": "x" * 500, "id": 5, "_id": {"$oid": "5f"}, "empty": None, "more": {"a": [1]}}
    assert article(fields).extra == {"html": "x" * 500, "id": 5, "_id": "5f", "more": {"a": [1]}}
    cut = article(fields, limits=Limits(extra_bytes=100))
    assert cut.extra == {"id": 5, "_id": "5f", "more": {"a": [1]}, DROPPED: ["html"]}
    assert cut.flags == ["extra_truncated"]
    assert article(fields, source=Source(name="s", ignore=("HTML", "more", "_id"))).extra == {"id": 5}


def test_the_rank_takes_the_capture_then_the_dumps_day_then_nothing():
    captured = {**FIELDS, "captured_at": "2023-09-22T13:15:31.5Z"}
    assert article(captured, DATED).rank.startswith("2023-09-22T13:15:31.500Z/")
    assert article(stamp=DATED).rank.startswith("2023-09-25T00:00:00.000Z/")
    assert article().rank.startswith("-/")


def test_the_same_content_learnt_differently_differs_in_rank_and_not_in_content():
    one = article()
    other = article({**FIELDS, "published_at": "2023-09-22 10:49:00"})
    assert one.key == other.key
    assert one.content_hash == other.content_hash
    assert one.rank != other.rank


def test_another_body_is_another_content_of_the_same_key():
    one, other = article(), article({**FIELDS, "body": "Revised."})
    assert one.key == other.key
    assert one.content_hash != other.content_hash


def test_titles_that_are_the_same_to_a_reader_share_a_key():
    assert article().key == article({**FIELDS, "title": "“Council  Approves Budget.”"}).key


def test_brands_and_labels_are_no_part_of_the_key():
    source = Source(name="s", brands=(" | Example",), labels=("VIDEO: ",))
    made = article({**FIELDS, "title": "VIDEO: Council approves budget | Example"}, source=source)
    assert made.title == "Council approves budget"
    assert made.key == article().key


def test_a_title_over_the_limit_is_cut_and_flagged():
    made = article({**FIELDS, "title": "word " * 100}, limits=Limits(title_characters=50))
    assert len(made.title) <= 50
    assert made.flags == ["title_cut"]


def test_a_wrong_policy_stops_before_the_run():
    with pytest.raises(ConfigError):
        normalizer(Source(name="s", zones={"IST": "nowhere"}))


def test_the_shared_list_of_placeholder_titles_is_sound():
    titles = tomllib.loads((CONFIG / "not_articles.toml").read_text("utf-8"))["titles"]
    lines = tomllib.loads((CONFIG / "boilerplate.toml").read_text("utf-8"))["lines"]
    rules = normalizer(not_articles=tuple(titles), boilerplate=tuple(lines))
    assert rules(record({**FIELDS, "title": titles[0]}), STAMP).reason == "not_an_article"
    assert "Leave a Replay" in lines


ANY_TEXT = st.text(max_size=30) | st.text(
    st.characters(exclude_categories=()), max_size=10
)  # half characters too
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.just("2023-09-22"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([*(name for names in TABLE.values() for name in names[:2]), "x", "Title", "meta", ""])


@given(st.dictionaries(NAMES, VALUES, max_size=8), st.booleans())
@settings(max_examples=400, deadline=None)
def test_any_record_is_an_article_that_can_be_encoded_or_a_rejection_and_always_the_same(fields, whole):
    fields = {**FIELDS, **fields} if whole else fields
    source = Source(name="s", undated="load", fields={"editor": ["meta.x"]}, languages=("en",))
    rules = normalizer(source)
    made = rules(record(fields), STAMP)
    assert made == normalizer(source)(record(fields), STAMP)
    if isinstance(made, Article):
        assert orjson.dumps(made.document())
        again = rules(record({**FIELDS, "title": made.title, "body": made.body}), STAMP)
        assert (again.title, again.body, again.title_hash) == (made.title, made.body, made.title_hash)
