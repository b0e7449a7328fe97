"""What date texts look like, and whether their day and month can be told apart."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from etl.sources import DateOrder

_RUNS = re.compile(r"\d+|[^\W\d_]+")
_NUMERIC = re.compile(r"(?<![\d:.])(\d{1,2})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d:])")
_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-]?(0?[1-9]|1[0-2])[/-]?(0?[1-9]|[12]\d|3[01])(?=\D)")
_KEPT_WORDS = frozenset(("T", "Z", "GMT", "UTC", "AM", "PM", "am", "pm"))
_EXPECTED = 0.59
"""Share of days of a year whose day of the month is over 12."""


def shape_of(value: Any) -> str:
    """A date's shape: digits as 9, words as `Aaa`, such as `9999-99-99T99:99:99Z`."""
    if isinstance(value, bool):
        return "truth value"
    if isinstance(value, int | float):
        return f"number of {len(str(int(abs(value))))} digits" if abs(value) < 1e30 else "number"
    if not isinstance(value, str):
        return "object " + ", ".join(map(str, value)) if isinstance(value, dict) else type(value).__name__
    text = " ".join(value[:60].split())
    return _RUNS.sub(lambda run: _run(run[0]), text)


def _run(run: str) -> str:
    if run[0].isdigit():
        return f"{'9' * len(run)}" if len(run) < 9 else f"{len(run)} digits"
    if run in _KEPT_WORDS:
        return run
    return "Aaa" if run.isascii() else "文" if len(run) < 3 and ord(run[0]) > 0x2E80 else "Ααα"


def shapes_of(values: Iterable[Any]) -> list[tuple[str, int, Any]]:
    """Shapes with how many have them and an example, the most frequent first."""
    counts: Counter[str] = Counter()
    examples: dict[str, Any] = {}
    for value in values:
        shape = shape_of(value)
        counts[shape] += 1
        examples.setdefault(shape, value)
    return [(shape, n, examples[shape]) for shape, n in counts.most_common()]


class OrderEvidence(msgspec.Struct):
    """What numeric dates such as 03/04/2023 tell of the order of their parts."""

    numeric: int = 0
    """Dates in numbers whose year is last."""
    day_first: int = 0
    """Those that can only be day first (their first number is over 12)."""
    month_first: int = 0
    year_first: int = 0
    """Those with two-digit years that can only be year first."""
    either: int = 0
    """Those that can be both."""
    url_day_first: int = 0
    """Those that can be both, whose record's URL states the day that day first gives."""
    url_month_first: int = 0
    example: str = ""

    @property
    def order(self) -> DateOrder | None:
        """The order that the evidence settles; None where it does not."""
        if self.year_first and not self.day_first and not self.month_first:
            return "YMD"
        speaking = self.day_first + self.month_first
        if speaking and not (self.day_first and self.month_first):
            # Too few: a year's days would show it far more often. A slip, perhaps, and no habit.
            if self.numeric >= 20 and speaking < 0.2 * _EXPECTED * self.numeric:
                return None
            return "DMY" if self.day_first else "MDY"
        told = self.url_day_first + self.url_month_first
        if not speaking and told >= 3 and not (self.url_day_first and self.url_month_first):
            return "DMY" if self.url_day_first else "MDY"
        return None


def order_of(dates: Iterable[tuple[Any, str | None]]) -> OrderEvidence:
    """The evidence in raw dates, each with its record's URL."""
    found = OrderEvidence()
    for value, url in dates:
        if not isinstance(value, str):
            continue
        match = _NUMERIC.search(value[:60])
        if match is None:
            continue
        first, second, year = int(match[1]), int(match[3]), match[4]
        found.numeric += 1
        if len(year) == 2 and first > 31:
            continue
        if len(year) == 2 and int(year) > 31 and first <= 12 and second <= 12:
            found.either += 1
            found.example = found.example or value[:60]
        elif first > 12 and second <= 12:
            found.day_first += 1
        elif second > 12 and first <= 12:
            found.month_first += 1
        elif first != second:
            found.either += 1
            found.example = found.example or value[:60]
            _by_url(found, url, (first, second, int(year)))
    return found


def _by_url(found: OrderEvidence, url: str | None, parts: tuple[int, int, int]) -> None:
    stated = _IN_URL.search(url[:500]) if url else None
    if stated is None or parts[2] < 100:
        return
    first, second, year = parts
    day = (int(stated[1]), int(stated[2]), int(stated[3]))
    found.url_day_first += day == (year, second, first)
    found.url_month_first += day == (year, first, second)


MEANINGS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "IST": (("+05:30", "India"), ("Asia/Jerusalem", "Israel"), ("Europe/Dublin", "Ireland")),
    "CST": (("America/Chicago", "North America"), ("Asia/Shanghai", "China"), ("America/Havana", "Cuba")),
    "BST": (("Europe/London", "Britain"), ("+06:00", "Bangladesh")),
    "AST": (("America/Halifax", "Atlantic"), ("+03:00", "Arabia")),
    "SST": (("+08:00", "Singapore"), ("-11:00", "Samoa")),
    "GST": (("+04:00", "Gulf"),),
    "PST": (("America/Los_Angeles", "Pacific"), ("Asia/Manila", "Philippines")),
    "WAST": (("+02:00", "West Africa"),),
    "ICT": (("+07:00", "Indochina"),),
    "PHT": (("+08:00", "Philippines"),),
    "MYT": (("+08:00", "Malaysia"),),
    "BRT": (("America/Sao_Paulo", "Brazil"),),
    "ART": (("America/Argentina/Buenos_Aires", "Argentina"),),
}
"""What zone abbreviations may stand for: proposals, for the source's owner to choose from."""
