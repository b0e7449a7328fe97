"""Dates of the solar Hijri calendar of Iran and Afghanistan, put into ISO 8601.

The names of its months are used in no other calendar. In digits a date of it is only read where its
language is known, for a year such as 1402 may be of the lunar calendar too.
"""

import re
from datetime import date, timedelta

_NAMES = (
    "فروردین حمل", "اردیبهشت ثور", "خرداد جوزا", "تیر سرطان", "مرداد اسد", "شهریور سنبله",
    "مهر میزان", "آبان عقرب", "آذر قوس", "دی جدی", "بهمن دلو", "اسفند حوت",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
_LETTERS = str.maketrans("يىك", "ییک")
_NAMED = re.compile(
    rf"(?<!\w)(\d{{1,2}})(?:\s?ام)?\s+({'|'.join(_MONTHS)})(?!\w)\s*(?:ماه\s+)?،?\s*(1[34]\d\d)(?!\d)"
)
_DIGITS = re.compile(r"(?<!\d)(1[34]\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_WEEKDAY = re.compile(r"(?<!\w)(?:(?:یک|دو|سه|چهار|پنج)?[\s\u200c]?شنبه|جمعه)(?!\w)[\s,،]*")
_JOINTS = re.compile(r"(?<!\w)(?:ساعت|در|مورخ|تاریخ(?:\s+انتشار)?\s*:?)(?!\w)\s*")
_FIRST_OF_1400 = date(2021, 3, 21)
_FIRST_YEAR, _LAST_YEAR = 1178, 1633
"""Years for which the rule of leap years below is that of the sky."""


def solar_day(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of one in the solar Hijri calendar; None where there is no such day.

    Leap years come in cycles of 33 (K. M. Borkowski, The Persian calendar for 3000 years, 1996).

    >>> str(solar_day(1402, 6, 31)), str(solar_day(1403, 12, 30)), solar_day(1402, 12, 30)
    ('2023-09-22', '2025-03-20', None)
    """
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12):
        return None
    longest = 31 if month <= 6 else 30 if month <= 11 or _is_leap(year) else 29
    if not 1 <= day <= longest:
        return None
    years = range(1400, year) if year >= 1400 else range(year, 1400)
    days = sum(366 if _is_leap(other) else 365 for other in years) * (1 if year >= 1400 else -1)
    return _FIRST_OF_1400 + timedelta(days + (month - 1) * 30 + min(month - 1, 6) + day - 1)


def _is_leap(year: int) -> bool:
    return (25 * year + 11) % 33 < 8


def solar_to_iso(text: str, languages: tuple[str, ...]) -> str:
    """The text with its date of the solar Hijri calendar in ISO 8601; unchanged where it has none.

    >>> solar_to_iso("جمعه 31 شهریور 1402 ساعت 10:49", ())
    '2023-09-22 10:49'
    """
    plain = text if text.isascii() else text.translate(_LETTERS)
    found = _NAMED.search(plain)
    if found is not None:
        day = solar_day(int(found[3]), _MONTHS[found[2]], int(found[1]))
    elif languages == ("fa",) and (found := _DIGITS.search(plain)):
        day = solar_day(int(found[1]), int(found[3]), int(found[4]))
    else:
        return text
    if day is None:
        return text
    rest = f"{plain[: found.start()]}{day.isoformat()} {plain[found.end() :].strip(' -–,،|')}"
    return " ".join(_JOINTS.sub("", _WEEKDAY.sub("", rest)).strip(" -–,،|").split())
