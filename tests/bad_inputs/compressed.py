"""Cases 1 to 9: compression."""

import lzma
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from etl.extract.compression import zstd
from tests.bad_inputs.case import COMPRESS, Case, file, line, lines, made, many

_HEAD = lines("Before")
_RATIO = "limits.expansion_ratio"


def _bomb(ending: str, size: int) -> bytes:
    """A sound record and then a line that expands to `size` bytes and never ends."""
    return COMPRESS[ending](_HEAD + b" " * size)


def _gzip_of(pieces: Iterator[bytes]) -> bytes:
    made_of = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(map(made_of.compress, pieces)) + made_of.flush()


def _records_again_and_again() -> bytes:
    """80,000 sound records that are all the same: 9 MB of data in 20 kB."""
    return _gzip_of(iter([lines("Before") * 5000] * 16))


def _nested() -> bytes:
    inner = _gzip_of(iter([_HEAD, *[b"\0" * (1 << 20)] * 300]))
    return COMPRESS["gz"](inner)


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def _bad_sum(ending: str) -> bytes:
    """The check at the end of the data is wrong; all of the data is there."""
    data = COMPRESS[ending](many(500))
    if ending == "gz":
        return _flipped(data, len(data) - 8)
    if ending == "zst":
        return _flipped(data, len(data) - 1)
    # xz: the block's check stands before the index, whose size the footer tells.
    backward = (struct.unpack("<I", data[-8:-4])[0] + 1) * 4
    return _flipped(data, len(data) - 12 - backward - 1)


def _large_dictionary() -> bytes:
    """An xz stream whose header asks for a dictionary of 4 GiB."""
    data = bytearray(lzma.compress(_HEAD, preset=0))
    # Stream header of 12 bytes; block header: size, flags, filter 0x21, its size 1, the dictionary.
    assert data[14:16] == b"\x21\x01"
    data[16] = 40
    size = (data[12] + 1) * 4
    data[12 + size - 4 : 12 + size] = struct.pack("<I", zlib.crc32(bytes(data[12 : 12 + size - 4])))
    return bytes(data)


def _large_window() -> bytes:
    """A zstd frame whose header asks for a window of 2 GiB."""
    compressor = zstd.ZstdCompressor()
    data = bytearray(compressor.compress(_HEAD) + compressor.flush())
    assert not data[4] & 0x20, "a window is stated"
    data[5] = (31 - 10) << 3
    return bytes(data)


def _members(ending: str) -> bytes:
    return COMPRESS[ending](lines("First")) + COMPRESS[ending](b"") + COMPRESS[ending](lines("Second"))


def _corrupt(ending: str) -> bytes:
    data = COMPRESS[ending](many(4000))
    middle = len(data) // 2
    return data[:middle] + b"\xa5" * 64 + data[middle + 64 :]


def _two_layers_too_many(folder: Path) -> None:
    data = _HEAD
    for _ in range(4):
        data = COMPRESS["gz"](data)
    (folder / "a.jsonl.gz").write_bytes(data)


