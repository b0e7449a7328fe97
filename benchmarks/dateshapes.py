"""The same instant as different systems write it. Every shape states all there is to know."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _iso(epoch: int) -> str:
    return f"{_utc(epoch):%Y-%m-%dT%H:%M:%SZ}"


def _iso_offset(epoch: int) -> str:
    hours = epoch % 11 - 4
    return datetime.fromtimestamp(epoch, timezone(timedelta(hours=hours))).isoformat()


def _iso_milliseconds(epoch: int) -> str:
    return f"{_utc(epoch):%Y-%m-%dT%H:%M:%S}.000Z"


def spaced(epoch: int) -> str:
    """`2023-09-22 10:49:00`: no zone, so UTC is assumed."""
    return f"{_utc(epoch):%Y-%m-%d %H:%M:%S}"


def _rfc_2822(epoch: int) -> str:
    # strftime's names would depend on the locale.
    at = _utc(epoch)
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1][:3]} {at.year} {at:%H:%M:%S} +0000"


def _spelled_out(epoch: int) -> str:
    at = _utc(epoch)
    return f"{_MONTHS[at.month - 1]} {at.day}, {at.year} {at:%H:%M:%S} UTC"


def _seconds(epoch: int) -> int:
    return epoch


def _milliseconds(epoch: int) -> int:
    return epoch * 1000


def _utc(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


Shape = Callable[[int], str | int]

SHAPES: tuple[Shape, ...] = (
    _iso,
    _iso_offset,
    _iso_milliseconds,
    spaced,
    _rfc_2822,
    _spelled_out,
    _seconds,
    _milliseconds,
)
"""Unix time in, what stands in the record out. Equally frequent in the corpus."""
