"""ARC, the older archive format of web crawls: captures one after another, each under a line of its own."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from etl.errors import DumpError
from etl.extract.lines import HEAD_BYTES
from etl.extract.types import Readable

ARC_MARK = b"filedesc:"
"""How every ARC begins."""
_HEADER = re.compile(
    rb"(?P<url>\S.*?) (?P<ip>[0-9a-fA-F.:]{3,45}|-) (?P<date>\d{12,20}) (?P<rest>.*?) ?(?P<length>-?\w+)"
)
_LONGEST_HEADER = 16 << 10
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length:\s*(\d{1,15})\s*$", re.IGNORECASE | re.MULTILINE)


class Capture(NamedTuple):
    """One record of a web archive."""

    ordinal: int
    """1-based, all kinds of records counted."""
    offset: int
    """Byte offset of its header in the decompressed archive."""
    kind: str
    url: str | None
    captured: str | None
    """When it was fetched, as written (or in ISO 8601 where an ARC has digits only)."""
    block: bytes
    """The HTTP response. Of one over the cap, its head."""
    size: int
    """Bytes of the response."""
    headers: tuple[tuple[str, str], ...] = ()
    """The archive's own words on it."""


def arc_captures(stream: Readable, dump: str, most: int) -> Iterator[Capture]:
    """The captures of an ARC, version 1 or 2; its own description (the first record) is none.

    Raises `DumpError` where a header cannot be read or the archive ends within a record.
    """
    reader = _Reader(stream)
    ordinal = 0
    while (line := reader.line()) is not None:
        if not line:
            continue
        ordinal += 1
        offset, start = reader.line_offset, reader.offset
        header = _HEADER.fullmatch(line)
        if header is None or not header["length"].isdigit():
            shown = line[:80].decode("utf-8", "replace")
            raise DumpError(dump, f"has no ARC header at byte {offset:,} (record {ordinal}): {shown!r}")
        size = int(header["length"])
        block = reader.take(size, most)
        if reader.offset - start < size and not _is_whole(block):
            url = header["url"][:200].decode("utf-8", "replace")
            raise DumpError(dump, f"is cut off within record {ordinal} at byte {offset:,} ({url})")
        if not header["url"].startswith(ARC_MARK):
            yield Capture(
                ordinal,
                offset,
                "response",
                header["url"].decode("utf-8", "replace"),
                _iso(header["date"].decode()),
                block,
                size,
            )


def _is_whole(block: bytes) -> bool:
    """Whether a block that is shorter than its header says holds all that HTTP says of its body.

    So it is in archives whose line ends were converted, or whose last one was dropped.
    """
    head = _HEAD_END.search(block)
    length = _LENGTH.search(block, 0, head.start()) if head else None
    return head is not None and length is not None and len(block) - head.end() >= int(length[1])


def _iso(digits: str) -> str:
    """`20140216050221`, which is always GMT, as `2014-02-16T05:02:21Z`."""
    d = digits[:14].ljust(14, "0")
    return f"{d[:4]}-{d[4:6]}-{d[6:8]}T{d[8:10]}:{d[10:12]}:{d[12:]}Z"


class _Reader:
    """Lines and counted bytes off one stream."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._held = b""
        self.offset = 0
        """Bytes given so far."""
        self.line_offset = 0
        """Where the last line began."""

    def line(self) -> bytes | None:
        """The next line without its end; None at the end of the stream. One without an end is cut."""
        while (end := self._held.find(b"\n")) < 0 and len(self._held) < _LONGEST_HEADER:
            piece = self._stream.read(1 << 16)
            if not piece:
                break
            self._held += piece
        if not self._held:
            return None
        end = len(self._held) if end < 0 else end + 1
        line, self._held = self._held[:end], self._held[end:]
        self.line_offset = self.offset
        self.offset += len(line)
        return line.strip()

    def take(self, size: int, most: int) -> bytes:
        """The next `size` bytes, fewer at the end; only the head is kept of more than `most`."""
        kept: list[bytes] = []
        keep = size if size <= most else HEAD_BYTES
        while size > 0:
            piece = self._held or self._stream.read(min(size, 1 << 16))
            if not piece:
                break
            self._held = piece[size:]
            piece = piece[:size]
            size -= len(piece)
            self.offset += len(piece)
            if keep > 0:
                kept.append(piece[:keep])
                keep -= len(piece)
        return b"".join(kept)
