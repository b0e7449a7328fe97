"""Walk a tar archive as a stream. The headers are read by hand, at a sixtieth of what `tarfile` costs for
small members; nothing is ever extracted, so that no name and no link can do harm.

Format: POSIX.1-1988 (ustar), pax extended headers, and GNU long names, as in GNU tar's manual.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from zlib import adler32

from etl.errors import DumpError
from etl.extract.types import Readable

_BLOCK = 512
_MOST_METADATA = 1 << 20
"""Longest name or pax header."""
_REGULAR = b"0\x007"
_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a character device",
    b"4": "a block device",
    b"6": "a FIFO",
    b"S": "a sparse file",
}
_IGNORED = b"5VDN"
"""Directories, a volume's label, GNU's lists of a directory, old long names."""
_PAX_RECORD = re.compile(rb"(\d{1,7}) ([^=\n]+)=")


class TarMember(NamedTuple):
    """One entry of a tar archive."""

    name: str
    """As in the archive; bytes that are not UTF-8 are surrogate-escaped."""
    size: int
    stream: Readable
    """Its bytes; to be read before the next member is asked for."""
    kind: str | None
    """What it is, where it is no regular file."""


class Tar:
    """The members of a tar archive, in its order.

    Raises `DumpError` where the archive is damaged or ends before its end mark.
    """

    def __init__(self, stream: Readable, dump: str) -> None:
        self._stream = stream
        self._dump = dump
        self._buffer = b""
        self._at = 0
        self._offset = 0
        self._failure: DumpError | None = None
        """Why the stream ended, where it failed."""

    def __iter__(self) -> Iterator[TarMember]:
        override: dict[str, str] = {}
        common: dict[str, str] = {}
        while (header := self._header()) is not None:
            kind = header[156:157]
            size = _number(header[124:136])
            if size is None:
                raise self._fault("has a header with an impossible size")
            if kind in b"LKxg":
                data = self._metadata(size)
                if kind == b"L":
                    override["path"] = _text(data.rstrip(b"\0"))
                elif kind == b"x":
                    override |= self._pax(data)
                elif kind == b"g":
                    common |= self._pax(data)
                continue
            stated = common | override
            override = {}
            name = stated.get("path") or _name(header)
            if kind in _REGULAR or kind not in b"123456SDVN":
                size = int(stated.get("size", size))
            if any(key.startswith("GNU.sparse.") for key in stated):
                kind = b"S"
            if kind in _IGNORED or (kind in _REGULAR and name.endswith("/")):
                self._skip(size if kind in b"DN" else 0)
                continue
            if kind in _KINDS and kind != b"S":
                size = 0  # whatever the header says: they have no data
            member = _Data(self, size)
            yield TarMember(name, size, member, _KINDS.get(kind))
            self._skip(member.left + -size % _BLOCK)

    def _header(self) -> bytes | None:
        header = self.take(_BLOCK)
        if not header and self._offset == 0:
            return None
        if len(header) < _BLOCK:
            raise self._fault("ends before its end mark (truncated); fetch it again")
        if header.count(0) == _BLOCK:
            return None
        stated = _number(header[148:156])
        if stated is None or not _is_sum(stated, header[:148] + b" " * 8 + header[156:]):
            raise self._fault("has a damaged header; fetch it again")
        return header

    def take(self, size: int) -> bytes:
        """`size` bytes, fewer only where the stream ends or fails."""
        end = self._at + size
        if end <= len(self._buffer):
            data = self._buffer[self._at : end]
            self._at = end
        else:
            pieces = [self._buffer[self._at :]]
            missing = size - len(pieces[0])
            self._buffer, self._at = b"", 0
            try:
                while missing and (piece := self._stream.read(max(missing, 1 << 18))):
                    pieces.append(piece[:missing])
                    if len(piece) > missing:
                        self._buffer, self._at = piece, missing
                    missing -= len(pieces[-1])
            except DumpError as error:
                # The bytes before it are given first.
                self._failure = error
                if missing == size:
                    raise
            data = b"".join(pieces)
        self._offset += len(data)
        return data

    def _metadata(self, size: int) -> bytes:
        if size > _MOST_METADATA:
            raise self._fault(f"has a name or header of {size:,} bytes")
        data = self.take(size)
        self._skip(size - len(data) + -size % _BLOCK)
        return data

    def _skip(self, size: int) -> None:
        while size:
            data = self.take(min(size, 1 << 20))
            if not data:
                raise self.truncated()
            size -= len(data)

    def _pax(self, data: bytes) -> dict[str, str]:
        found: dict[str, str] = {}
        at = 0
        while at < len(data) and (match := _PAX_RECORD.match(data, at)):
            end = at + int(match[1])
            found[_text(match[2])] = _text(data[match.end() : end - 1])
            if end <= match.end() - 1:
                break
            at = end
        size = found.get("size", "0")
        if at != len(data) or not size.isascii() or not size.isdigit() or len(size) > 18:
            raise self._fault("has a damaged pax header; fetch it again")
        return found

    def truncated(self) -> DumpError:
        """The error of an archive that ends within a member."""
        return self._fault("ends in the middle of a member (truncated); fetch it again")

    def _fault(self, message: str) -> DumpError:
        return self._failure or DumpError(self._dump, f"the tar archive {message} (at byte {self._offset:,})")


class _Data:
    def __init__(self, tar: Tar, size: int) -> None:
        self._tar = tar
        self.left = size

    def read(self, size: int, /) -> bytes:
        wanted = min(size, self.left)
        data = self._tar.take(wanted) if wanted else b""
        self.left -= len(data)
        if wanted and not data:
            raise self._tar.truncated()
        return data


def _is_sum(stated: int, data: bytes) -> bool:
    """Whether the bytes add up to `stated`."""
    # The low half of Adler-32 is that sum plus one, modulo 65521: a sum at the speed of C.
    return (stated + 1 - (adler32(data) & 0xFFFF)) % 65521 == 0


def _number(field: bytes) -> int | None:
    """An octal number, or the base-256 that GNU tar writes for what octal cannot hold."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    try:
        return int(digits, 8) if digits else 0
    except ValueError:
        return None


def _name(header: bytes) -> str:
    name = header[:100].partition(b"\0")[0]
    if header[257:263] == b"ustar\0" and (prefix := header[345:500].partition(b"\0")[0]):
        name = prefix + b"/" + name
    return _text(name)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
