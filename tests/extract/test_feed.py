"""Feeds: what their entries give, whatever is wrong with them, in bounded time."""

import json
import re
import socket
import time

import pytest
from feedparser.datetimes import _parse_date
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.extract.feed import feed_entries
from etl.extract.feedtext import entry_slices
from etl.model import RawRecord
from tests.extract.helpers import SHARED, needs_dumps
from tests.extract.members import only, read

FEEDS = SHARED / "dumps" / "feedparser_feeds"
EXCEPTIONS = {
    "tests/wellformed/rss/item_dc_date_parsed.xml": "dc:date is when an item was published, not updated",
}
"""Expectations of feedparser's that do not hold here, and why."""
ABOUT_ENTRIES = re.compile(r"entries\[\d\]\['(?:title|link|published_parsed|updated_parsed)'\]")


def rss(*items: str) -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel>{body}</channel></rss>'.encode()


def gold():
    """The expectations on an entry's title, link or date that need no HTTP header."""
    path = FEEDS / "gold_expect.jsonl"
    lines = map(json.loads, path.read_text().splitlines()) if path.exists() else ()
    return [line for line in lines if not line["http_headers"] and ABOUT_ENTRIES.search(line["expect"])]


def as_feedparser_says(record):
    """A record's fields under feedparser's names, its dates parsed by feedparser."""
    fields = record.fields
    entry = {"title": fields.get("title", ""), "link": fields.get("url")}
    for name in ("published", "updated"):
        if name in fields:
            entry[f"{name}_parsed"] = tuple(_parse_date(fields[name]))
    return entry


@needs_dumps
@pytest.mark.parametrize("line", gold(), ids=lambda line: line["file"].removeprefix("tests/"))
def test_what_feedparser_expects_of_an_entry_holds(line):
    records, _ = read(feed_entries, (FEEDS / line["file"]).read_bytes())
    entries = [as_feedparser_says(record) for record in records]
    expectation = line["expect"].removeprefix("not ").removeprefix("bozo and ")
    try:
        holds = eval(expectation, {"entries": entries})  # noqa: S307 - the vectors' own little language
    except KeyError:
        holds = False
    assert holds or line["file"] in EXCEPTIONS


@needs_dumps
def test_no_real_feed_crashes_or_hangs_the_reader():
    started = time.monotonic()
    outcomes = {"read": 0, "failed": 0}
    for path in sorted(FEEDS.rglob("*.xml")):
        records, error = read(feed_entries, path.read_bytes())
        outcomes["failed" if error else "read"] += 1
        assert all(record.raw for record in records)
    assert outcomes == {"read": 823, "failed": 259}
    assert time.monotonic() - started < 30


