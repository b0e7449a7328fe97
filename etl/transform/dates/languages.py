"""Month names of other languages, by dateparser: only where the source names its languages.

Without them a language would be guessed for each text, which is slow and sometimes wrong.
"""

from __future__ import annotations

import re
from datetime import datetime, time, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from etl.errors import Refusal
from etl.model import Precision, Reason
from etl.transform.dates.instant import Clock
from etl.transform.dates.month_names import months_in
from etl.transform.dates.zones import KNOWN_ZONES, offset_zone

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

    from etl.transform.dates.policy import DatePolicy

_ORDERS = ("DMY", "MDY", "YMD")
_NUMBER = re.compile(r"\d+")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?")
_ZONE = re.compile(
    rf"({_CLOCK.pattern}) ?\(?(?:(?:GMT|UTC) ?)?([+-]\d{{1,2}}(?::?\d{{2}})?|[A-Z]{{2,5}}|Z)\)?(?![\w:])"
)
_SHORT_YEAR = re.compile(r"\d{1,2} ?[./-] ?\d{1,2} ?[./-] ?\d{2}(?!\d)|\d{2}\W*$")
"""Where a year of two digits can stand: in a row of numbers or last, not as in `12 mai 15 heures`."""
_LAST_CLOCK = re.compile(r"(?<![\d:.,])(\d{1,2}):(\d{2})(?::(\d{2}))?$")

_BUDDHIST_YEAR = re.compile(r"(?<!\d)2[45]\d\d(?!\d)")
_BEFORE_CLOCK = re.compile(
    r",? (?:kl\.?|klo|à|às|a las|alle(?: ore)?|ore|om|saat|lúc|godz\.?|в|о|u|ob)(?= \d)", re.IGNORECASE
)
"""Words for "at", which dateparser does not have in all of its languages."""

_AFTER_CLOCK = re.compile(r"(?<=\d) ?(?:hs|hrs|horas|uhr|uur|óra)\.?$", re.IGNORECASE)
_BALTIC = re.compile(r"(\d{4}) m\. ?(\w+) (\d{1,2}) ?d\.,?|(\d{4})\. gada (\d{1,2})\. (\w+),?")
"""`2023 m. rugsėjo 22 d.` of Lithuanian, `2023. gada 22. septembris` of Latvian."""
_MIDNIGHT_HALF = re.compile(r"\b[AP]\.?M\.? ?\d|凌晨|清晨|早上|晚上|深夜|半夜", re.IGNORECASE)

_ANY_DAY = datetime(2001, 1, 28, 3, 11, 17)  # noqa: DTZ001 - only that today is never asked for

Reading = tuple[datetime, Precision]


def civil_year(text: str, policy: DatePolicy) -> str:
    """The text with a year of the Buddhist era, which Thais count by, as that of the common era."""
    years = _BUDDHIST_YEAR.findall(text) if policy.languages == ("th",) else ()
    return text.replace(years[0], str(int(years[0]) - 543)) if len(years) == 1 else text


def _usual(text: str) -> str:
    """The text in the words that dateparser knows."""
    text = _AFTER_CLOCK.sub("", _BEFORE_CLOCK.sub("", text))
    text = _BALTIC.sub(_day_first, text)
    return re.sub(r"(\d{4})\. (?=\d)", r"\1 ", text)


def _day_first(found: re.Match[str]) -> str:
    year, month, day, year2, day2, month2 = found.groups()
    return f"{day or day2} {month or month2} {year or year2}"


def read_worded(text: str, policy: DatePolicy) -> Clock | None:
    """The clock of a date in the source's languages; None where none of them reads it.

    Raises:
        Refusal: ambiguous_date, where the order of day and month decides and the source states none;
            unknown_zone.
    """
    if not policy.languages or len(_NUMBER.findall(text)) < 2:
        return None
    text, zone = _without_zone(_usual(text), policy)
    if len(_CLOCK.findall(text)) > 1:
        return None
    local, precision = _agreed(text, policy) or (None, None)
    if local is None or precision is None:
        return None
    if local.tzinfo is not None:
        raise Refusal(
            Reason.UNKNOWN_ZONE,
            f'{text!r} names a time zone; say what this source means by it with zones.NAME = "+05:30"',
        )
    named = months_in(text, policy.languages)
    if named and local.month not in named:
        return None  # dateparser took a part of the name for another month's: `มี.ค.` is not `ม.ค.`
    if _MIDNIGHT_HALF.search(text) and local.hour == 12:
        return None  # it passes over the word that says which half of the day it is
    return Clock(local, precision, zone)


