"""A feed's bytes made safe for the parser: decoded, with no entity bombs, and cut into its entries."""

import re

from etl.errors import DumpError
from etl.extract.declared import decode_declared, xml_encoding

_PROLOG = 16 << 10
"""Characters before the first element. Parsers take time quadratic in them."""
_DECLARATION = re.compile(r"<\?xml\b[^>]{0,1000}>")
_FIRST_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_SPACES = re.compile(r"\s{2,}")
_ENTITY = re.compile(r"<!ENTITY\s+(%\s+)?([^\s>]{1,100})\s+([^>]*)", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?!#)|%")
_LONGEST_ENTITY = 1000
_EBCDIC = b"\x4c\x6f\xa7\x94"
"""How an XML declaration begins in EBCDIC."""

_START = re.compile(rb"<(?:[\w.-]+:)?(item|entry)(?=[\s>/])", re.IGNORECASE)
_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>|<(?:[\w.-]+:)?(?:item|entry)\b[^>]*/>", re.IGNORECASE)
_ROOT_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf|channel|xml)\s*>\s*(?:<!--.*)?\Z", re.IGNORECASE)
_TAIL = 4096


def feed_text(data: bytes, encoding: str | None) -> str:
    """The text of a feed without byte order mark, declaration and leading blanks.

    `encoding` is the source's, for feeds that state none or a wrong one. Bytes that no likely encoding
    explains are `declared.DAMAGE`.
    """
    if data.startswith(_EBCDIC):
        stated = xml_encoding(data[:400].decode("cp037").encode("ascii", "replace"))
        text = decode_declared(data, [stated, "cp037"])
        if not text.startswith("<?xml"):
            text = data.decode("cp037")
    else:
        text = decode_declared(data, [xml_encoding(data), encoding])
    text = text.lstrip()
    declaration = _DECLARATION.match(text)
    return text[declaration.end() :].lstrip() if declaration else text


def root_name(text: str) -> str | None:
    """Lower-case name of the first element, without its prefix."""
    found = _FIRST_ELEMENT.search(text)
    return found[1].lower() if found else None


def safe_markup(text: str, dump: str) -> str:
    """The text with a prolog that no parser can be harmed by.

    A document type is let through, for RSS 0.91 has one. Raises `DumpError` for one that declares
    entities of other entities, of files or of great length.
    """
    found = _FIRST_ELEMENT.search(text)
    start = found.start() if found else len(text)
    if start > _PROLOG:
        raise DumpError(dump, f"has no element within its first {_PROLOG:,} characters; it is no feed")
    prolog = text[:start]
    for entity in _ENTITY.finditer(prolog):
        parameter, name, value = entity.groups()
        if parameter:
            continue  # never resolved, for nothing outside of the feed is read
        if re.match(r"SYSTEM\b|PUBLIC\b", value, re.IGNORECASE):
            raise DumpError(dump, f"declares the external entity {name!r}; such feeds are refused")
        if _REFERENCE.search(value) or len(value) > _LONGEST_ENTITY:
            raise DumpError(
                dump, f"declares the entity {name!r}, which could expand without bound; such feeds are refused"
            )
    return _SPACES.sub("\n", prolog) + text[start:]


def entry_slices(markup: bytes) -> list[tuple[int, bytes]]:
    """Where each `item` or `entry` begins, and its bytes to its end tag (or to the next one's start)."""
    starts = [found.start() for found in _START.finditer(markup)]
    slices: list[tuple[int, bytes]] = []
    for start, following in zip(starts, [*starts[1:], len(markup)], strict=True):
        end = _END.search(markup, start, following)
        slices.append((start, markup[start : end.end() if end else following]))
    return slices


def is_closed(entry: bytes) -> bool:
    """Whether an entry's slice has its end."""
    return _END.search(entry[-_TAIL:]) is not None


def is_complete(markup: bytes) -> bool:
    """Whether the feed's last tag is that of its root."""
    return _ROOT_END.search(markup[-_TAIL:].rstrip()) is not None
