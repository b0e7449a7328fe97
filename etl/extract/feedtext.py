"""A feed's bytes made safe for the parser: decoded, with no entity bombs, and cut into its entries."""

import re
from collections.abc import Iterable
from itertools import pairwise

from etl.errors import DumpError
from etl.extract.declared import decode_declared, known_encoding, xml_encoding

_LONGEST_DOCTYPE = 16 << 10
"""Characters. A parser takes time quadratic in them."""
_SKIPPED = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]{1,100}:)?(?:rss|feed|rdf|channel)(?=[\s>/])", re.IGNORECASE)
_JUNK = 16 << 10
"""Characters that may stand before a feed, such as a warning of the server's."""
_SPACES = re.compile(r"\s{2,}")
_ENTITY = re.compile(r"<!ENTITY\s+(%\s+)?([^\s>]{1,100})\s+([^>]*)", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?!#)|%")
_EXTERNAL = re.compile(r"(?:SYSTEM|PUBLIC)\b", re.IGNORECASE)
_LONGEST_ENTITY = 1000
_EBCDIC = b"\x4c\x6f\xa7\x94"
"""How an XML declaration begins in EBCDIC."""

_LONG_NAME = re.compile(
    r"(<(?:[\w.-]{1,50}:)?(?:author|creator|managingEditor|webMaster|publisher|contributor|owner|name|email"
    r"|keywords)\b[^<>]{0,500}>(?:\s*<!\[CDATA\[)?[^<]{2000})[^<]+",
    re.IGNORECASE,
)
"""Elements that the parser takes time quadratic in, and what is left of them."""
_TAG = re.compile(rb"<(?:[\w.-]+:)?(?:category|subject|tag)\b", re.IGNORECASE)
_MOST_TAGS = 2000

_START = re.compile(rb"<(?:[\w.-]+:)?(item|entry)(?=[\s>/])", re.IGNORECASE)
_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>|<(?:[\w.-]+:)?(?:item|entry)\b[^>]*/>", re.IGNORECASE)
_ROOT_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf|channel|xml)\s*>?\s*(?:<!--.*)?\Z", re.IGNORECASE)
_TAIL = 4096


def feed_text(data: bytes, encoding: str | None) -> str:
    """The text of a feed. Bytes that no likely encoding explains are `declared.DAMAGE`.

    `encoding` is the source's, for feeds that state none or a wrong one.
    """
    if not data.startswith(_EBCDIC):
        return decode_declared(data, [xml_encoding(data), encoding])
    stated = known_encoding(xml_encoding(data[:400].decode("cp037").encode("ascii", "replace")))
    return data.decode(stated or "cp037", "replace")


def split_prolog(text: str, dump: str) -> tuple[str, str]:
    """The document type, or nothing, and the feed from its first element on.

    Comments and declarations before that element are dropped. A document type is let through, for
    RSS 0.91 has one, and some refer to definitions of HTML's entities, which are never fetched. Raises
    `DumpError` for one that declares entities of other entities, of files or of great length, or whose text
    may hide such, and where no feed begins.
    """
    at, doctype = 0, ""
    while at < len(text):
        if found := _SKIPPED.match(text, at):
            at = found.end()
        elif not doctype and (found := _DOCTYPE.match(text, at)):
            doctype = found[0]
            at = found.end()
        else:
            break
    if len(doctype) > _LONGEST_DOCTYPE:
        raise DumpError(dump, f"has a document type of over {_LONGEST_DOCTYPE:,} characters; it is refused")
    _refuse_bombs(doctype, dump)
    root = _ROOT.search(text, at, at + _JUNK)
    if root is None:
        begins = " ".join(text[at : at + 40].split())
        what = f"it begins with {begins!r}" if begins else "there is nothing but comments in it"
        raise DumpError(dump, f"is no feed: {what}; state the `format` that it has")
    return _SPACES.sub("\n", doctype), tamed(text[root.start() :])


def _refuse_bombs(doctype: str, dump: str) -> None:
    for entity in _ENTITY.finditer(doctype):
        parameter, name, value = entity.groups()
        if parameter and _EXTERNAL.match(value):
            continue  # never resolved, for nothing outside of the feed is read
        if parameter:
            raise DumpError(
                dump, f"declares the parameter {name!r}, which could hide other entities; it is refused"
            )
        if _EXTERNAL.match(value):
            raise DumpError(dump, f"declares the external entity {name!r}; such feeds are refused")
        if _REFERENCE.search(value) or len(value) > _LONGEST_ENTITY:
            raise DumpError(
                dump, f"declares the entity {name!r}, which could expand without bound; it is refused"
            )


def tamed(markup: str) -> str:
    """The markup with names and keyword lists cut to a length that any real one is below."""
    return _LONG_NAME.sub(r"\1", markup)


def refuse_many_tags(entries: Iterable[bytes], dump: str) -> None:
    """Raises `DumpError` for an entry with so many categories that the parser would not come back."""
    for number, entry in enumerate(entries, 1):
        if len(entry) > 10 * _MOST_TAGS and len(_TAG.findall(entry)) > _MOST_TAGS:
            raise DumpError(dump, f"has over {_MOST_TAGS:,} categories in entry {number}; it is refused")


def entry_slices(markup: bytes) -> list[tuple[int, bytes]]:
    """Where each `item` or `entry` begins, and its bytes to its end tag (or to the next one's start)."""
    starts = [found.start() for found in _START.finditer(markup)]
    slices: list[tuple[int, bytes]] = []
    for start, following in pairwise([*starts, len(markup)]):
        end = _END.search(markup, start, following)
        slices.append((start, markup[start : end.end() if end else following]))
    return slices


def is_closed(entry: bytes) -> bool:
    """Whether an entry's slice has its end."""
    return _END.search(entry[-_TAIL:]) is not None


def is_complete(markup: bytes) -> bool:
    """Whether the feed's last tag is that of its root."""
    return _ROOT_END.search(markup[-_TAIL:].rstrip()) is not None
