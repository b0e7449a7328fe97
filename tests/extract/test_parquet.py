"""Parquet: rows as records, with plain values."""

import builtins
import datetime as dt
from decimal import Decimal
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl.errors import DumpError
from etl.extract.parquet import parquet_rows
from tests.extract.members import Dribble, only, read


def parquet(**columns):
    file = BytesIO()
    pq.write_table(pa.table(columns), file, row_group_size=100)
    return file.getvalue()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (pa.array(["Zürich"]), "Zürich"),
        (pa.array(["Zürich"]).dictionary_encode(), "Zürich"),
        (pa.array([b"x"]), "x"),
        (pa.array([7]), 7),
        (pa.array([True]), True),
        (pa.array([float("nan")]), None),
        (pa.array([Decimal("1.50")]), "1.50"),
        (pa.array([dt.date(2023, 9, 22)]), "2023-09-22"),
        (pa.array([1695379740], pa.timestamp("s")), "2023-09-22T10:49:00"),
        (pa.array([1695379740_123456789], pa.timestamp("ns")), "2023-09-22T10:49:00.123456"),
        (
            pa.array([dt.datetime(2023, 9, 22, 8, 49)], pa.timestamp("ms", "Europe/Berlin")),
            "2023-09-22T10:49:00+02:00",
        ),
        (pa.array([["a", "b"]]), ["a", "b"]),
        (pa.array([{"by": {"name": "Ann"}}]), {"by": {"name": "Ann"}}),
        (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())), [["a", 1]]),
        (pa.array([dt.timedelta(seconds=90)]), 90.0),
    ],
)  # fmt: skip
def test_a_cell_becomes_a_plain_value(column, value):
    assert only(parquet_rows, parquet(x=column)) == {"x": value}


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (pa.array([float("inf")]), "bad_value"),
        (pa.array([2**63], pa.uint64()), "bad_value"),
        (pa.array([b"\xff"]), "undecodable"),
        (pa.array(["x" * 2000]), "too_large"),
    ],
)
def test_a_cell_that_no_document_can_hold_costs_its_row(column, reason):
    (record,), error = read(parquet_rows, parquet(x=column), limits={"record_bytes": 1024})
    assert (record.reason, error) == (reason, None)


def test_a_time_that_python_has_no_value_for_costs_its_row():
    beyond = pa.array([0, 10**18, 86_400_000_000], pa.timestamp("us"))
    records, error = read(parquet_rows, parquet(x=beyond))
    assert error is None
    assert [getattr(record, "reason", None) for record in records] == [None, "bad_value", None]
    assert "no value" in records[1].detail
    assert records[2].fields == {"x": "1970-01-02T00:00:00"}


def test_a_zone_that_nobody_knows_costs_the_rows_with_a_time_in_it():
    """Found by fuzzing: it ended the load."""
    times = pa.array([dt.datetime(2023, 9, 22, 8, 49), None], pa.timestamp("ms", "Evrope/Berlin"))
    records, error = read(parquet_rows, parquet(x=times))
    assert error is None
    assert [getattr(record, "reason", None) for record in records] == ["bad_value", None]
    assert "Evrope/Berlin" in records[0].detail


def test_rows_are_numbered_across_row_groups_of_a_stream():
    data = parquet(n=list(range(1000)))
    records, error = read(parquet_rows, Dribble(data, 997))
    assert [(record.record, record.fields["n"], record.raw) for record in records] == [
        (n + 1, n, b'{"n":%d}' % n) for n in range(1000)
    ]
    assert error is None


def test_rows_before_a_broken_place_are_given():
    data = bytearray(parquet(x=[f"{n}{'y' * 500}" for n in range(3000)]))
    middle = len(data) // 2
    data[middle : middle + 2000] = b"\xff" * 2000
    records, error = read(parquet_rows, bytes(data))
    assert 0 < len(records) < 3000
    assert error.startswith(f"cannot be read as Parquet after row {len(records):,}")


@pytest.mark.parametrize("data", [b"PAR1", b"hello world, no table here", parquet(x=[1])[:-5]])
def test_what_is_no_parquet_fails(data):
    records, error = read(parquet_rows, data)
    assert records == []
    assert error.startswith("cannot be read as Parquet as a whole: ")


def test_an_empty_member_gives_nothing():
    assert read(parquet_rows, b"") == ([], None)
    assert read(parquet_rows, parquet(x=pa.array([], pa.string()))) == ([], None)


def test_the_missing_extra_is_named(monkeypatch):
    def without_pyarrow(name, *args, **kwargs):
        if name.partition(".")[0] == "pyarrow":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    real = builtins.__import__
    data = parquet(x=[1])
    monkeypatch.setattr(builtins, "__import__", without_pyarrow)
    _, error = read(parquet_rows, data)
    assert error == "is read by pyarrow, which is not here: pip install article-etl[parquet]"


def test_a_stream_that_fails_leaves_no_file_open():
    _, error = read(parquet_rows, Dribble(parquet(x=[1]), failure=DumpError("dump", "is cut off")))
    assert error == "is cut off"
