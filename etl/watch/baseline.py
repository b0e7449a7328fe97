"""What a source usually gives on such a day: the median of the days of the same weekday before it."""

from collections.abc import Mapping
from datetime import date, timedelta
from statistics import median
from typing import Literal

import msgspec

WEEKS = 8
"""How far back the same weekday is looked at."""

NEAR_DAYS = 28
"""How far back any day is looked at, where too few of the same weekday are known."""

FEWEST = 3
"""Days that a median is taken of at least. One bad day among three does not move it."""


class Usual(msgspec.Struct, frozen=True):
    """What is usual for a source on a day."""

    records: float
    basis: Literal["weekday", "any day"]
    days: int
    """How many days it is the median of."""

    def __str__(self) -> str:
        which = "days of this weekday" if self.basis == "weekday" else "days"
        return f"{self.records:,.0f} (median of {self.days} {which} before)"


def usual(day: date, volumes: Mapping[date, int]) -> Usual | None:
    """The trailing baseline of a day, from the records of the days before it.

    The median of the same weekday in the eight weeks before; of any day in the four weeks before, where
    fewer than three of the same weekday are known.

    Args:
        day: Is not itself among what it is held against.
        volumes: Records by day, of whole days only; days without an entry are not taken as empty ones.

    Returns:
        None where fewer than three days are known.
    """
    same = [day - timedelta(weeks=n) for n in range(1, WEEKS + 1)]
    near = [day - timedelta(days=n) for n in range(1, NEAR_DAYS + 1)]
    weekday = [volumes[each] for each in same if each in volumes]
    if len(weekday) >= FEWEST:
        return Usual(median(weekday), "weekday", len(weekday))
    any_day = [volumes[each] for each in near if each in volumes]
    return Usual(median(any_day), "any day", len(any_day)) if len(any_day) >= FEWEST else None
