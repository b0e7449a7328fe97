"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, CDF by feedparser; JSON Feed. One record an entry.

feedparser is only ever given bytes: it fetches nothing, whatever a feed refers to.
"""

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from etl.errors import DumpError, Refusal
from etl.extract.declared import known_encoding, refuse_damage, xml_encoding
from etl.extract.feedtext import (
    entry_slices,
    feed_text,
    is_closed,
    is_complete,
    refuse_many_tags,
    split_prolog,
)
from etl.extract.jsonfeed import json_feed_entries
from etl.extract.rejecting import rejected, too_large
from etl.extract.streams import read_sound
from etl.extract.types import Member, Reading
from etl.model import RawRecord, Reason, Rejection

_NAME_AND_ADDRESS = re.compile(
    r"<?[^\s@<>()]+@[^\s@<>()]+>?\s*\(([^()]+)\)|([^<>()@]+?)\s*[<(][^\s@<>()]+@[^<>()]+[>)]"
)
_DC_DATE = re.compile(rb"<(?:[\w.-]+:)?date[\s>]", re.IGNORECASE)
_DERIVED = frozenset((
    "title", "published", "updated", "link", "links", "id", "guidislink", "summary", "content", "author",
    "authors", "contributors", "tags", "category", "enclosures", "language", "href", "description",
))  # fmt: skip
"""What feedparser says of an entry that is taken up elsewhere, or is only a view of something else."""


def feed_entries(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """The entries of a feed. A record's number is its entry's ordinal, 1-based.

    Fields, each only where the feed has it: `title`, `published` and `updated` (as written), `url`,
    `body` (content, else summary; HTML stays HTML), `summary`, `authors`, `tags`, `language`, `id`,
    `feed_title`, `feed_url`, and what else an entry has as plain text.

    Raises:
        DumpError: it is no feed, is over `limits.feed_bytes`, declares entities that could do harm, or
            is cut off or damaged; entries that are whole come first.
    """
    try:
        yield from _entries(member, reading)
    except DumpError:
        member.stream.read(1)  # a stream that failed says why
        raise
    member.stream.read(1)


def _entries(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    most = reading.limits.feed_bytes
    data = read_sound(member.stream, most)
    if len(data) > most:
        raise DumpError(
            member.dump,
            f"is a feed of over {most:,} bytes, and feeds are read whole; "
            "raise `limits.feed_bytes` in config/settings.toml",
        )
    stated = xml_encoding(data[:400])
    if stated and not known_encoding(stated) and not reading.encoding:
        raise DumpError(
            member.dump, f"states the encoding {stated!r}, which is not known; state the source's `encoding`"
        )
    text = feed_text(data, reading.encoding)
    if text.lstrip().startswith("{"):
        yield from json_feed_entries(text, member, reading)
        return
    if not text or text.isspace():
        return
    doctype, markup = split_prolog(text, member.dump)
    yield from _Feed(doctype, markup, data, member, reading).entries()


class _Feed:
    def __init__(self, doctype: str, markup: str, data: bytes, member: Member, reading: Reading) -> None:

        self._member = member
        self._most = reading.limits.record_bytes
        self._markup = markup.encode("utf-8", "replace")
        before = len(data) - len(self._markup)
        self._slices = entry_slices(self._markup)
        refuse_many_tags((entry for _, entry in self._slices), member.dump)
        self._offset = before if before >= 0 and data.endswith(self._markup) else None
        prolog = f"<?xml version='1.0' encoding='utf-8'?>\n{doctype}".encode("utf-8", "replace")
        self._parsed = _parse(prolog + self._markup, member.dump)
        feed = self._parsed.feed
        self._common = {
            "language": feed.get("language"),
            "feed_title": feed.get("title"),
            "feed_url": feed.get("link"),
        }

    def entries(self) -> Iterator[RawRecord | Rejection]:
        parsed, dump = self._parsed, self._member.dump
        cause = parsed.get("bozo_exception")
        if not parsed.entries:
            if cause is not None:
                raise DumpError(dump, f"is malformed, and no entry of it can be read: {cause}")
            return
        slices = self._slices
        exact = len(slices) == len(parsed.entries)
        cut_off = cause is not None and not is_complete(self._markup)
        for record, entry in enumerate(parsed.entries, 1):
            start, raw = slices[record - 1] if exact else (0, b"")
            offset = self._offset + start if exact and self._offset is not None else None
            last = record == len(parsed.entries)
            yield self._entry(entry, record, raw, offset, whole=not (cut_off and last and not is_closed(raw)))
        if cut_off:
            raise DumpError(dump, f"ends before its last tag, after entry {record} ({cause}); fetch it again")

    def _entry(
        self, entry: Any, record: int, raw: bytes, offset: int | None, *, whole: bool
    ) -> RawRecord | Rejection:
        name = self._member.name
        stated = _fields(entry, has_dc_date=_DC_DATE.search(raw) is not None)
        fields = {field: value for field, value in (self._common | stated).items() if value}
        # What cannot be told apart in the markup is kept as it was understood.
        raw = raw or orjson.dumps(fields)
        if len(raw) > self._most:
            return too_large(raw, len(raw), self._most, record=record, member=name, offset=offset)
        if not whole:
            cut_off = Refusal(Reason.MALFORMED, "the feed ends within this entry")
            return rejected(cut_off, raw, record, name, offset)
        try:
            for field, value in fields.items():
                refuse_damage(value if isinstance(value, str) else " ".join(value), f"the entry's {field}")
        except Refusal as refusal:
            return rejected(refusal, raw, record, name, offset)
        return RawRecord(fields, record, raw, name, offset)


def _parse(markup: bytes, dump: str) -> Any:
    import feedparser

    try:
        return feedparser.parse(
            io.BytesIO(markup),
            # The transform drops all tags; these two would only cost time, on hostile HTML without bound.
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # its parser trips over some tags, such as a `</link>` never opened
        cause = f"{type(error).__name__}: {error}"
        raise DumpError(dump, f"is malformed beyond what feedparser reads ({cause[:200]})") from error


def _fields(entry: Any, *, has_dc_date: bool) -> dict[str, Any]:
    # `dict.get`, because feedparser's own lookup answers for keys that the entry does not have.
    def get(key: str) -> Any:
        return dict.get(entry, key)

    published, updated = get("published"), get("updated")
    if published is None and has_dc_date:
        published, updated = updated, None  # feedparser files dc:date under `updated`
    content = max((part.get("value") or "" for part in get("content") or ()), key=len, default="")
    summary = get("summary")
    fields = {key: value for key, value in entry.items() if key not in _DERIVED and isinstance(value, str)}
    return fields | {
        "title": get("title"),
        "published": published,
        "updated": updated,
        "url": _url(get("link"), get("links") or (), get("id")),
        "body": content or summary,
        "summary": summary if content else None,
        "authors": _authors(entry),
        "tags": [name for tag in get("tags") or () if (name := tag.get("term") or tag.get("label"))],
        "id": get("id"),
        **_language(entry),
    }


def _url(link: str | None, links: Iterable[Any], identifier: str | None) -> str | None:
    """The entry's page: never the link of an attached file where there is another one, nor a bare id."""
    if link == identifier and not (link or "").startswith("http"):
        return None
    by_rel = {stated.get("rel"): stated.get("href") for stated in reversed(tuple(links))}
    return by_rel.get("alternate") or link if link == by_rel.get("enclosure") else link


def _authors(entry: Any) -> list[str]:
    whole = dict.get(entry, "author") or ""
    stated = [author.get("name") or author.get("email") for author in dict.get(entry, "authors") or ()]
    if len(stated) < 2 and "@" in whole:
        # feedparser cuts addresses in long domains into pieces.
        named = _NAME_AND_ADDRESS.fullmatch(whole)
        return [next(filter(None, named.groups()), whole)] if named else [whole]
    return [name for name in (*stated, *(() if any(stated) else (whole,))) if name]


def _language(entry: Any) -> dict[str, str]:
    stated = dict.get(entry, "language")
    if not stated:
        details = [*(dict.get(entry, "content") or ()), dict.get(entry, "title_detail") or {}]
        stated = next((detail.get("language") for detail in details if detail.get("language")), None)
    return {"language": stated} if stated else {}
