"""JSON Feed, versions 1 and 1.1: the items of a feed written as one JSON object."""

from collections.abc import Iterator
from typing import Any

import orjson

from etl.errors import DumpError, Refusal
from etl.extract.jsonrecord import RecordParser
from etl.extract.rejecting import rejected, too_large
from etl.extract.types import Member, Reading
from etl.model import RawRecord, Rejection

_TAKEN = frozenset((
    "title", "date_published", "date_modified", "url", "content_html", "content_text", "authors", "author",
))  # fmt: skip
"""Keys of an item that go under other names; all others stay as they are."""


def json_feed_entries(text: str, member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """The items of a JSON Feed, as the fields that `feed.feed_entries` names.

    Raises `DumpError` where the text is no JSON Feed.
    """
    try:
        feed = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise DumpError(member.dump, f"is no JSON Feed: {error}; repair it, or load what it holds") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise DumpError(member.dump, 'is no JSON Feed: it has no list "items"; state another `format`')
    common = _feed_fields(feed)
    parser = RecordParser(reading.limits.depth)
    for record, item in enumerate(items, 1):
        raw = orjson.dumps(item)
        if len(raw) > reading.limits.record_bytes:
            yield too_large(
                raw, len(raw), reading.limits.record_bytes, record=record, member=member.name, offset=None
            )
            continue
        try:
            fields = common | _item_fields(parser.checked(item, raw))
        except Refusal as refusal:
            yield rejected(refusal, raw, record, member.name, None)
        else:
            filled = {name: value for name, value in fields.items() if value}
            yield RawRecord(filled, record, raw, member.name)


def _feed_fields(feed: dict[str, Any]) -> dict[str, Any]:
    return {
        "language": feed.get("language"),
        "feed_title": feed.get("title"),
        "feed_url": feed.get("home_page_url") or feed.get("feed_url"),
    }


def _item_fields(item: dict[str, Any]) -> dict[str, Any]:
    authors = item.get("authors") or item.get("author")
    fields = {
        "title": item.get("title"),
        "published": item.get("date_published"),
        "updated": item.get("date_modified"),
        "url": item.get("url") or item.get("external_url"),
        "body": item.get("content_html") or item.get("content_text") or item.get("summary"),
        "authors": [
            author["name"]
            for author in (authors if isinstance(authors, list) else [authors])
            if isinstance(author, dict) and author.get("name")
        ],
    }
    return fields | {name: value for name, value in item.items() if name not in _TAKEN}
