"""Dates as people and mail programs write them: English month names, or numbers in a known order.

Strict: every word of the text must have its place. These shapes are nine in ten of what is not ISO,
and are read here a hundred times faster than by a general parser.
"""

import re

from etl.errors import Refusal
from etl.model import Reason
from etl.transform.dates.instant import Clock
from etl.transform.dates.parts import clock
from etl.transform.dates.policy import DatePolicy
from etl.transform.dates.times import cut_time

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_MONTH = r"([a-z]{3,9})\.?"
_GAP = r"[ .,/-]{0,3}"
_BREAK = r"[ .,/-]{1,3}"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(\d{4})"
_LEAD = re.compile(rf"({_WEEKDAY})\b[.,]?[ .,-]{{0,3}}(.*)", re.IGNORECASE | re.ASCII)
_TAIL = re.compile(rf"(.*?)[ .,-]{{1,3}}\(?({_WEEKDAY})\b\)?\.?", re.IGNORECASE | re.ASCII)

_DAY_FIRST = re.compile(rf"{_DAY}{_GAP}(?:of )?{_MONTH}{_GAP}{_YEAR}\.?", re.IGNORECASE | re.ASCII)
_MONTH_FIRST = re.compile(rf"{_MONTH}{_GAP}{_DAY}{_BREAK}{_YEAR}\.?", re.IGNORECASE | re.ASCII)
_YEAR_MONTH = re.compile(rf"{_YEAR}{_GAP}{_MONTH}{_GAP}{_DAY}", re.IGNORECASE | re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})(?: ?([-/. ]) ?)(\d{1,2})(?: ?\2 ?)(\d{1,2})\.?", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})(?: ?([-/. ]) ?)(\d{1,2})(?: ?\2 ?)(\d{4}|\d{2})\.?", re.ASCII)


def read_spelled(text: str, policy: DatePolicy) -> Clock | None:
    """The clock of a date in words or numbers; None where the text has another shape.

    Raises:
        Refusal: ambiguous_date (with both readings and the key that settles it), unknown_zone, or
            unreadable_date for a day that does not exist.
    """
    found = cut_time(text, policy.zones)
    if found is None:
        return None
    rest, time = found
    weekday: str | None = None
    lead = _LEAD.fullmatch(rest)
    tail = None if lead else _TAIL.fullmatch(rest)
    if lead:
        weekday, rest = lead.groups()
    elif tail:
        rest, weekday = tail.groups()
    parts = _date(text, rest, policy)
    if parts is None:
        return None
    read = clock(text, *parts, time.hour, time.minute, time.second, time.fraction, zone=time.zone)
    if weekday and _WEEKDAYS[read.local.weekday()] != weekday[:3].lower():
        return Clock(read.local, read.precision, read.zone, ("weekday_mismatch",))
    return read


def _date(text: str, rest: str, policy: DatePolicy) -> tuple[int, int, int] | None:
    """(year, month, day) of what is left of a text without its time and weekday."""
    found = _DAY_FIRST.fullmatch(rest)
    if found:
        day, name, year = found.groups()
        return _worded(year, name, day)
    found = _MONTH_FIRST.fullmatch(rest)
    if found:
        name, day, year = found.groups()
        return _worded(year, name, day)
    found = _YEAR_FIRST.fullmatch(rest)
    if found:
        return int(found[1]), int(found[3]), int(found[4])
    found = _NUMERIC.fullmatch(rest)
    if found:
        return _numeric(text, int(found[1]), int(found[3]), found[4], policy)
    found = _YEAR_MONTH.fullmatch(rest)
    if found:
        year, name, day = found.groups()
        return _worded(year, name, day)
    return None


def _worded(year: str, name: str, day: str) -> tuple[int, int, int] | None:
    month = _MONTHS.get(name.lower())
    return None if month is None else (int(year), month, int(day))


def _numeric(
    text: str, first: int, second: int, last: str, policy: DatePolicy
) -> tuple[int, int, int] | None:
    """Day and month of `first` and `second` by the source's order, or by the only way that they fit."""
    order = policy.date_order
    if len(last) == 2:
        return _short_year(text, first, second, int(last), policy)
    year = int(last)
    if first == second or (first > 12) != (second > 12):
        month, day = (second, first) if first > 12 else (first, second)
    elif order in ("DMY", "MDY"):
        month, day = (second, first) if order == "DMY" else (first, second)
    else:
        raise Refusal(
            Reason.AMBIGUOUS_DATE,
            f"{text!r} is {year}-{second:02}-{first:02} or {year}-{first:02}-{second:02}; "
            'say which with date_order = "DMY" or "MDY"',
        )
    return year, month, day


def _short_year(
    text: str, first: int, second: int, last: int, policy: DatePolicy
) -> tuple[int, int, int] | None:
    """Read only where the source states an order; the century is the one that its window allows."""
    match policy.date_order:
        case "DMY":
            year, month, day = last, second, first
        case "MDY":
            year, month, day = last, first, second
        case "YMD":
            year, month, day = first, second, last
        case None:
            raise Refusal(
                Reason.AMBIGUOUS_DATE,
                f"{text!r} has a year of two digits; say in which order its parts stand with date_order",
            )
    allowed = [
        century + year
        for century in (1900, 2000)
        if policy.earliest.year <= century + year <= policy.latest.year
    ]
    if len(allowed) != 1:
        raise Refusal(Reason.AMBIGUOUS_DATE, f"{text!r}: no one century fits the window {_window(policy)}")
    return allowed[0], month, day


def _window(policy: DatePolicy) -> str:
    return f"{policy.earliest} … {policy.latest}"
