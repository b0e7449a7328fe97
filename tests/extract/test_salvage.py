"""Damaged compressed data: every byte that stands before the damage is given, and then the error."""

import bz2
import gzip
import lzma
import random
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.errors import DumpError
from etl.extract.compression import Budget, Expanded, compression_of, zstd
from etl.model import RawRecord
from etl.settings import Limits
from tests.bad_inputs.case import COMPRESS, many
from tests.extract.helpers import outcome_of, tarred, zipped
from tests.extract.members import Dribble

TEXT = many(2500)
"""Records of 330 kB, which takes a decompressor more than one piece."""
NAMES = sorted(COMPRESS)


def by_the_byte(data: bytes) -> bytes:
    """What the standard library makes of it, fed with one byte after another: the slow truth."""
    makers = {
        "gzip": lambda: zlib.decompressobj(31),
        "bzip2": bz2.BZ2Decompressor,
        "xz": lzma.LZMADecompressor,
        "zstd": zstd.ZstdDecompressor,
    }
    kind = compression_of(data)
    one = makers[kind]()
    found = bytearray()
    for place in range(len(data)):
        if one.eof:
            one = makers[kind]()
        try:
            out = one.decompress(data[place : place + 1], 1)
            while out:
                found += out
                out = one.decompress(getattr(one, "unconsumed_tail", b""), 1) if not one.eof else b""
        except (OSError, EOFError, lzma.LZMAError, zlib.error, zstd.ZstdError):
            break
    return bytes(found)


def given_before_failing(data: bytes, *, size: int = 1 << 20, step: int | None = None) -> tuple[bytes, str]:
    """All that a stream gives, and the error that it ends with."""
    source = BytesIO(data) if step is None else Dribble(data, step)
    again = (lambda: BytesIO(data)) if step is None else None
    budget = Budget("d", len(data), Limits(expansion_ratio=10**6))
    stream = Expanded(source, compression_of(data), budget, again)
    found = b""
    with pytest.raises(DumpError) as failed:
        while piece := stream.read(size):
            found += piece
    with pytest.raises(DumpError):
        stream.read(size)
    return found, failed.value.message


def damaged(data: bytes, place: int, length: int = 3) -> bytes:
    return data[:place] + bytes(byte ^ 0x5A for byte in data[place : place + length]) + data[place + length :]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
