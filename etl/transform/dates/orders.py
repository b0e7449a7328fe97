"""Dates in digits alone: which of the numbers is the day, by the source's order or by the only fit."""

import re

from etl.errors import Refusal
from etl.model import Reason
from etl.sources import DateOrder
from etl.transform.dates.policy import DatePolicy

Day = tuple[int, int, int]
"""Year, month, day; not yet checked against the calendar."""

_YEAR_FIRST = re.compile(r"(\d{4})(?: ?([-/. ]) ?)(\d{1,2})(?: ?\2 ?)(\d{1,2})\.?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})(?: ?([-/. ]) ?)(\d{1,2})(?: ?\2 ?)(\d{4}|\d{2})\.?", re.ASCII)


def read_digits(text: str, policy: DatePolicy) -> Day | None:
    """The day of `2023/09/22`, `22.9.2023` and the like; None where the text has another shape.

    Raises:
        Refusal: ambiguous_date, with the readings and the key that settles it.
    """
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return int(found[1]), int(found[3]), int(found[4])
    found = _YEAR_LAST.fullmatch(text)
    if found is None:
        return None
    # Dots are the languages' own custom; slashes and dashes may come from any program.
    order = policy.date_order or (policy.language_order if found[2] == "." else None)
    first, second, last = int(found[1]), int(found[3]), int(found[4])
    if len(found[4]) == 2:
        return _short_year(text, (first, second, last), order, policy)
    return _full_year(text, first, second, last, order)


def _full_year(text: str, first: int, second: int, year: int, order: DateOrder | None) -> Day:
    if first == second or (first > 12) != (second > 12):
        return (year, second, first) if first > 12 else (year, first, second)
    if order == "DMY":
        return year, second, first
    if order == "MDY":
        return year, first, second
    raise Refusal(
        Reason.AMBIGUOUS_DATE,
        f"{text!r} is {year}-{second:02}-{first:02} or {year}-{first:02}-{second:02}; "
        'say which with date_order = "DMY" or "MDY"',
    )


def _short_year(text: str, numbers: Day, order: DateOrder | None, policy: DatePolicy) -> Day:
    """Only where the source has an order; the century is the one that its window allows."""
    match order:
        case "DMY":
            day, month, last = numbers
        case "MDY":
            month, day, last = numbers
        case "YMD":
            last, month, day = numbers
        case None:
            raise Refusal(
                Reason.AMBIGUOUS_DATE,
                f"{text!r} has a year of two digits; say in which order its parts stand with date_order",
            )
    allowed = full_years(last, policy)
    if len(allowed) != 1:
        raise Refusal(
            Reason.AMBIGUOUS_DATE,
            f"{text!r}: no one century fits the window {policy.earliest} … {policy.latest}",
        )
    return allowed[0], month, day


def full_years(last: int, policy: DatePolicy) -> list[int]:
    """The years within the source's window that end in these two digits."""
    return [year for year in (1900 + last, 2000 + last) if policy.earliest.year <= year <= policy.latest.year]
