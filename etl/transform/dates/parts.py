"""Digits to a clock, with every part checked."""

from datetime import datetime, tzinfo

from etl.errors import Refusal
from etl.model import Precision, Reason
from etl.transform.dates.instant import Clock


def clock(
    text: str,
    year: str | int,
    month: str | int,
    day: str | int,
    hour: str | int | None = None,
    minute: str | int | None = None,
    second: str | int | None = None,
    fraction: str | None = None,
    *,
    zone: tzinfo | None = None,
    flags: tuple[str, ...] = (),
) -> Clock:
    """The clock with these parts; `fraction` are the decimals of the second.

    Raises:
        Refusal: unreadable_date, where there is no such day or time (31 June, hour 24, second 60).
    """
    precision: Precision = "day" if hour is None else "minute" if second is None else "second"
    try:
        local = datetime(  # noqa: DTZ001 - a wall clock; its zone comes later
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int(fraction[:6].ljust(6, "0")) if fraction else 0,
        )
    except (ValueError, OverflowError) as error:
        raise Refusal(Reason.UNREADABLE_DATE, f"{text!r}: {error}") from None
    return Clock(local, precision, zone, flags)