def test_a_feed_makes_no_connection(monkeypatch):
    def refuse(*args):
        raise AssertionError("a feed made a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    dtd = '<!DOCTYPE rss PUBLIC "-//x" "http://192.0.2.1/rss.dtd">'
    item = "<title>T</title><link>http://192.0.2.1/a</link><enclosure url='http://192.0.2.1/b'/>"
    assert only(feed_entries, dtd.encode() + rss(item))["title"] == "T"


def test_an_entry_keeps_its_own_bytes_and_its_place():
    data = b"<?xml version='1.0' encoding='utf-8'?>\n" + rss("<title>Zürich</title>", "<title>Genf</title>")
    records, _ = read(feed_entries, data)
    assert [record.raw for record in records] == [
        "<item><title>Zürich</title></item>".encode(),
        b"<item><title>Genf</title></item>",
    ]
    assert all(data[record.offset :].startswith(record.raw) for record in records)
    assert [record.record for record in records] == [1, 2]


def test_an_entry_whose_bytes_cannot_be_told_is_kept_as_understood():
    (record,), _ = read(feed_entries, rss("<title>T</title><description><![CDATA[<item>]]></description>"))
    assert json.loads(record.raw)["title"] == "T"
    assert record.offset is None


@pytest.mark.parametrize(
    ("item", "field", "value"),
    [
        ("<title>A &amp;amp; B</title>", "title", "A &amp; B"),
        ("<title><![CDATA[1 < 2]]></title>", "title", "1 < 2"),
        ("<pubDate>last Friday</pubDate>", "published", "last Friday"),
        ("<author>ann@harbour.example (Ann Smith)</author>", "authors", ["Ann Smith"]),
        ("<author>Ann Smith</author>", "authors", ["Ann Smith"]),
        ("<author>Ann Smith (ann@harbour.example)</author>", "authors", ["Ann Smith"]),
        ("<author>ann@harbour.example</author>", "authors", ["ann@harbour.example"]),
        ("<category>b</category><category>a</category>", "tags", ["b", "a"]),
        ("<comments>http://harbour.example/c</comments>", "comments", "http://harbour.example/c"),
        ("<guid>http://harbour.example/1</guid>", "url", "http://harbour.example/1"),
        ("<guid isPermaLink='false'>17</guid>", "id", "17"),
    ],
)
def test_an_items_element_becomes_a_field(item, field, value):
    assert only(feed_entries, rss(f"<description>x</description>{item}"))[field] == value


def test_a_guid_that_is_no_address_is_no_url():
    assert "url" not in only(feed_entries, rss("<title>T</title><guid>17</guid>"))


def test_a_date_that_an_item_does_not_have_is_not_made_up():
    fields = only(feed_entries, rss("<title>T</title>"))
    assert "published" not in fields
    assert "updated" not in fields


def test_a_feed_over_the_cap_fails_by_the_caps_name():
    records, error = read(feed_entries, rss("x" * 70_000), limits={"feed_bytes": 1 << 16})
    assert records == []
    assert "limits.feed_bytes" in error


def test_an_entry_over_the_cap_is_rejected_and_its_neighbour_is_not():
    records, error = read(feed_entries, rss("x" * 2000, "<title>T</title>"), limits={"record_bytes": 1024})
    assert error is None
    assert [getattr(record, "reason", None) for record in records] == ["too_large", None]


@pytest.mark.parametrize(
    "data",
    [
        b"<rss><channel>" + b"<item>" * 10_000,
        b"<rss><channel>" + b"<" * 50_000,
        b"<rss><channel>" + b"<a>" * 20_000 + b"</a>" * 20_000,
        rss("<author>" + "a" * 100_000 + "</author>"),
        rss("<author><![CDATA[" + "a." * 50_000 + "]]></author>"),
        rss("<description>" + "&lt;!-- " * 20_000 + "</description>"),
        rss("".join(f"<category>{n}</category>" for n in range(20_000))),
        b"x" + b"\n" * 200_000 + b"<rss/>",
        b"<!DOCTYPE x " * 20_000 + b"<rss/>",
        b'<!DOCTYPE rss [<!ENTITY a "' + b"b" * 900 + b'">]>' + rss("<title>" + "&a;" * 30_000 + "</title>"),
    ],
    ids=[
        "items",
        "less-than",
        "nested",
        "author",
        "author-cdata",
        "comments",
        "tags",
        "blanks",
        "types",
        "entity",
    ],
)
def test_a_hostile_feed_takes_little_time(data):
    started = time.monotonic()
    read(feed_entries, data)
    assert time.monotonic() - started < 8


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_feed_gives_records_or_a_message(data):
    whole = rss("<title>Zürich &amp; Genf</title><pubDate>2023-09-22</pubDate>", "<title>T</title>")
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    damaged = whole[:start] + data.draw(st.binary(max_size=10)) + whole[end:]
    records, error = read(feed_entries, damaged)
    assert error is None or error
    assert all(record.raw for record in records)


def test_slices_end_where_the_entry_ends():
    markup = b"<feed><entry a='1'>x</entry> <entry/><ns:entry>y</feed>"
    assert [raw for _, raw in entry_slices(markup)] == [
        b"<entry a='1'>x</entry>",
        b"<entry/>",
        b"<ns:entry>y</feed>",
    ]


def test_a_json_feed_item_keeps_what_it_has_besides():
    item = b'{"title": "T", "url": "/1", "summary": "S", "content_text": "C", "_own": 1}'
    data = b'{"version": "x", "items": [' + item + b"]}"
    fields = only(feed_entries, data)
    assert fields == {"title": "T", "url": "/1", "body": "C", "summary": "S", "_own": 1}


@pytest.mark.parametrize("data", [b"{", b"{}", b'{"items": 1}', b'{"a": NaN}'])
def test_what_is_no_json_feed_fails(data):
    records, error = read(feed_entries, data)
    assert records == []
    assert error.startswith("is no JSON Feed")


def test_json_feed_items_are_records():
    records, _ = read(feed_entries, b'{"items": [{"title": "A"}, {"title": "B"}]}')
    assert [isinstance(record, RawRecord) and record.fields["title"] for record in records] == ["A", "B"]


def test_what_feedparser_trips_over_is_a_failed_dump():
    records, error = read(feed_entries, b"<rss <item><channel><link</item></link>")
    assert records == []
    assert error == "is malformed beyond what feedparser reads (KeyError: 'links')"
