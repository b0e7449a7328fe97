"""Time of day and zone in fields of their own, beside the date."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

_TIMES = (
    "time",
    "hour",
    "clock",
    "heure",
    "hora",
    "uhrzeit",
    "saat",
    "الوقت",
    "الساعة",
    "时间",
    "時間",
    "時刻",
)
_ZONES = ("timezone", "time_zone", "tz", "utc_offset")
_CLOCK = re.compile(
    r"\s*\d{1,2}(?:[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?\s*(?:[ap]\.?m\.?|[صم]|uhr)?|\s*[ap]\.?m\.?)"
    r"(?:\s*(?:[A-Z]{1,5}|(?:GMT|UTC)?\s*[+-]\d{1,2}(?::?\d{2})?))?\s*",
    re.IGNORECASE,
)
_OFFSET = re.compile(
    r"\s*(?:(?:GMT|UTC)\s*)?([+-])(\d{1,2})(?::?(\d{2}))?\s*|\s*(UTC|GMT|Z)\s*", re.IGNORECASE
)


_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:[.]0+)?)?Z?$")
"""What programs write after a day that has no time."""
_TIMED = re.compile(r"\d[:h]\d|T\d|\d{9}")
_ZONED = re.compile(r"(?:Z|[+-]\d\d:?\d\d|\b(?:GMT|UTC))$")


class Beside(NamedTuple):
    """Fields of a record that complete its date."""

    time: str | None
    zone: str | None


def beside(date: str, names: Iterable[str]) -> Beside:
    """The fields for the time of day and the zone that belong to the field `date`, by their names.

    >>> beside("pub_date", ["title", "pub_date", "pub_time", "tz"])
    Beside(time='pub_time', zone='tz')
    >>> beside("published_at", ["title", "published_at", "time"])
    Beside(time=None, zone=None)
    """
    lower = {name.lower(): name for name in names}
    own = date.lower()
    renamed = [
        own.replace(word, time) for word, time in (("date", "time"), ("day", "time"), ("تاريخ", "وقت"))
    ]
    times = [name for name in renamed if name != own]
    if own in _DATES:
        times += _TIMES
    zones = [f"{own}tz", f"{own}_tz", f"{own}_timezone", *_ZONES]
    return Beside(_first(times, lower), _first(zones, lower))


_DATES = frozenset(
    ("date", "day", "pub_date", "pubdate", "publish_date", "published_date", "publication_date", "published")
) | frozenset(("fecha", "datum", "tarih", "التاريخ", "تاريخ", "日期"))
"""Fields of a day, to which a field that is just called `time` belongs."""


def clock_in(value: Any) -> str | None:
    """The time of day in a field; None for anything else, such as a duration or a whole date."""
    return value.strip() if isinstance(value, str) and len(value) <= 40 and _CLOCK.fullmatch(value) else None


def offset_in(value: Any) -> str | None:
    """The offset in a zone's field as `+hh:mm`; None where it has none.

    >>> offset_in("UTC+2"), offset_in("+0530"), offset_in("Z"), offset_in("Europe/Berlin")
    ('+02:00', '+05:30', '+00:00', None)
    """
    found = _OFFSET.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    sign, hours, minutes, _ = found.groups()
    return f"{sign}{int(hours):02}:{minutes or '00'}" if sign else "+00:00"


def completed(raw: Any, fields: Mapping[str, Any], found: Beside) -> tuple[Any, str | None, tuple[str, ...]]:
    """The date with its time of day and offset, the name of its zone, and the fields that were used.

    >>> completed("2023-09-22", {"time": "10:49", "tz": "+0200"}, Beside("time", "tz"))
    ('2023-09-22 10:49 +02:00', None, ('time', 'tz'))
    >>> completed("2023-09-22 10:49", {"tz": "Europe/Berlin"}, Beside(None, "tz"))
    ('2023-09-22 10:49', 'Europe/Berlin', ('tz',))
    """
    if not isinstance(raw, str):
        return raw, None, ()
    used: list[str] = []
    day = _MIDNIGHT.sub("", raw)
    clock = clock_in(fields.get(found.time)) if found.time and not _TIMED.search(day) else None
    if clock is not None and found.time:
        raw = f"{day} {clock}"
        used.append(found.time)
    zone = fields.get(found.zone) if found.zone and not _ZONED.search(raw) else None
    if not isinstance(zone, str) or found.zone is None:
        return raw, None, tuple(used)
    offset = offset_in(zone)
    if offset is None:
        return raw, zone, (*used, found.zone)
    return (f"{raw} {offset}" if _TIMED.search(raw) else raw), None, (*used, found.zone)


def joined(parts: Sequence[str], fields: Mapping[str, Any]) -> tuple[Any, str | None, tuple[str, ...]]:
    """As `completed`, for the fields that a source joins itself, such as `day + clock + zone`."""
    values = [fields.get(part) for part in parts]
    if len(values) > 1 and isinstance(values[-1], str) and "/" in values[-1] and values[-1][:1].isalpha():
        zone = values.pop()
    else:
        zone = None
    text = " ".join(str(value).strip() for value in values if isinstance(value, str | int | float))
    return text, zone, tuple(parts[1:])


def _first(wanted: Iterable[str], lower: Mapping[str, str]) -> str | None:
    return next((lower[name] for name in wanted if name in lower), None)
