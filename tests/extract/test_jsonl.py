import json
import math
import tracemalloc
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Refusal
from etl.extract.jsonl import json_lines, json_lines_reader
from etl.extract.jsonrecord import RecordParser
from etl.extract.lines import HEAD_BYTES
from etl.extract.types import LineBlock, Member
from etl.model import RawRecord, Reason
from tests.extract.helpers import reading, titles


def read(data, encodings=(), **changes):
    block = LineBlock(0, 0, 1, data, len(data))
    return list(json_lines(reading(**changes), encodings)(block))


def test_a_record_has_its_line_number_its_offset_and_its_own_bytes():
    one, two = read(b'{"a": 1}\n\n {"a": "\xc3\xa9"}\r\n')
    assert (one.record, one.offset, one.raw, one.fields) == (1, 0, b'{"a": 1}', {"a": 1})
    assert (two.record, two.offset, two.raw, two.fields) == (3, 10, b' {"a": "\xc3\xa9"}\r', {"a": "é"})


def test_numbers_and_offsets_go_on_from_the_block():
    block = LineBlock(7, 1000, 51, b'{"a":1}\n{"a":2}', 15)
    assert [(r.record, r.offset) for r in json_lines(reading(), member="m")(block)] == [
        (51, 1000),
        (52, 1008),
    ]


