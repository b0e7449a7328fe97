"""dateutil behind guards: the odd shapes of English and of numbers, without its guesses.

Unguarded it takes missing parts from today, reads `CST` as the machine's zone, `GMT+0800` with the
wrong sign, years of two digits as it likes, and either order of day and month.
"""

import re
from datetime import datetime, tzinfo

from dateutil.parser import ParserError, parse

from etl.errors import Refusal
from etl.model import Precision, Reason
from etl.transform.dates.instant import Clock
from etl.transform.dates.policy import DatePolicy
from etl.transform.dates.zones import named_zone, offset_zone

_GMT_OFFSET = re.compile(r"\b(?:GMT|UTC|UT) ?([+-]\d{1,2}(?::?\d{2})?)\b", re.IGNORECASE)
_DOTTED_TIME = re.compile(r"\b(\d{1,2})\.(\d{2})(?= ?[ap]\.?m\b)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|2[01])\d{2}(?!\d)")
_NUMBER = re.compile(r"\d+")
_WEEKDAY = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)", re.IGNORECASE)
"""Where there is one and no day, dateutil takes the next such day of the month."""
_OBJECTION = re.compile(
    r"\d[.,]\d+ ?[hm]"  # hours with decimals
    r"|\d{4}-\d{1,2}-\d{1,2}-"  # a fourth part, which it would take for an hour
    r"|(?:\d:\d{2}.*?){3}",  # more than a time and an offset
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"\D*\d{4}(?!\d)[-/. ]")

# Two days that differ in every part, and a third that differs from the first in its time alone.
_ONE = datetime(2001, 1, 28, 3, 11, 17)  # noqa: DTZ001
_OTHER = datetime(2012, 10, 27, 3, 11, 17)  # noqa: DTZ001
_LATER = datetime(2001, 1, 28, 21, 43, 51)  # noqa: DTZ001


def read_guarded(text: str, policy: DatePolicy) -> Clock | None:
    """The clock that dateutil reads in plain ASCII text where no guard objects; else None.

    Raises:
        Refusal: incomplete_date, ambiguous_date or unknown_zone, where dateutil would have guessed.
    """
    years = _YEAR.findall(text)
    if not text.isascii() or len(years) != 1 or _OBJECTION.search(text) or len(_NUMBER.findall(text)) > 9:
        return None
    text = _GMT_OFFSET.sub(r"\1", text)
    text = _DOTTED_TIME.sub(r"\1:\2", text)
    month_first = _parse(text, _ONE, policy, dayfirst=False)
    if month_first is None:
        return None
    other = _parse(text, _OTHER, policy, dayfirst=False)
    if other is None or other.date() != month_first.date():
        raise Refusal(Reason.INCOMPLETE_DATE, f"{text!r} does not give year, month and day")
    if month_first.year != int(years[0]) or _is_the_year(month_first, years[0], text):
        return None
    if _WEEKDAY.search(text) and month_first.day not in {int(number) for number in _NUMBER.findall(text)}:
        raise Refusal(Reason.INCOMPLETE_DATE, f"{text!r} does not give year, month and day")
    read = month_first
    if not _YEAR_FIRST.match(text):
        day_first = _parse(text, _ONE, policy, dayfirst=True)
        if day_first is not None and day_first != month_first:
            if policy.date_order not in ("DMY", "MDY"):
                raise Refusal(
                    Reason.AMBIGUOUS_DATE,
                    f"{text!r} is {day_first.date()} or {month_first.date()}; "
                    'say which with date_order = "DMY" or "MDY"',
                )
            read = day_first if policy.date_order == "DMY" else month_first
    later = _parse(text, _LATER, policy, dayfirst=False)
    return Clock(*_precise(read, month_first, later), read.tzinfo)


def _is_the_year(read: datetime, year: str, text: str) -> bool:
    """Whether the time of day was made of the year's digits: `23.59 25. december 2023` as 20:23."""
    return f"{read.hour:02}{read.minute:02}" == year and ":" not in text


def _precise(read: datetime, reference: datetime, later: datetime | None) -> tuple[datetime, Precision]:
    """The naive clock with what came from the defaults taken out, and what is left."""
    naive = read.replace(tzinfo=None)
    if later is None or later.hour != reference.hour:
        return naive.replace(hour=0, minute=0, second=0, microsecond=0), "day"
    if later.minute != reference.minute:
        return naive.replace(minute=0, second=0, microsecond=0), "minute"
    if later.second != reference.second:
        return naive.replace(second=0, microsecond=0), "minute"
    return naive, "second"


def _parse(text: str, default: datetime, policy: DatePolicy, *, dayfirst: bool) -> datetime | None:
    def zone(name: str | None, seconds: int | None) -> tzinfo | None:
        if seconds is not None and not (name and seconds == 0):
            hours, minutes = divmod(abs(seconds) // 60, 60)
            return offset_zone(f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}")
        return named_zone(name, policy.zones) if name else None

    try:
        return parse(text, default=default, dayfirst=dayfirst, tzinfos=zone)
    except (ParserError, OverflowError, ValueError, TypeError, IndexError, AttributeError, ArithmeticError):
        # dateutil raises these and more on odd input; each means that it does not read the text.
        return None