def test_every_byte_before_a_damage_is_given(name: str, share: float) -> None:
    data = COMPRESS[name](TEXT)
    broken = damaged(data, int(share * len(data)))
    found, error = given_before_failing(broken)
    assert found == by_the_byte(broken)
    assert "is damaged" in error


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.3, 0.999])
def test_every_byte_before_the_end_of_cut_data_is_given(name: str, share: float) -> None:
    cut = COMPRESS[name](TEXT)
    cut = cut[: int(share * len(cut))]
    found, error = given_before_failing(cut)
    assert found == by_the_byte(cut)
    assert TEXT.startswith(found)
    assert f"truncated); fetch it again (at about byte {len(cut):,})" in error


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("size", "step"), [(100, None), (1 << 20, 7), (1000, 1 << 16)])
def test_a_stream_that_cannot_be_read_again_gives_the_same(name: str, size: int, step: int | None) -> None:
    data = COMPRESS[name](TEXT[:50_000])
    broken = damaged(data, len(data) // 2)
    assert given_before_failing(broken, size=size, step=step)[0] == by_the_byte(broken)


@pytest.mark.parametrize("name", NAMES)
def test_of_several_members_all_before_the_damage_are_given(name: str) -> None:
    first, second = COMPRESS[name](TEXT[:50_000]), COMPRESS[name](TEXT[50_000:90_000])
    padding = b"\0" * 512 if name in ("gz", "xz") else b""
    found, _ = given_before_failing(first + padding + damaged(second, len(second) // 2) + first)
    assert found.startswith(TEXT[:50_000])
    assert found[50_000:] == by_the_byte(damaged(second, len(second) // 2))


@pytest.mark.parametrize("name", ["gz", "xz", "zst"])
def test_of_data_whose_checksum_is_wrong_all_is_given(name: str) -> None:
    data = COMPRESS[name](TEXT)
    backwards = {"gz": 8, "zst": 1}.get(name) or len(data) - _check_of_xz(data)
    found, error = given_before_failing(damaged(data, len(data) - backwards, 1))
    assert found == TEXT
    assert "is damaged" in error


def _check_of_xz(data: bytes) -> int:
    """Where the last byte of the block's check stands: before the index, whose size the footer tells."""
    return len(data) - 12 - (int.from_bytes(data[-8:-4], "little") + 1) * 4 - 1


@given(st.sampled_from(NAMES), st.integers(0, 10**6), st.integers(1, 40), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_wherever_the_damage_is_no_byte_before_it_is_lost(
    name: str, place: int, length: int, seed: int
) -> None:
    noise = random.Random(seed)
    text = b"".join(noise.choice([TEXT[:300], noise.randbytes(20), b"ab" * 400]) for _ in range(20))
    data = COMPRESS[name](text)
    broken = damaged(data, 16 + place % max(1, len(data) - 16), length)
    found, _ = given_before_failing(broken)
    assert found == by_the_byte(broken)


def whole_lines(data: bytes) -> int:
    return data.count(b"\n")


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("a.jsonl.gz", lambda cut: cut),
        ("a.tar", lambda cut: tarred([("in.jsonl.gz", cut)])),
        ("a.zip", lambda cut: zipped([("in.jsonl.gz", cut)])),
        ("a.jsonl.gz", gzip.compress),
    ],
    ids=["plain", "in a tar", "in a zip", "compressed twice"],
)
def test_every_whole_record_before_the_damage_is_read_wherever_the_data_lies(tmp_path, name, made) -> None:
    broken = damaged(gzip.compress(TEXT), 10_000)
    before = by_the_byte(broken)
    (tmp_path / name).write_bytes(made(broken))
    records, _, error = outcome_of(tmp_path / name)
    assert b"".join(record.raw + b"\n" for record in records) == before[: before.rfind(b"\n") + 1]
    assert "gzip data is damaged" in error


@pytest.mark.parametrize("name", NAMES)
def test_every_whole_record_of_a_damaged_tar_is_read(tmp_path, name: str) -> None:
    tar = tarred([("a.jsonl", TEXT[:100_000]), ("b.jsonl", TEXT)])
    broken = damaged(COMPRESS[name](tar), int(0.7 * len(COMPRESS[name](tar))))
    content = by_the_byte(broken)
    (tmp_path / f"a.tar.{name}").write_bytes(broken)
    records, _, error = outcome_of(tmp_path / f"a.tar.{name}")
    second = 512 + -(-100_000 // 512) * 512 + 512
    whole = TEXT[:100_000].count(b"\n") + 1 + content[second:].count(b"\n")
    assert len(records) == whole
    assert "data is damaged" in error


FEED = b"<rss><channel><title>C</title>%s</channel></rss>" % b"".join(
    b"<item><title>Report %d</title><pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item>" % n
    for n in range(900)
)


def test_the_whole_entries_of_a_damaged_feed_are_read(tmp_path) -> None:
    packed = gzip.compress(FEED)
    for broken, why in (
        (damaged(packed, len(packed) - 8), "damaged"),
        (packed[: len(packed) // 2], "truncated"),
    ):
        (tmp_path / "a.rss.gz").write_bytes(broken)
        records, _, error = outcome_of(tmp_path / "a.rss.gz")
        read = [record for record in records if isinstance(record, RawRecord)]
        assert len(read) == by_the_byte(broken).count(b"</item>") > 300
        assert why in error


def test_a_wrong_checksum_behind_a_tar_is_found(tmp_path) -> None:
    packed = gzip.compress(tarred([("a.jsonl", TEXT[:10_000])]))
    (tmp_path / "a.tar.gz").write_bytes(damaged(packed, len(packed) - 8, 1))
    records, _, error = outcome_of(tmp_path / "a.tar.gz")
    assert len(records) == TEXT[:10_000].count(b"\n") + 1
    assert "gzip data is damaged" in error


def test_every_whole_record_of_a_damaged_zip_member_is_read_and_its_neighbours_too(tmp_path) -> None:
    archive = zipped([("a.jsonl", TEXT[:1000]), ("b.jsonl", TEXT), ("c.jsonl", TEXT[:1000])])
    place = archive.index(b"b.jsonl") + 10_000
    broken = damaged(archive, place)
    (tmp_path / "a.zip").write_bytes(broken)
    records, _, error = outcome_of(tmp_path / "a.zip")
    start = archive.index(b"b.jsonl") + len("b.jsonl")
    one = zlib.decompressobj(-15)
    content = b""
    for byte in broken[start:]:
        try:
            content += one.decompress(bytes((byte,)))
        except zlib.error:
            break
    inside = [record for record in records if record.member == "b.jsonl"]
    assert len(inside) == content.count(b"\n")
    assert {"a.jsonl", "c.jsonl"} < {record.member for record in records}
    assert "member b.jsonl: " in error
