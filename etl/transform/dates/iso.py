"""ISO 8601 as it is found: unpadded, compact, with a colon before milliseconds, a zone glued on."""

import re
from collections.abc import Mapping
from datetime import UTC, tzinfo

from etl.transform.dates.instant import Clock
from etl.transform.dates.parts import clock
from etl.transform.dates.zones import named_zone, offset_zone

_ZONE = (
    r"(?P<zone>Z|[+-]\d{1,2}(?::?\d{2})?|(?![AaPp]\.?[Mm])[A-Za-z]{2,5})?"
    r"(?: (?:UTC|GMT)|\[[A-Za-z_/]+\])?"  # Go's and Java's own spellings say it twice
)
_EXTENDED = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt ] ?(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,:](\d{1,9}))?)? ?" + _ZONE + r")?)?",
    re.ASCII,
)
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})"
    r"(?:[Tt ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)? ?" + _ZONE + r")?",
    re.ASCII,
)


def read_iso(text: str, zones: Mapping[str, tzinfo]) -> Clock | None:
    """The clock of an ISO date or date-time; None where the text has another shape.

    Raises:
        Refusal: the shape is right and the date is not (month 13, hour 24), or its zone is unknown.
    """
    if not text[:4].isdigit():
        return None
    found = _EXTENDED.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    if hour is not None and minute is None and " " in text:
        return None  # "2023-09-22 10": an hour, or the start of something else
    return clock(text, year, month, day, hour, minute, second, fraction, zone=_zone(zone, zones))


def _zone(name: str | None, zones: Mapping[str, tzinfo]) -> tzinfo | None:
    if not name:
        return None
    if name in {"Z", "z"}:
        return UTC
    return offset_zone(name) if name[0] in "+-" else named_zone(name, zones)
