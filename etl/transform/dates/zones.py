"""Time zones that a date text may name."""

import re
from collections.abc import Mapping
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from etl.errors import ConfigError, Refusal
from etl.model import Reason

_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?", re.ASCII)

WIDEST_OFFSET = timedelta(hours=14)
"""Kiribati's. A text with more is misread or wrong."""


def _hours(hours: float) -> timezone:
    return timezone(timedelta(hours=hours))


KNOWN_ZONES: dict[str, tzinfo] = {
    "Z": UTC,
    "UTC": UTC,
    "GMT": UTC,
    "UT": UTC,
    # North America, taken literally as RFC 5322 does: EDT in November is -4 all the same.
    "EST": _hours(-5),
    "EDT": _hours(-4),
    "CDT": _hours(-5),
    "MST": _hours(-7),
    "MDT": _hours(-6),
    "PST": _hours(-8),
    "PDT": _hours(-7),
    "AKST": _hours(-9),
    "AKDT": _hours(-8),
    "HST": _hours(-10),
    "NDT": _hours(-2.5),
    # The short names that newsrooms print are regions: summer time by the date.
    "ET": ZoneInfo("America/New_York"),
    "CT": ZoneInfo("America/Chicago"),
    "MT": ZoneInfo("America/Denver"),
    "PT": ZoneInfo("America/Los_Angeles"),
    # Europe
    "WET": UTC,
    "WEST": _hours(1),
    "CET": _hours(1),
    "CEST": _hours(2),
    "MET": _hours(1),
    "MEST": _hours(2),
    "MEZ": _hours(1),
    "MESZ": _hours(2),
    "EET": _hours(2),
    "EEST": _hours(3),
    "MSK": _hours(3),
    # Africa, Asia, the Pacific
    "CAT": _hours(2),
    "EAT": _hours(3),
    "WAT": _hours(1),
    "SAST": _hours(2),
    "PKT": _hours(5),
    "NPT": _hours(5.75),
    "WIB": _hours(7),
    "WITA": _hours(8),
    "HKT": _hours(8),
    "SGT": _hours(8),
    "JST": _hours(9),
    "KST": _hours(9),
    "ACST": _hours(9.5),
    "ACDT": _hours(10.5),
    "AEST": _hours(10),
    "AEDT": _hours(11),
    "AWST": _hours(8),
    "NZST": _hours(12),
    "NZDT": _hours(13),
}
"""Abbreviations with one meaning in the news. Left out on purpose, for a source to say: IST (India,
Israel, Ireland), CST (America, China, Cuba), BST (Britain, Bangladesh), AST (Atlantic, Arabia), and
every one that is not here."""


def named_zone(name: str, zones: Mapping[str, tzinfo]) -> tzinfo:
    """The zone of an abbreviation or IANA name in a text; the source's own meanings come first.

    Raises:
        Refusal: unknown_zone, where neither the source nor the table above knows the name.
    """
    upper = name.upper()
    zone = zones.get(upper) or KNOWN_ZONES.get(upper)
    if zone is not None:
        return zone
    if "/" in name and name in _iana_names():
        return ZoneInfo(name)
    raise Refusal(
        Reason.UNKNOWN_ZONE,
        f"zone {name!r} has no meaning of its own; say what this source means by it, "
        f'such as zones.{upper} = "+05:30"',
    )


def offset_zone(text: str) -> tzinfo:
    """The zone of an offset such as `+0530`, `-05:00` or `+8`.

    Raises:
        Refusal: unreadable_date, where no place on Earth keeps that offset.
    """
    found = _OFFSET.fullmatch(text)
    if found:
        minutes = int(found[3] or 0)
        delta = timedelta(hours=int(found[2]), minutes=minutes)
        if minutes < 60 and delta <= WIDEST_OFFSET:
            return timezone(-delta if found[1] == "-" else delta)
    raise Refusal(Reason.UNREADABLE_DATE, f"{text!r} is no offset from UTC")


def configured_zone(name: str, meaning: str) -> tzinfo:
    """The zone that a source gives to an abbreviation.

    Raises:
        ConfigError: the meaning is neither an IANA name nor an offset.
    """
    if meaning in _iana_names():
        return ZoneInfo(meaning)
    try:
        return offset_zone(meaning)
    except Refusal:
        raise ConfigError(
            f"zones.{name}: {meaning!r} is neither an IANA time zone nor an offset such as +05:30"
        ) from None


_names: set[str] = set()


def _iana_names() -> set[str]:
    if not _names:
        _names.update(available_timezones())
    return _names
