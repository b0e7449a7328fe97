"""Walk a zip archive. `zipfile` reads the directory; the members are decompressed by the same counted
streams as everything else, for a header may lie about sizes. Nothing is ever extracted.
"""

import stat
import struct
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple
from zlib import crc32

from etl.errors import DumpError
from etl.extract.compression import Budget, Expanded
from etl.extract.types import Readable
from etl.extract.zipnames import member_names
from etl.settings import Limits

_STORED = 0
_COMPRESSIONS = {8: "deflate", 12: "bzip2", 93: "zstd", 95: "xz"}
_NAMES = {1: "Shrink", 6: "Implode", 9: "Deflate64", 14: "LZMA", 97: "WavPack", 98: "PPMd", 99: "AES"}
_ENCRYPTED = 0x1
_SEE_ZIP64 = 0xFFFF
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_DIRECTORY_BYTES_A_MEMBER = 1024
"""More than a member's entry takes, so that a directory over the cap is not even read."""


class ZipMember(NamedTuple):
    """One file of a zip archive."""

    name: str
    stream: Readable
    kind: str | None
    """What it is, where it is no regular file."""


def zip_members(file: BinaryIO, limits: Limits, budget: Budget) -> Iterator[ZipMember | DumpError]:
    """The members of a zip archive in a file that can seek; an error for each that cannot be read.

    Raises `DumpError` when the directory itself is damaged or over a cap.
    """
    members = _directory(file, limits, budget.dump)
    for info, name in zip(members, member_names(members), strict=True):
        if info.filename.endswith("/"):  # not `is_dir`, which trips over an empty name
            continue
        kind = "a symbolic link" if stat.S_ISLNK(info.external_attr >> 16) else None
        try:
            yield ZipMember(name, _content(file, info, budget), kind)
        except DumpError as error:
            yield DumpError(error.dump, f"member {name}: {error.message}")


def _directory(file: BinaryIO, limits: Limits, dump: str) -> list[zipfile.ZipInfo]:
    too_many = DumpError(
        dump, f"holds more than {limits.members:,} members (`limits.members` in config/settings.toml)"
    )
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - 65_557))
    tail = file.read(65_557)
    end = tail.rfind(b"PK\x05\x06")
    if end >= 0 and len(tail) >= end + 22:
        count = int.from_bytes(tail[end + 10 : end + 12], "little")
        directory_bytes = int.from_bytes(tail[end + 12 : end + 16], "little")
        too_long = min(directory_bytes, size) > limits.members * _DIRECTORY_BYTES_A_MEMBER
        if too_long or (count > limits.members and count != _SEE_ZIP64):
            raise too_many
    try:
        members = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError) as error:
        raise DumpError(dump, f"the zip archive is damaged or truncated ({error}); fetch it again") from None
    if len(members) > limits.members:
        raise too_many
    return members


def _content(file: BinaryIO, info: zipfile.ZipInfo, budget: Budget) -> Readable:
    method = info.compress_type
    if info.flag_bits & _ENCRYPTED:
        raise DumpError(budget.dump, "is encrypted; decrypt the archive first")
    if method != _STORED and method not in _COMPRESSIONS:
        name = _NAMES.get(method, f"number {method}")
        raise DumpError(
            budget.dump, f"uses the compression {name}, which is not read; pack the archive again"
        )
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise DumpError(budget.dump, "has no header where the directory says; fetch the archive again")
    _, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(header)
    start = info.header_offset + _LOCAL_HEADER.size + name_bytes + extra_bytes

    def part() -> Readable:
        return _Part(file, start, info.compress_size)

    stream = part() if method == _STORED else Expanded(part(), _COMPRESSIONS[method], budget, part)
    return _Verified(stream, info, budget.dump)


class _Part:
    """Some bytes of a file, from a place on."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file = file
        self._at = start
        self._left = size

    def read(self, size: int, /) -> bytes:
        if not self._left:
            return b""
        self._file.seek(self._at)
        data = self._file.read(min(size, self._left))
        self._at += len(data)
        self._left -= len(data)
        return data


class _Verified:
    """A member's bytes, held against the size and the checksum that the directory states."""

    def __init__(self, stream: Readable, info: zipfile.ZipInfo, dump: str) -> None:
        self._stream = stream
        self._info = info
        self._dump = dump
        self._size = 0
        self._crc = 0
        self._failure: DumpError | None = None

    def read(self, size: int, /) -> bytes:
        if self._failure is not None:
            raise self._failure
        data = self._stream.read(size)
        self._size += len(data)
        self._crc = crc32(data, self._crc)
        stated = self._info.file_size
        problem = ""
        if self._size > stated or (not data and self._size < stated):
            problem = f"its size is not the {stated:,} bytes that the archive states"
        elif not data and self._crc != self._info.CRC:
            problem = "its checksum is wrong"
        if problem:
            self._failure = DumpError(self._dump, f"{problem}; fetch the archive again")
            data = data[: len(data) - max(0, self._size - stated)]
            if not data:
                raise self._failure
        return data
