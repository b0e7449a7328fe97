"""What a case of the bad inputs is, and the records that they are made of."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import orjson

from etl.extract.compression import zstd


class Case(msgspec.Struct, frozen=True):
    """One bad input: how it is made, and what must come of it."""

    number: int
    """1 to 63, as in the table of bad inputs; variants share a number."""
    name: str
    make: Callable[[Path], object]
    """Writes it into an empty folder, which is then read as a whole."""
    gives: tuple[str, ...] | int = ()
    """What `inspect` says of its records, in order: the title of an article, or `<reason> words of the
    detail`; a number where they are so many articles."""
    at_least: bool = False
    """Whether `gives` is the least number of articles."""
    failed: str | None = None
    """Words of the error, where the dump fails."""
    notes: tuple[str, ...] = ()
    """Words of what is reported as passed over."""
    options: tuple[str, ...] = ()
    """Of the command."""
    vanishing: str | None = None
    """A file of the folder that is deleted once the folder was listed, before anything is read."""
    slow: bool = False
    """Whether to make it and load it takes seconds."""

    def __str__(self) -> str:
        return f"{self.number:02d}-{self.name.replace(' ', '-')}"


def record(title: str, **fields: Any) -> dict[str, Any]:
    """A sound record."""
    return {
        "title": title,
        "published_at": "2026-03-01T10:00:00Z",
        "body": f"The whole text of {title}.",
        **fields,
    }


def line(title: str, **fields: Any) -> bytes:
    """A sound record as a line of JSON."""
    return orjson.dumps(record(title, **fields)) + b"\n"


def lines(*titles: str) -> bytes:
    """Sound records as JSON Lines."""
    return b"".join(map(line, titles))


def many(count: int) -> bytes:
    """Sound records as JSON Lines that do not compress well beyond their sameness."""
    return b"".join(line(f"Report {n * 7919 % 100_003} of the harbour") for n in range(count))


def file(name: str, data: bytes) -> Callable[[Path], object]:
    """What makes one file of these bytes."""
    return lambda folder: (folder / name).write_bytes(data)


def made(name: str, data: Callable[[], bytes]) -> Callable[[Path], object]:
    """What makes one file of bytes that take a while to make."""
    return lambda folder: (folder / name).write_bytes(data())


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, 6),
    "bz2": lambda data: bz2.compress(data, 1),
    "xz": lambda data: lzma.compress(data, preset=0),
    "zst": lambda data: zstd.compress(
        data,
        options={zstd.CompressionParameter.compression_level: 1, zstd.CompressionParameter.checksum_flag: 1},
    ),
}
"""Compressions by their ending."""
