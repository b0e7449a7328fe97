"""Dates as people and mail programs write them: English month names, or numbers in a known order.

Strict: every word of the text must have its place. These shapes are nine in ten of what is not ISO,
and are read here a hundred times faster than by a general parser.
"""

import re
from contextlib import suppress
from datetime import date

from etl.transform.dates.instant import Clock
from etl.transform.dates.orders import Day, full_years, read_digits
from etl.transform.dates.parts import clock
from etl.transform.dates.policy import DatePolicy
from etl.transform.dates.times import cut_time

MONTHS = {
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
"""English names, full and shortened, in small letters."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_LEAD = re.compile(rf"({_WEEKDAY})\b[.,]?[ .,-]{{0,3}}(.*)", re.IGNORECASE | re.ASCII)
_TAIL = re.compile(rf"(.*?)[ .,-]{{1,3}}\(?({_WEEKDAY})\b\)?\.?", re.IGNORECASE | re.ASCII)

_GAP = r"[ .,/-]{0,3}"
_DAY = r"\d{1,2})(?:st|nd|rd|th)?"
_WORDED = re.compile(
    rf"(?P<day>{_DAY}{_GAP}(?:of )?(?P<month>[a-z]{{3,9}})\.?{_GAP}(?P<year>\d{{4}})\.?"
    rf"|(?P<month2>[a-z]{{3,9}})\.?{_GAP}(?P<day2>{_DAY}[ .,/-]{{1,3}}(?P<year2>\d{{4}})\.?"
    rf"|(?P<year3>\d{{4}}){_GAP}(?P<month3>[a-z]{{3,9}})\.?{_GAP}(?P<day3>{_DAY}",
    re.IGNORECASE | re.ASCII,
)
_SHORT_YEAR = re.compile(r"(\d{2}) ([a-z]{3}) (\d{2})", re.IGNORECASE | re.ASCII)


def read_spelled(text: str, policy: DatePolicy) -> Clock | None:
    """The clock of a date in words or numbers; None where the text has another shape.

    A weekday that does not fit its date is flagged `weekday_mismatch`: pages get it wrong, and readers
    go by the date.

    Raises:
        Refusal: ambiguous_date (with both readings and the key that settles it), unknown_zone, or
            unreadable_date for a day that does not exist.
    """
    found = cut_time(text, policy.zones)
    if found is None:
        return None
    rest, time = found
    weekday, rest = _cut_weekday(rest)
    day = (
        _worded(rest) or read_digits(rest, policy) or (_mail_date(rest, weekday, policy) if weekday else None)
    )
    if day is None:
        return None
    read = clock(text, *day, time.hour, time.minute, time.second, time.fraction, zone=time.zone)
    if weekday and WEEKDAYS[read.local.weekday()] != weekday:
        return Clock(read.local, read.precision, read.zone, ("weekday_mismatch",))
    return read


def _cut_weekday(text: str) -> tuple[str | None, str]:
    """The weekday at either end, in three small letters, and what is left."""
    found = _LEAD.fullmatch(text)
    if found:
        return found[1][:3].lower(), found[2]
    found = _TAIL.fullmatch(text)
    if found:
        return found[2][:3].lower(), found[1]
    return None, text


def _worded(text: str) -> Day | None:
    found = _WORDED.fullmatch(text)
    if found is None:
        return None
    day, month, year, month2, day2, year2, year3, month3, day3 = found.groups()
    number = MONTHS.get((month or month2 or month3).lower())
    return None if number is None else (int(year or year2 or year3), number, int(day or day2 or day3))


def _mail_date(text: str, weekday: str, policy: DatePolicy) -> Day | None:
    """RFC 822's `Thu, 01 Jan 04`, where the weekday bears it out in one century."""
    found = _SHORT_YEAR.fullmatch(text)
    month = MONTHS.get(found[2].lower()) if found else None
    if found is None or month is None:
        return None
    fitting: list[Day] = []
    for year in full_years(int(found[3]), policy):
        with suppress(ValueError):
            if WEEKDAYS[date(year, month, int(found[1])).weekday()] == weekday:
                fitting.append((year, month, int(found[1])))
    return fitting[0] if len(fitting) == 1 else None
