import bz2
import gzip
import io
import lzma

import pytest

from etl.errors import DumpError
from etl.extract.compression import Budget, Expanded, compression_of, zstd
from etl.settings import Limits

TEXT = b"".join(b"line %d of a text that compresses\n" % n for n in range(20_000))
COMPRESS = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd.compress}


def expanded(data, compression, *, limits=None, step=1 << 16):
    """What comes out before the end or the error, and the error."""
    stream = Expanded(io.BytesIO(data), compression, Budget("d.gz", len(data), limits or Limits()))
    out = b""
    try:
        while piece := stream.read(step):
            out += piece
    except DumpError as error:
        with pytest.raises(DumpError):
            stream.read(1)  # an error stays one
        return out, error.message
    return out, None


@pytest.mark.parametrize("name", COMPRESS)
class TestEachCompression:
    def test_gives_back_what_was_compressed_whatever_the_step(self, name):
        data = COMPRESS[name](TEXT)
        assert compression_of(data) == name
        assert expanded(data, name) == (TEXT, None)
        assert expanded(COMPRESS[name](b"abc"), name, step=1) == (b"abc", None)

    def test_reads_members_end_to_end(self, name):
        assert expanded(COMPRESS[name](b"one") + COMPRESS[name](b"two"), name) == (b"onetwo", None)

    def test_takes_zeros_at_the_end_for_padding(self, name):
        assert expanded(COMPRESS[name](TEXT) + bytes(1024), name) == (TEXT, None)

    def test_fails_on_garbage_at_the_end_after_all_that_came_before(self, name):
        out, error = expanded(COMPRESS[name](TEXT) + b"garbage", name)
        assert out == TEXT
        assert "followed by b'garbage'" in error

    def test_fails_when_truncated_after_what_came_before(self, name):
        data = COMPRESS[name](TEXT)
        out, error = expanded(data[: len(data) // 2], name)
        assert TEXT.startswith(out)
        assert "truncated" in error

    def test_fails_on_a_wrong_checksum(self, name):
        options = {zstd.CompressionParameter.checksum_flag: 1}
        data = zstd.compress(TEXT, options=options) if name == "zstd" else COMPRESS[name](TEXT)
        damaged = bytearray(data)
        damaged[-6 if name == "gzip" else -2 if name == "zstd" else len(data) // 2] ^= 0x55
        _, error = expanded(bytes(damaged), name)
        assert "damaged" in error

    def test_a_bomb_stops_at_the_ratio_and_names_the_setting(self, name):
        data = COMPRESS[name](bytes(30_000_000))
        out, error = expanded(data, name)
        assert len(out) <= (1 << 20) + 200 * len(data)
        assert "limits.expansion_ratio" in error

    def test_bytes_are_capped_too(self, name):
        out, error = expanded(COMPRESS[name](TEXT * 3), name, limits=Limits(expanded_bytes=1 << 20))
        assert len(out) <= 1 << 20
        assert "limits.expanded_bytes" in error


def test_what_expands_little_in_all_may_expand_at_any_ratio():
    assert expanded(gzip.compress(bytes(900_000)), "gzip") == (bytes(900_000), None)


def test_an_xz_that_asks_for_a_huge_dictionary_is_refused():
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 30}]
    _, error = expanded(lzma.compress(b"abc", filters=filters), "xz")
    assert "more memory than is allowed" in error


def test_a_zstd_with_a_huge_window_is_refused():
    frame = b"\x28\xb5\x2f\xfd" + bytes([0x00, 0xB0]) + b"\x01\x00\x00"
    _, error = expanded(frame, "zstd")
    assert "more memory than is allowed" in error


def test_a_skippable_frame_first_is_zstd_all_the_same():
    skippable = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
    data = skippable + zstd.compress(b"text")
    assert compression_of(data) == "zstd"
    assert expanded(data, "zstd") == (b"text", None)


def test_a_budget_is_shared_by_all_streams_of_a_dump():
    budget = Budget("d.zip", 100, Limits(expansion_ratio=1))
    data = gzip.compress(bytes(200_000))
    for _ in range(5):
        assert Expanded(io.BytesIO(data), "gzip", budget).read(1 << 20) == bytes(200_000)
    with pytest.raises(DumpError, match="expansion_ratio"):
        Expanded(io.BytesIO(data), "gzip", budget).read(1 << 20)
