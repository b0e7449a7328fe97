"""Parquet: one record a row, read in batches. Needs the extra `article-etl[parquet]`."""

import math
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import orjson

from etl.errors import DumpError, Refusal
from etl.extract.jsonrecord import RecordParser
from etl.extract.rejecting import rejected, too_large
from etl.extract.types import Member, Readable, Reading
from etl.model import RawRecord, Reason, Rejection

_BATCH = 256
"""Rows in memory at a time."""
_SPOOLED = 32 << 20
"""Bytes from which on a dump that is not a plain file is put on disk while it is read."""
_PIECE = 1 << 20
_NO_VALUE = (ValueError, OverflowError, KeyError)
"""What pyarrow raises for a time beyond year 9999 or a zone that nobody knows."""


def parquet_rows(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """The rows of a Parquet member. A record's number is its row's, 1-based; `raw` is the row as JSON.

    Times are text in ISO 8601, with their offset where the column has a zone; empty cells and NaN are
    None.

    Raises:
        DumpError: it is no Parquet, or broken, or the extra is not installed.
    """
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise DumpError(
            member.dump, "is read by pyarrow, which is not here: pip install article-etl[parquet]"
        ) from None

    with _seekable(member.stream) as file:
        if not file.seek(0, 2):
            return
        file.seek(0)
        record = 0
        try:
            rows = _rows(ParquetFile(file))
            to_record = _converter(member, reading)
            for record, row in enumerate(rows, 1):
                if isinstance(row, Refusal):
                    yield rejected(row, b"", record, member.name, None)
                else:
                    yield to_record(row, record)
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            where = f"after row {record:,}" if record else "as a whole"
            cause = " ".join(str(error).split())[:200]
            raise DumpError(member.dump, f"cannot be read as Parquet {where}: {cause}") from None


def _rows(file: Any) -> Iterator[dict[str, Any] | Refusal]:
    """The rows; in place of one with a cell that Python has no value for, what is wrong with it."""
    for batch in file.iter_batches(batch_size=_BATCH):
        plain = _without_nanoseconds(batch)
        try:
            rows: list[dict[str, Any] | Refusal] = plain.to_pylist()
        except _NO_VALUE:
            rows = [_row(plain.slice(place, 1)) for place in range(plain.num_rows)]
        yield from rows


def _row(one: Any) -> dict[str, Any] | Refusal:
    try:
        row: dict[str, Any] = one.to_pylist()[0]
    except _NO_VALUE as error:
        return Refusal(
            Reason.BAD_VALUE, f"holds a cell that is no value: {' '.join(str(error).split())[:200]}"
        )
    return row


def _without_nanoseconds(batch: Any) -> Any:
    """The batch with its times to the microsecond: Python has no finer ones."""
    import pyarrow

    def coarser(column: Any) -> Any:
        kind = column.type
        if getattr(kind, "unit", None) != "ns":
            return column
        if pyarrow.types.is_timestamp(kind):
            return column.cast(pyarrow.timestamp("us", kind.tz), safe=False)
        microseconds = pyarrow.time64("us") if pyarrow.types.is_time64(kind) else pyarrow.duration("us")
        return column.cast(microseconds, safe=False)

    return pyarrow.RecordBatch.from_arrays(list(map(coarser, batch.columns)), names=batch.schema.names)


def _converter(member: Member, reading: Reading) -> Callable[[dict[str, Any], int], RawRecord | Rejection]:
    most = reading.limits.record_bytes
    parser = RecordParser(reading.limits.depth)

    def to_record(row: dict[str, Any], record: int) -> RawRecord | Rejection:
        raw = b""
        try:
            fields = {name: _plain(value) for name, value in row.items()}
            raw = _as_json(fields)
            if len(raw) > most:
                return too_large(raw, len(raw), most, record=record, member=member.name, offset=None)
            return RawRecord(parser.checked(fields, raw), record, raw, member.name)
        except Refusal as refusal:
            return rejected(refusal, raw or repr(row).encode()[:most], record, member.name, None)

    return to_record


def _as_json(fields: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(fields)
    except TypeError as error:
        raise Refusal(Reason.BAD_VALUE, f"holds a value that no document can: {error}") from None


def _plain(value: Any) -> Any:
    """A cell as JSON has it. Raises `Refusal` for what cannot be."""
    if value is None or type(value) in (str, int, bool):
        return value
    for kind, convert in _CONVERSIONS:
        if isinstance(value, kind):
            return convert(value)
    return str(value)[:1000]


def _number(value: float) -> float | None:
    if math.isinf(value):
        raise Refusal(Reason.BAD_VALUE, "holds an infinite number")
    return None if math.isnan(value) else value


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Refusal(Reason.UNDECODABLE, f"holds bytes that are not UTF-8 ({value[:20]!r})") from None


_CONVERSIONS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (float, _number),
    ((date, time), lambda value: value.isoformat()),
    (bytes, _text),
    ((list, tuple), lambda value: [_plain(item) for item in value]),
    (dict, lambda value: {str(name): _plain(item) for name, item in value.items()}),
    (timedelta, lambda value: value.total_seconds()),
    (Decimal, str),
)


def _seekable(stream: Readable) -> IO[bytes]:
    """All of the stream as a file, in memory while it is small."""
    file = SpooledTemporaryFile(_SPOOLED)  # noqa: SIM115 - the caller closes it
    try:
        while piece := stream.read(_PIECE):
            file.write(piece)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