def _without_zone(text: str, policy: DatePolicy) -> tuple[str, tzinfo | None]:
    """The text without the zone or offset after its time of day; dateparser would take its own view."""
    found = _ZONE.search(text)
    if found is None:
        return text, None
    name = found[2]
    zone = offset_zone(name) if name[0] in "+-" else policy.zones.get(name) or KNOWN_ZONES.get(name)
    if zone is None:
        return text, None
    return f"{text[: found.end(1)]}{text[found.end() :]}", zone


def _agreed(text: str, policy: DatePolicy) -> Reading | None:
    """What every order of day, month and year that can be meant reads in the text."""
    numbers = _NUMBER.findall(_CLOCK.sub("", text))
    years = [number for number in numbers if len(number) == 4]
    order = policy.date_order or policy.language_order
    if len(years) > 1 or (not years and (order is None or not _SHORT_YEAR.search(_CLOCK.sub("", text)))):
        return None
    if order is not None:
        orders: tuple[str, ...] = (order,)
    elif len(numbers) == 2 and len(min(numbers, key=len)) <= 2:
        orders = _ORDERS[:1]  # a day and a year of four digits: there is nothing to mistake
    else:
        orders = _ORDERS
    found = {_read(text, policy.languages, order) for order in orders} - {None}
    if len(found) > 1:
        days = " or ".join(sorted(str(reading[0].date()) for reading in found if reading))
        raise Refusal(Reason.AMBIGUOUS_DATE, f'{text!r} is {days}; say which with date_order, such as "DMY"')
    return found.pop() if found else None


def _read(text: str, languages: tuple[str, ...], order: str) -> Reading | None:
    """dateparser's reading. A plain time at the end is set aside, so that a day is parsed only once."""
    last = _LAST_CLOCK.search(text)
    if last is None:
        return _parsed(text, languages, order)
    hour, minute, second = int(last[1]), int(last[2]), int(last[3] or 0)
    stand_in = time(10, 20, 30 if last[3] else 0)
    reading = _parsed(f"{text[: last.start()]}10:20{':30' if last[3] else ''}", languages, order)
    if reading is None or reading[0].time() != stand_in:
        return _parsed(text, languages, order)  # a word for "in the evening", perhaps
    if hour > 23 or minute > 59 or second > 59:
        return None
    return reading[0].replace(hour=hour, minute=minute, second=second), "second" if last[3] else "minute"


@lru_cache(maxsize=4096)
def _parsed(text: str, languages: tuple[str, ...], order: str) -> Reading | None:
    known = tuple(code for code in languages if code in known_languages())
    if not known:
        return None
    data = _reader(known, order).get_date_data(text)
    if data.date_obj is None:
        return None
    if data.period != "time":
        return data.date_obj, "day"
    return data.date_obj, "second" if data.date_obj.second or text.count(":") > 1 else "minute"


@cache
def known_languages() -> frozenset[str]:
    """Languages whose month names are known; articles may be in others too."""
    from dateparser.data.languages_info import language_order

    return frozenset(language_order)


@lru_cache(maxsize=64)
def _reader(languages: tuple[str, ...], order: str) -> DateDataParser:
    from dateparser.date import DateDataParser

    return DateDataParser(
        languages=list(languages),
        settings={
            "STRICT_PARSING": True,
            "REQUIRE_PARTS": ["day", "month", "year"],
            "PARSERS": ["absolute-time"],
            "DATE_ORDER": order,
            "PREFER_LOCALE_DATE_ORDER": False,
            "RETURN_TIME_AS_PERIOD": True,
            "TIMEZONE": "UTC",
            "RELATIVE_BASE": _ANY_DAY,
        },
    )
