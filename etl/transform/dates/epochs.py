"""Dates that are numbers: epochs by their number of digits, and MongoDB's extended JSON."""

from datetime import datetime, timedelta
from typing import Any

from etl.errors import Refusal
from etl.model import Reason

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC throughout

_UNIT_MICROSECONDS = {10: 1_000_000.0, 13: 1_000.0, 16: 1.0, 19: 0.001}
"""Digits of an epoch to microseconds in its unit: s, ms, µs, ns. Sound from 2001 to 2286."""


def read_epoch(digits: str, fraction: str = "") -> datetime | None:
    """Naive UTC of an epoch in s, ms, µs or ns; None where the number of digits is another.

    `fraction` are decimals of seconds, as in `1695388531.25`.
    """
    unit = _UNIT_MICROSECONDS.get(len(digits))
    if unit is None or digits[0] == "0":
        return None
    number = int(digits)
    micros = number // 1000 if unit < 1 else number * int(unit)
    if fraction and len(digits) == 10:
        micros += int(fraction[:6].ljust(6, "0"))
    return EPOCH + timedelta(microseconds=micros)


def as_text(number: int | float) -> str:
    """Digits of a number that stands where a date should; `1695388531.25` keeps its decimals.

    Raises:
        Refusal: unreadable_date, for what is no date in any unit.
    """
    if isinstance(number, int):
        if 0 <= number < 1 << 64:
            return str(number)
    elif 0 <= number < 1e20:
        whole = int(number)
        micros = round((number - whole) * 1e6)
        return f"{whole}.{micros:06d}" if 0 < micros < 1_000_000 else str(whole)
    # Never str() of the number itself: an integer may have thousands of digits.
    raise Refusal(Reason.UNREADABLE_DATE, "a number that is no date in any unit")


def extended_json(value: dict[str, Any]) -> datetime | str | int | float | None:
    """What `{"$date": …}` or `{"$numberLong": …}` holds: an instant (ms by definition), or text or a
    number for the other rules; None where it is no such object."""
    if len(value) != 1:
        return None
    ((name, held),) = value.items()
    if name == "$date":
        if isinstance(held, dict):
            held = _long(held)
        if isinstance(held, bool) or not isinstance(held, int | float):
            return held if isinstance(held, str) else None
        try:
            return EPOCH + timedelta(milliseconds=held)
        except (OverflowError, ValueError):
            raise Refusal(Reason.DATE_OUT_OF_RANGE, "$date is outside of the calendar") from None
    if name in {"$numberLong", "$numberInt", "$numberDouble"}:
        return _long(value)
    return None


def _long(value: dict[str, Any]) -> int | float | str | None:
    held = next(iter(value.values()), None)
    if isinstance(held, str) and len(held) <= 20 and held.removeprefix("-").isdecimal() and held.isascii():
        return int(held)
    return held if isinstance(held, int | float | str) and not isinstance(held, bool) else None
