"""XML and SGML by record tag: each element of that name is a record, its children are fields."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from etl.errors import DumpError, Refusal
from etl.extract.declared import known_encoding, xml_encoding
from etl.extract.decoding import decode_line, line_encodings, wide_encoding
from etl.extract.elements import element_fields
from etl.extract.feed import feed_entries
from etl.extract.recordcut import Cut, RecordCutter
from etl.extract.rejecting import rejected, too_large
from etl.extract.sgml import sgml_element
from etl.extract.streams import Transcoded, peeked
from etl.extract.types import Member, Readable, Reading
from etl.extract.xmlelement import xml_element
from etl.model import RawRecord, Reason, Rejection

_HEAD = 64 << 10
_FEED = re.compile(rb"<(?:[\w.-]{1,60}:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_TAG = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*\[(.*?)\]\s*>", re.DOTALL)
_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?([^\s>]{1,60})")
_ROOT = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->|<![^>\[]*(?:\[.*?\]\s*)?>)*+<([A-Za-z_][\w.:-]*)", re.DOTALL)
_NOT_ASCII = ("iso2022", "hz", "utf-7", "cp037", "cp500", "cp1140")
"""Encodings in which a byte of a character may look like a tag's."""
_WIDE = ("utf-16", "utf-32")


def xml_records(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """The elements named `record` of an XML member; without that key, the entries of a feed.

    A record's number is its ordinal, 1-based; its offset is its start tag's. Fields are those of
    `elements.element_fields`. Entities that are not declared, bare `&` and control characters are mended;
    a record that still does not parse is rejected by itself.

    Raises:
        DumpError: it declares entities or an unknown encoding, has no such element, or is cut off.
    """
    head, stream = peeked(member.stream, _HEAD)
    bare = head.replace(b"\0", b"")
    if reading.record is None and _FEED.search(bare[: 16 << 10]):
        yield from feed_entries(member._replace(stream=stream), reading)
        return
    doctype = _DOCTYPE.search(bare)
    declared = _ENTITY.search(doctype[1]) if doctype else None
    if declared is not None:
        name = declared[1].decode("utf-8", "replace")
        raise DumpError(member.dump, f"declares the entity {name!r} in a DTD; such dumps are refused")
    stated = xml_encoding(bare)
    if stated and known_encoding(stated) is None and reading.encoding is None:
        raise DumpError(member.dump, f"declares the encoding {stated!r}, which is unknown; state `encoding`")
    root = _ROOT.match(bare)
    yield from _records(member, stream, head, stated, reading, xml_element, root[1] if root else None)


def sgml_records(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """The elements named `record` of an SGML member, read as forgivingly as `sgml.sgml_element` does."""
    head, stream = peeked(member.stream, _HEAD)
    yield from _records(member, stream, head, None, reading, sgml_element, None)


def _records(
    member: Member,
    stream: Readable,
    head: bytes,
    stated: str | None,
    reading: Reading,
    parse: Callable[[str], Any],
    root: bytes | None,
) -> Iterator[RawRecord | Rejection]:
    if len(head) < _HEAD and not head.strip():
        stream.read(_HEAD + 1)  # tells why, where the head could not be read
        return
    tags = list(
        dict.fromkeys(tag.decode("utf-8", "replace") for tag in _TAG.findall(head.replace(b"\0", b"")))
    )
    if reading.record is None:
        raise DumpError(
            member.dump,
            f"holds the elements {', '.join(tags[:8]) or 'of no name'}; "
            'say which one is a record, as in `record = "article"`',
        )
    wide = wide_encoding(head)
    encoding = known_encoding(stated) or known_encoding(reading.encoding)
    if encoding and encoding.startswith(_WIDE):
        encoding = None  # it shows in the bytes, or it is not so
    if wide is not None:
        stream = Transcoded(stream, *wide, member.dump)
    elif encoding and encoding.startswith(_NOT_ASCII):
        stream = Transcoded(stream, encoding, 0, member.dump)
    encodings = () if wide else line_encodings(head, encoding)
    most = reading.limits.record_bytes
    cutter = RecordCutter(stream, reading.record, most, ignore_case=parse is sgml_element)
    record = 0
    for record, cut in enumerate(cutter, 1):
        if not cut.ended:
            raise DumpError(
                member.dump, f"is cut off within record {record}, which begins at byte {cut.offset:,}"
            )
        yield _record(cut, record, member.name, most, reading.limits.depth, encodings, parse)
    if not record and len(tags) > 1:
        raise DumpError(
            member.dump, f"has no element <{reading.record}>; it holds {', '.join(tags[:8])}; mend `record`"
        )
    if root is not None and record and root != reading.record.encode() and not _closes(root, cutter.tail):
        name = root.decode("utf-8", "replace")
        raise DumpError(member.dump, f"ends without </{name}>, after record {record}: it is cut off")


def _closes(root: bytes, tail: bytes) -> bool:
    return re.search(rb"</" + re.escape(root) + rb"(?=[\s>])", tail) is not None


def _record(
    cut: Cut,
    record: int,
    member: str | None,
    most: int,
    depth: int,
    encodings: tuple[str, ...],
    parse: Callable[[str], Any],
) -> RawRecord | Rejection:
    if cut.size > most:
        return too_large(cut.data, cut.size, most, record=record, member=member, offset=cut.offset)
    from lxml.etree import XMLSyntaxError

    try:
        fields = element_fields(parse(decode_line(cut.data, encodings)), depth)
    except Refusal as refusal:
        return rejected(refusal, cut.data, record, member, cut.offset)
    except (XMLSyntaxError, ValueError) as error:
        broken = Refusal(Reason.MALFORMED, f"does not parse: {str(error)[:200]}")
        return rejected(broken, cut.data, record, member, cut.offset)
    return RawRecord(fields, record, cut.data, member, cut.offset)
