"""The time of day, and its zone, taken out of a date text."""

import re
from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import NamedTuple

from etl.transform.dates.zones import named_zone, offset_zone


class Time(NamedTuple):
    """A time of day as digits; all None where the text has none."""

    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    fraction: str | None = None
    """Decimals of the second."""
    zone: tzinfo | None = None


NO_TIME = Time()

_NOT_A_ZONE = (
    r"(?!(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|on|at)[a-z]*\b)"
)
_TIME = re.compile(
    r"(?<![\d.:/])(?<!\d-)"
    r"(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?![\d:]) ?([ap]\.? ?m\b\.?)?"
    r"|(\d{1,2})(?:[.](\d{2}))? ?([ap]\.? ?m\b\.?)"
    r"|(\d{1,2}) ?h ?(\d{2})(?![\d:])"
    r"|(?:(?<=\d{4} )|(?<=\d{4}, ))(\d{1,2})\.(\d{2})(?![\d.:]))"
    # Names of zones are written in capitals; a word in small letters is for another rule.
    r"(?: ?\(?(?P<zone>(?:GMT|UTC|UT)? ?[+-]\d{1,2}(?::?\d{2})?(?![\d:])|(?:GMT|UTC)\b"
    r"|" + _NOT_A_ZONE + r"(?-i:[A-Z]{1,5}\b(?!/)|[A-Z][A-Za-z]+/[A-Za-z_/]+))\)?(?: ?\([^()]*\))?)?",
    re.IGNORECASE | re.ASCII,
)
_JOINTS = " ,.-|@·•/"


def cut_time(text: str, zones: Mapping[str, tzinfo]) -> tuple[str, Time] | None:
    """The text without its time of day, and the time. None where there are two times, or an odd one.

    Raises:
        Refusal: the time names a zone of unknown meaning, or an impossible offset.
    """
    found = _TIME.search(text)
    if found is None:
        return text.strip(_JOINTS), NO_TIME
    rest = f"{text[: found.start()].rstrip(_JOINTS)} {text[found.end() :].lstrip(_JOINTS)}".strip()
    for joint in (" at", " on", "at ", "on "):
        rest = rest.removesuffix(joint) if joint[0] == " " else rest.removeprefix(joint)
    rest = rest.replace(" at ", " ").replace(" on ", " ").strip(_JOINTS)
    if _TIME.search(rest):
        return None
    h, mi, s, fraction, half, h2, mi2, half2, h3, mi3, h4, mi4, zone = found.groups()
    hour = int(h or h2 or h3 or h4)
    half = half or half2
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    minute = int(mi or mi2 or mi3 or mi4 or 0)
    second = int(s) if s else None
    return rest, Time(hour, minute, second, fraction, _zone(zone, zones))


def _zone(name: str | None, zones: Mapping[str, tzinfo]) -> tzinfo | None:
    if not name:
        return None
    name = name.replace(" ", "")
    bare = name.upper().removeprefix("GMT").removeprefix("UTC").removeprefix("UT")
    if not bare:
        return UTC
    return offset_zone(bare) if bare[0] in "+-" else named_zone(name, zones)
