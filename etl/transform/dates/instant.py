"""What a date text says, before and after its zone is known."""

from datetime import datetime, tzinfo

import msgspec

from etl.model import Precision, ZoneOrigin


class Clock(msgspec.Struct, frozen=True):
    """A wall clock as the text shows it."""

    local: datetime
    """Naive. 00:00 where the precision is `day`."""
    precision: Precision
    zone: tzinfo | None = None
    """The zone or offset that the text states."""
    flags: tuple[str, ...] = ()


class Instant(msgspec.Struct, frozen=True, gc=False):  # it holds nothing that could hold it
    """A point in time, with how well it is known."""

    utc: datetime
    """Naive UTC, to the millisecond. For a day alone: its first moment in its zone."""
    second: datetime
    """`utc` to the second."""
    precision: Precision
    zone: ZoneOrigin
    key: str
    """How it stands in an article's key: `2023-09-22T10:49:00Z`, or `2023-09-22` for a day alone (the
    day on the text's own wall clock)."""
    flags: tuple[str, ...] = ()

    @property
    def millis(self) -> str:
        """ISO 8601 with three decimals, such as `2023-09-22T13:15:31.000Z`: compares as a string."""
        if self.utc is self.second and len(self.key) == len("2023-09-22T10:49:00Z"):
            return f"{self.key[:19]}.000Z"
        return f"{self.utc.isoformat(timespec='milliseconds')}Z"
