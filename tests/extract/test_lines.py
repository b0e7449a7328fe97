import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import DumpError
from etl.extract.lines import BLOCK_BYTES, HEAD_BYTES, block_at, line_blocks, line_places

lines = st.lists(st.binary(max_size=30).map(lambda b: b.replace(b"\n", b"")), max_size=30).map(b"\n".join)


class Trickle:
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data = io.BytesIO(data)
        self._step = step

    def read(self, size: int, /) -> bytes:
        return self._data.read(min(size, self._step))


class Failing:
    """A stream that fails after some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, size: int, /) -> bytes:
        data = self._data.read(size)
        if not data:
            raise DumpError("d", "broken")
        return data


def blocks(data: bytes, block_bytes: int, max_line_bytes: int = 1 << 20, step: int = 1 << 20):
    return list(line_blocks(Trickle(data, step), block_bytes=block_bytes, max_line_bytes=max_line_bytes))


@given(lines, st.integers(1, 100), st.integers(1, 50))
def test_blocks_joined_are_the_stream_for_any_size(data, block_bytes, step):
    found = blocks(data, block_bytes, step=step)
    assert b"".join(block.data for block in found) == data
    assert [block.number for block in found] == list(range(len(found)))
    for block in found:
        assert data[block.offset : block.offset + block.length] == block.data
        assert block.first_record == 1 + data[: block.offset].count(b"\n")
        assert block.offset + block.length == len(data) or block.data.endswith(b"\n")
        assert len(block.data) <= block_bytes or block.data.count(b"\n") <= 1


@given(lines, lines, st.integers(1, 100))
def test_growing_at_the_end_changes_the_last_block_alone(old, added, block_bytes):
    before = blocks(old, block_bytes)
    after = blocks(old + added, block_bytes)
    assert before[:-1] == after[: max(0, len(before) - 1)]


@given(lines, st.integers(1, 100), st.integers(1, 50), st.integers(1, 100))
def test_places_are_those_of_the_blocks_whatever_is_read_at_a_time(data, block_bytes, step, max_line_bytes):
    found = blocks(data, block_bytes, max_line_bytes)
    places = list(line_places(Trickle(data, step), block_bytes=block_bytes))
    assert places == [(b.number, b.offset, b.length, b.first_record) for b in found]


def test_a_stream_that_fails_has_no_places_from_there_on():
    with pytest.raises(DumpError, match="broken"):
        list(line_places(Failing(b"one\ntwo\nthr"), block_bytes=5))


def test_only_a_line_feed_ends_a_line():
    data = "a\u2028b\u0085c\x0bd\x0ce\rf\n".encode()
    (block,) = blocks(data, 1000)
    assert block.data == data
    assert [b.data for b in blocks(data + b"x", len(data))] == [data, b"x"]


def test_an_over_long_line_is_passed_by_without_being_held():
    data = b"first\n" + b"x" * 300_000 + b"\nlast\n"
    first, long, last = blocks(data, 10_000, max_line_bytes=100_000, step=7000)
    assert (first.data, last.data) == (b"first\n", b"last\n")
    assert long.over_long
    assert (long.length, len(long.data)) == (300_001, HEAD_BYTES)
    assert (long.first_record, last.first_record, last.offset) == (2, 3, 300_007)


def test_a_line_longer_than_a_block_and_within_the_cap_is_whole():
    (block,) = blocks(b"x" * 500 + b"\n", 100, max_line_bytes=1000)
    assert not block.over_long
    assert len(block.data) == 501


def test_whole_lines_come_before_the_error_of_a_stream_that_fails():
    given_so_far = []
    with pytest.raises(DumpError, match="broken"):
        for block in line_blocks(Failing(b"one\ntwo\nthr"), block_bytes=1000, max_line_bytes=1000):
            given_so_far.append(block)
    assert [block.data for block in given_so_far] == [b"one\ntwo\n"]
    assert given_so_far[0].cut_short


def test_a_block_read_by_its_place_is_the_block_of_the_stream(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(b"%d %s\n" % (n, b"y" * 1000) for n in range(4500)))
    with path.open("rb", buffering=0) as file:
        found = list(line_blocks(file, block_bytes=BLOCK_BYTES, max_line_bytes=1 << 20))
        assert len(found) == 3
        again = [block_at(file, place, dump="d", max_line_bytes=1 << 20) for place in found]
    assert again == found


def test_a_file_that_became_shorter_is_an_error(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\ntwo\n")
    with path.open("rb") as file:
        (place,) = line_blocks(file, block_bytes=BLOCK_BYTES, max_line_bytes=1000)
    path.write_bytes(b"one\n")
    with path.open("rb") as file, pytest.raises(DumpError, match="was longer"):
        block_at(file, place, dump="d", max_line_bytes=1000)