@pytest.mark.parametrize(
    ("line", "reason", "says"),
    [
        (b"[" * 100_000 + b"]" * 100_000, Reason.TOO_DEEP, "limits.depth"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, Reason.TOO_DEEP, "limits.depth"),
        (b'{"a":' + b"7" * 5000 + b"}", Reason.BAD_VALUE, "out of range"),
        (b'{"a":' + b"7" * 200 + b"}", Reason.BAD_VALUE, "(200 digits)"),
        (b'{"a":9223372036854775808}', Reason.BAD_VALUE, "9223372036854775808"),
        (b'{"a":-9223372036854775809}', Reason.BAD_VALUE, "-9223372036854775809"),
        (b'{"a":18446744073709551616}', Reason.BAD_VALUE, "18446744073709551616"),
        (b'{"a":[{"b":[18446744073709551616]}]}', Reason.BAD_VALUE, "64 bits"),
        (
            b'{"s":"\\"12345678901234567890","a":18446744073709551616}',
            Reason.BAD_VALUE,
            "18446744073709551616",
        ),
        (b'{"a":NaN}', Reason.BAD_VALUE, "NaN"),
        ('{"é中":-Infinity}'.encode(), Reason.BAD_VALUE, "Infinity"),
        (b'{"a":1e400}', Reason.BAD_VALUE, "out of range"),
        (b'{"a":"\\ud83d"}', Reason.BAD_VALUE, "half a character"),
        (b'{"a\\u0000b":1}', Reason.BAD_VALUE, "NUL"),
        (b'{"a":[{"b\\u0000":1}]}', Reason.BAD_VALUE, "NUL"),
        (b'{"a":1}{"b":2}', Reason.MALFORMED, 'format = "json"'),
        (b'{"a":1', Reason.MALFORMED, "unexpected end"),
        (b"<html>", Reason.MALFORMED, "unexpected character"),
        (b'"title"', Reason.NOT_A_RECORD, "a string"),
        (b"17", Reason.NOT_A_RECORD, "a number"),
        (b"null", Reason.NOT_A_RECORD, "null"),
        (b"[1]", Reason.NOT_A_RECORD, "a list"),
        (b'{"a":"caf\xe9"}', Reason.UNDECODABLE, "byte 9 is not UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', Reason.UNDECODABLE, "not UTF-8"),
    ],
)
def test_a_bad_line_costs_only_itself_and_says_why(line, reason, says):
    before, bad, after = read(b'{"title":"x"}\n' + line + b'\n{"title":"y"}\n')
    assert titles([before, after]) == ["x", "y"]
    assert (bad.reason, bad.record, bad.offset) == (reason, 2, 14)
    assert bad.raw == line
    assert says in bad.detail
    assert len(bad.detail) < 500


@pytest.mark.parametrize(
    "line",
    [
        b'{"a":9223372036854775807,"b":-9223372036854775808}',
        b'{"a":1e20,"b":-1.5e300,"c":12345678901234567890.5}',
        b'{"a":"12345678901234567890"}',
        b'{"a":"\\ud83d\\ude00"}',
        b'{"a":' * 99 + b"1" + b"}" * 99,
        b'{"a":"\\u0000"}',
        b'{"$a.b":{"$ne":null}}',
        b'{"a":[[],{},[[{}]]]}',
    ],
)
def test_an_odd_but_sound_line_is_a_record(line):
    (record,) = read(line)
    assert record.fields == json.loads(line)


def test_depth_counts_the_record_itself():
    assert isinstance(read(b'{"a":[[1]]}', limits={"depth": 3})[0], RawRecord)
    assert read(b'{"a":[[[1]]]}', limits={"depth": 3})[0].reason is Reason.TOO_DEEP
    assert read(b'{"a":[[[]]]}', limits={"depth": 3})[0].reason is Reason.TOO_DEEP
    assert isinstance(read(b'{"a":[["x",null]]}', limits={"depth": 3})[0], RawRecord)


def test_of_repeated_keys_the_last_counts():
    assert read(b'{"a":1,"a":2}')[0].fields == {"a": 2}


def test_raw_control_characters_in_strings_are_taken_for_what_they_are():
    assert read(b'{"a":"tab\there","b":\t1}')[0].fields == {"a": "tab\there", "b": 1}


def test_a_line_in_the_declared_encoding_is_read():
    (record,) = read('{"a":"図書館"}'.encode("cp932"), ("cp932",))
    assert record.fields == {"a": "図書館"}
    assert record.raw == '{"a":"図書館"}'.encode("cp932")


def test_a_line_over_the_cap_is_rejected_by_its_head():
    big = b'{"a":"' + b"x" * (HEAD_BYTES * 2) + b'"}'
    before, bad, after = read(b'{"title":"x"}\n' + big + b'\n{"title":"y"}', limits={"record_bytes": 1 << 16})
    assert titles([before, bad, after]) == ["x", "<too_large>", "y"]
    assert bad.raw == big[:HEAD_BYTES]
    assert "limits.record_bytes" in bad.detail


class Generated:
    """A long stream that is never held."""

    def __init__(self, head: bytes, size: int, tail: bytes) -> None:
        self._pieces = iter([head, *([b"x" * (1 << 20)] * (size >> 20)), tail])
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        if not self._rest:
            self._rest = next(self._pieces, b"")
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


def test_a_line_of_300_megabytes_is_rejected_and_never_held():
    stream = Generated(b'{"title":"x"}\n{"a":"', 300 << 20, b'"}\n{"title":"y"}\n')
    tracemalloc.start()
    records = list(json_lines_reader(Member("d", None, "a.jsonl", stream), reading()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert titles(records) == ["x", "<too_large>", "y"]
    assert records[2].record == 3
    assert peak < 50 << 20


scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(), v, max_size=3), max_leaves=8
)


def slow_verdict(value: Any, depth: int) -> bool:
    """Whether a value may stand in a document; as plain as it can be said."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, float)):
        return not isinstance(value, float) or math.isfinite(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if depth == 0:
        return False
    inner = value if isinstance(value, list) else value.values()
    keys = value if isinstance(value, dict) else ()
    return all("\0" not in key for key in keys) and all(slow_verdict(one, depth - 1) for one in inner)


def test_an_integer_of_19_digits_that_fits_is_kept_beside_a_large_float() -> None:
    """An epoch in nanoseconds is no bad value, whatever else the record holds."""
    line = b'{"title": "x", "date": 1695388531000000000, "weight": 1e20}'
    assert RecordParser(100).checked(orjson.loads(line), line)["date"] == 1695388531000000000


@given(st.dictionaries(st.text(), values, max_size=4))
def test_the_fast_check_equals_the_slow_one(fields):
    raw = json.dumps(fields).encode()
    parser = RecordParser(depth=4)
    for _ in range(2):  # the second time the keys are known
        try:
            parsed = parser.parse(raw)
        except Refusal as refusal:
            assert refusal.reason in (Reason.BAD_VALUE, Reason.TOO_DEEP)
            assert not slow_verdict(fields, 4) or "surrogate" in refusal.detail or "half" in refusal.detail
        else:
            assert parsed == orjson.loads(raw)
            assert slow_verdict(fields, 4)


@given(st.binary(max_size=60))
def test_no_line_makes_the_reader_fail(line):
    line = line.replace(b"\n", b"")
    records = read(b'{"title":"x"}\n' + line + b'\n{"title":"y"}\n')
    assert titles([records[0], records[-1]]) == ["x", "y"]
    assert len(records) <= 3


@given(
    st.lists(
        st.sampled_from([b'{"a":1}', b'{"a":2}', b'{"a":1} ', b"[]", b"{", b"", b'{"b":"%s"}' % (b"x" * 200)])
    )
)
def test_lines_that_repeat_others_give_what_they_would_give_alone(lines):
    found = read(b"\n".join(lines))
    offsets = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    alone = [
        record
        for number, line in enumerate(lines)
        for record in json_lines(reading())(LineBlock(0, offsets[number], number + 1, line, len(line)))
    ]
    assert found == alone


def test_a_line_that_repeats_another_is_not_parsed_again():
    one, _, two = read(b'{"a": 1}\n{"a": 2}\n{"a": 1}')
    assert one.fields is two.fields
    assert (two.record, two.offset, two.raw) == (3, 18, b'{"a": 1}')
