"""Members made of bytes, and readers run to their end."""

from io import BytesIO
from typing import Any

from etl.errors import DumpError
from etl.extract.types import Member, Reader
from etl.model import RawRecord, Rejection
from tests.extract.helpers import reading

Read = tuple[list[RawRecord | Rejection], str | None]


class Dribble:
    """A stream that gives a few bytes at a time, and fails after the last one if it is told to."""

    def __init__(self, data: bytes, step: int = 7, failure: DumpError | None = None) -> None:
        self._file = BytesIO(data)
        self._step = step
        self._failure = failure

    def read(self, size: int, /) -> bytes:
        data = self._file.read(min(size, self._step))
        if not data and self._failure is not None:
            raise self._failure
        return data


def member_of(stream: Any, name: str | None = None) -> Member:
    """A member of the dump `dump`."""
    return Member("dump", name, name or "dump", BytesIO(stream) if isinstance(stream, bytes) else stream)


def read(reader: Reader, data: Any, **stated: Any) -> Read:
    """All that a reader gives, and the message that it ends with, if any."""
    found: list[RawRecord | Rejection] = []
    try:
        for record in reader(member_of(data), reading(**stated)):
            found.append(record)
    except DumpError as error:
        return found, error.message
    return found, None


def only(reader: Reader, data: Any, **stated: Any) -> dict[str, Any]:
    """The fields of the one record that a reader gives."""
    (record,), error = read(reader, data, **stated)
    assert error is None
    assert isinstance(record, RawRecord), record
    return record.fields