CASES = [
    Case(
        1,
        "gzip bomb",
        made("a.jsonl.gz", lambda: _bomb("gz", 300 << 20)),
        ("Before",),
        failed=_RATIO,
        slow=True,
    ),
    Case(1, "bzip2 bomb", made("a.jsonl.bz2", lambda: _bomb("bz2", 100 << 20)), ("Before",), failed=_RATIO),
    Case(1, "xz bomb", made("a.jsonl.xz", lambda: _bomb("xz", 200 << 20)), ("Before",), failed=_RATIO),
    Case(1, "zstd bomb", made("a.jsonl.zst", lambda: _bomb("zst", 300 << 20)), ("Before",), failed=_RATIO),
    Case(1, "bomb of text", made("a.txt.gz", lambda: _bomb("gz", 300 << 20)), failed=_RATIO),
    Case(1, "bomb of JSON", made("a.json.gz", lambda: _bomb("gz", 300 << 20)), ("Before",), failed=_RATIO),
    Case(
        1,
        "bomb of CSV",
        made("a.csv.xz", lambda: COMPRESS["xz"](b"title,date\n" + b'"' * (100 << 20))),
        failed=_RATIO,
    ),
    Case(
        1,
        "bomb of XML",
        made("a.xml.gz", lambda: COMPRESS["gz"](b"<a><article>" + b"x" * (200 << 20))),
        failed=_RATIO,
        options=("--set", "record=article"),
    ),
    Case(1, "bomb of HTML", made("a.html.zst", lambda: COMPRESS["zst"](b"<p>" * (40 << 20))), failed=_RATIO),
    Case(
        1,
        "bomb of a feed",
        made("a.rss.gz", lambda: COMPRESS["gz"](b"<rss>" + b"<item/>" * (20 << 20))),
        failed="limits.",
    ),
    Case(1, "bomb in a bomb", made("a.jsonl.gz", _nested), ("Before",), failed=_RATIO),
    Case(
        1,
        "bomb of sound records",
        made("a.jsonl.gz", _records_again_and_again),
        1000,
        at_least=True,
        failed=_RATIO,
        slow=True,
    ),
    Case(1, "compressed four times", _two_layers_too_many, failed="more than 3 times"),
    *(
        Case(
            2,
            f"truncated {ending}",
            made(f"a.jsonl.{ending}", lambda ending=ending: COMPRESS[ending](many(6000))[:-500]),
            5000,
            at_least=True,
            failed="truncated",
        )
        for ending in COMPRESS
    ),
    Case(
        2,
        "truncated after many",
        made("a.jsonl.gz", lambda: COMPRESS["gz"](many(40_000))[:-500]),
        39_900,
        at_least=True,
        failed="truncated",
        slow=True,
    ),
    *(
        Case(
            3,
            f"wrong checksum {ending}",
            made(f"a.jsonl.{ending}", lambda ending=ending: _bad_sum(ending)),
            500,
            failed="damaged",
        )
        for ending in ("gz", "xz", "zst")
    ),
    *(
        Case(
            4,
            f"trailing garbage {ending}",
            file(f"a.jsonl.{ending}", COMPRESS[ending](lines("One", "Two")) + b"garbage at the end"),
            ("One", "Two"),
            failed="is followed by b'garbage at the end'",
        )
        for ending in COMPRESS
    ),
    Case(4, "padding is no garbage", file("a.jsonl.gz", COMPRESS["gz"](_HEAD) + b"\0" * 600), ("Before",)),
    *(
        Case(5, f"several members {ending}", file(f"a.jsonl.{ending}", _members(ending)), ("First", "Second"))
        for ending in COMPRESS
    ),
    *(
        Case(
            6,
            f"plain text named {ending}",
            file(f"a.jsonl.{ending}", _HEAD),
            failed=f"is named .{ending} but holds no",
        )
        for ending in COMPRESS
    ),
    Case(7, "empty file named gz", file("a.jsonl.gz", b"")),
    *(
        Case(7, f"nothing compressed {ending}", file(f"a.jsonl.{ending}", COMPRESS[ending](b"")))
        for ending in COMPRESS
    ),
    *(
        Case(
            8,
            f"corrupt {ending}",
            made(f"a.jsonl.{ending}", lambda ending=ending: _corrupt(ending)),
            0,
            at_least=True,
            failed=f"{name} data is damaged",
        )
        for ending, name in (("bz2", "bzip2"), ("xz", "xz"), ("zst", "zstd"), ("gz", "gzip"))
    ),
    Case(
        9, "xz with a large dictionary", made("a.jsonl.xz", _large_dictionary), failed="asks for more memory"
    ),
    Case(9, "zstd with a large window", made("a.jsonl.zst", _large_window), failed="asks for more memory"),
    Case(9, "line after them", file("b.jsonl", line("After")), ("After",)),
]
