"""How much of some dumps is looked at: bounded in records, bytes and seconds, whatever their size."""

import time
from collections.abc import Callable

from etl.errors import DumpError
from etl.extract.types import Readable

RECORDS = 4000
KEPT_BYTES = 24 << 20
"""Raw bytes of the records that are kept in memory."""
READ_BYTES = 192 << 20
"""Decompressed bytes that are read."""
SECONDS = 25.0


class Budget:
    """What is left of one look at some dumps."""

    def __init__(
        self,
        *,
        records: int = RECORDS,
        kept_bytes: int = KEPT_BYTES,
        read_bytes: int = READ_BYTES,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.records = records
        self.kept_bytes = kept_bytes
        self.read_bytes = read_bytes
        self._clock = clock
        self._seconds = seconds
        self._end = clock() + seconds

    @property
    def in_time(self) -> bool:
        """Whether the time is not up."""
        return self._clock() < self._end

    @property
    def left(self) -> bool:
        """Whether another record may be looked at."""
        return self.records > 0 and self.kept_bytes > 0 and self.read_bytes > 0 and self.in_time

    def part(self, share: float) -> "Budget":
        """A budget of its own with a share of this one's bytes and seconds."""
        return Budget(
            records=self.records,
            kept_bytes=self.kept_bytes,
            read_bytes=int(self.read_bytes * share),
            seconds=self._seconds * share,
            clock=self._clock,
        )


class Bounded:
    """A stream that fails once the budget's bytes or seconds are used up: no reader gets lost in it."""

    def __init__(self, stream: Readable, budget: Budget, dump: str) -> None:
        self.stopped = False
        """Whether it was the budget that ended it."""
        self._stream = stream
        self._budget = budget
        self._dump = dump

    def read(self, size: int, /) -> bytes:
        if self.stopped or self._budget.read_bytes <= 0 or not self._budget.in_time:
            self.stopped = True
            raise DumpError(self._dump, "is looked at no further")
        data = self._stream.read(size)
        self._budget.read_bytes -= len(data)
        return data
