"""Web archives: WARC by FastWARC, ARC by `arc`. Each HTML page that was answered with 200 is a record."""

from collections.abc import Iterator
from typing import Any

from etl.errors import DumpError, Refusal
from etl.extract.arc import ARC_MARK, Capture, arc_captures
from etl.extract.html import page_fields
from etl.extract.httpreply import page_reply
from etl.extract.lines import HEAD_BYTES
from etl.extract.rejecting import rejected, too_large
from etl.extract.streams import peeked
from etl.extract.types import Member, Readable, Reading
from etl.model import RawRecord, Rejection


def web_archive(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """The HTML pages of a WARC or ARC. A record's number counts all records of the archive, 1-based.

    Fields are those of a page (`html.page_fields`), with `url` and `captured` from the archive. Requests,
    revisits, other statuses and other kinds of content are passed over.

    Raises:
        DumpError: it is no web archive, or is broken or cut off at a place that is named; what came
            before is sound.
    """
    head, stream = peeked(member.stream, 1024)
    head = head.lstrip()
    most = reading.limits.record_bytes
    if not head:
        # Whatever kept the head from being read is told by the stream itself.
        stream.read(1)
        return
    if head.startswith(ARC_MARK):
        captures = arc_captures(stream, member.dump, most)
    elif head.startswith(b"WARC/"):
        captures = _warc_captures(stream, member.dump, most)
    else:
        raise DumpError(member.dump, f"is no web archive: it begins with {head[:20]!r}")
    for capture in captures:
        record = _page(capture, member.name, reading)
        if record is not None:
            yield record


def _page(capture: Capture, member: str | None, reading: Reading) -> RawRecord | Rejection | None:
    """The record of a capture; None for what is no page."""
    most = reading.limits.record_bytes
    if capture.kind != "response":
        return None
    raw = _raw(capture)
    place: dict[str, Any] = {"record": capture.ordinal, "member": member, "offset": capture.offset}
    if capture.size > most:
        return too_large(raw, capture.size, most, **place)
    try:
        reply = page_reply(capture.block, most)
        if reply is None:
            return None
        if len(reply.body) > most:
            return too_large(raw, len(reply.body), most, **place)
        charsets = (reply.charset, reading.encoding)
        fields = page_fields(reply.body, charsets, capture.url, reading.limits.page_tags)
    except Refusal as refusal:
        return rejected(refusal, raw, capture.ordinal, member, capture.offset)
    fields["captured"] = capture.captured
    truncated = dict(capture.headers).get("WARC-Truncated")
    if truncated:
        fields["truncated"] = truncated
    return RawRecord(fields, capture.ordinal, raw, member, capture.offset)


def _raw(capture: Capture) -> bytes:
    """A WARC record again, so that what was rejected can be read like any archive."""
    headers = capture.headers or (
        ("WARC-Type", "response"),
        ("WARC-Target-URI", capture.url or ""),
        ("WARC-Date", capture.captured or ""),
        ("Content-Type", "application/http; msgtype=response"),
    )
    lines = [f"{name}: {value}\r\n" for name, value in headers if name.lower() != "content-length"]
    head = f"WARC/1.0\r\n{''.join(lines)}Content-Length: {len(capture.block)}\r\n\r\n"
    return head.encode("utf-8", "replace") + capture.block


class _Counted:
    """What FastWARC reads from: it asks for `tell`, and swallows how much there really was."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._given = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size if size > 0 else 1 << 16)
        self._given += len(data)
        return data

    def tell(self) -> int:
        return self._given

    def seek(self, offset: int, whence: int = 0) -> int:
        raise OSError("a stream of a dump is read once, from its start")

    def close(self) -> None:
        """Who opened the stream closes it."""


def _warc_captures(stream: Readable, dump: str, most: int) -> Iterator[Capture]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    counted = _Counted(stream)
    records = iter(ArchiveIterator(counted, parse_http=False, stream_detect=False, strict_mode=False))
    ordinal, offset = 0, 0
    while True:
        try:
            record = next(records, None)
            if record is None:
                return
            ordinal, offset = ordinal + 1, record.stream_pos
            wanted = record.record_type == WarcRecordType.response
            kept = most if record.content_length <= most else HEAD_BYTES
            block = _read(record.reader, kept) if wanted else b""
            size = len(block) + record.consume()
        except (OSError, TypeError, ValueError) as error:
            raise _broken(dump, ordinal, offset, str(error)) from None
        except BaseException as error:
            # A panic of the library's is no `Exception`, though all that it means is a broken archive.
            if type(error).__name__ != "PanicException":
                raise
            raise _broken(dump, ordinal, offset, "it cannot be read") from None
        headers = record.headers.to_tuples()
        url = record.headers.get("WARC-Target-URI")
        if size < record.content_length or record.headers.get("Content-Length") is None:
            raise DumpError(dump, f"is cut off within record {ordinal} at byte {offset:,} ({url})")
        yield Capture(
            ordinal,
            offset,
            "response" if wanted else "other",
            url.strip("<>") if url else None,
            record.headers.get("WARC-Date"),
            block,
            record.content_length,
            tuple(headers),
        )


def _broken(dump: str, ordinal: int, offset: int, cause: str) -> DumpError:
    after = f"after record {ordinal}, which begins at byte {offset:,}" if ordinal else "at its first record"
    return DumpError(dump, f"is broken {after}: {cause[:200]}")


def _read(reader: Any, most: int) -> bytes:
    """What a reader of the library's has, up to `most` bytes and a little more."""
    pieces: list[bytes] = []
    size = 0
    while size < most and (piece := reader.read(1 << 16)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)
