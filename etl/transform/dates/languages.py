"""Month names of other languages, by dateparser: only where the source names its languages.

Without them a language would be guessed for each text, which is slow and sometimes wrong.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from etl.errors import Refusal
from etl.model import Precision, Reason
from etl.transform.dates.instant import Clock

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

    from etl.transform.dates.policy import DatePolicy

_ORDERS = ("DMY", "MDY", "YMD")
_DIGITS = re.compile(r"\d+")

_readers: dict[tuple[tuple[str, ...], str], DateDataParser] = {}


def read_worded(text: str, policy: DatePolicy) -> Clock | None:
    """The clock of a date in the source's languages; None where none of them reads it.

    Raises:
        Refusal: ambiguous_date, where the order of day and month decides and the source states none;
            unknown_zone.
    """
    if not policy.languages or len(_DIGITS.findall(text)) < 2:
        return None
    orders = (policy.date_order,) if policy.date_order else _ORDERS
    found = {order: _read(text, policy.languages, order) for order in orders}
    readings = {read for read in found.values() if read is not None}
    if not readings:
        return None
    if len(readings) > 1:
        days = " or ".join(sorted(str(local.date()) for local, _ in readings))
        raise Refusal(Reason.AMBIGUOUS_DATE, f'{text!r} is {days}; say which with date_order, such as "DMY"')
    ((local, precision),) = readings
    return Clock(local, precision)


def _read(text: str, languages: tuple[str, ...], order: str) -> tuple[datetime, Precision] | None:
    data = _reader(languages, order).get_date_data(text)
    if data.date_obj is None:
        return None
    return data.date_obj, "minute"


def _reader(languages: tuple[str, ...], order: str) -> DateDataParser:
    reader = _readers.get((languages, order))
    if reader is None:
        from dateparser.date import DateDataParser

        reader = _readers[languages, order] = DateDataParser(
            languages=list(languages),
            settings={
                "STRICT_PARSING": True,
                "REQUIRE_PARTS": ["day", "month", "year"],
                "PARSERS": ["absolute-time"],
                "DATE_ORDER": order,
                "PREFER_LOCALE_DATE_ORDER": False,
                "RETURN_TIME_AS_PERIOD": True,
                "TIMEZONE": "UTC",
            },
        )
    return reader
