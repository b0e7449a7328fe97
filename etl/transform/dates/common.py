"""The shapes that machines write, read without the cascade: nine in ten dates cost 0.6 to 1.5 µs.

Each is also read, to the same instant, by the module of its dialect (a test holds them together); what
is odd in any way, and every refusal, is left to those.

Of a spelled day that was read before, only the time is read: what stands before and after it,
`Fri, 22 Sep 2023 ` and ` +0200`, is a frame that the policy remembers. The dates of a dump have few of them.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from etl.errors import Refusal
from etl.model import ZoneOrigin
from etl.transform.dates.epochs import EPOCH
from etl.transform.dates.instant import Clock, Instant
from etl.transform.dates.policy import DatePolicy, Frame
from etl.transform.dates.resolve import resolve
from etl.transform.dates.spelled import MONTHS, WEEKDAYS
from etl.transform.dates.zones import WIDEST_OFFSET

_ISO_TAIL = re.compile(r"(?:\.(\d{1,9}))?(Z|([+-])(\d\d):?(\d\d))?", re.ASCII)
_SPELLED = re.compile(
    r"(?:(mon|tue|wed|thu|fri|sat|sun), )?"
    r"(?:(\d{1,2}) ([a-z]{3,9}) (\d{4})|([a-z]{3,9})\.? (\d{1,2}), (\d{4}))"
    r" (\d{2}):(\d{2}):(\d{2})(?: ([+-]\d{4}|GMT|UTC))?",
    re.IGNORECASE | re.ASCII,
)


def read_framed(text: str, policy: DatePolicy) -> Instant | None:
    """The instant of a text whose frame was met before; None for any other, or where anything is amiss."""
    colon = text.find(":")
    if colon < 2:
        return None
    frame = policy.frames.get((text[: colon - 2], text[colon + 6 :]))
    time = text[colon - 2 : colon + 6]
    if frame is None or time[5:6] != ":" or time >= "24":
        return None
    day, offset, origin = frame
    try:
        utc = datetime.fromisoformat(f"{day}{time}")
    except ValueError:
        return None
    if not policy.window_start <= utc < policy.after_window:
        return None
    if offset is None:
        return Instant(utc, utc, "second", origin, f"{day}{time}Z")
    utc -= offset
    return Instant(utc, utc, "second", origin, f"{utc.isoformat()}Z")


def _remember(
    text: str, local: datetime, offset: timedelta | None, origin: ZoneOrigin, policy: DatePolicy
) -> None:
    """Keep the frame of a text whose only time is `HH:MM:SS`; of one in four, for where the days of a dump
    hardly ever come again, remembering is in vain."""
    policy.met += 1
    if policy.met % 4 == 0:
        colon = text.index(":")
        frame = Frame(local.isoformat()[:11], offset or None, origin)
        policy.remember_frame((text[: colon - 2], text[colon + 6 :]), frame)


def read_iso_clock(text: str, policy: DatePolicy) -> Instant | None:
    """The instant of ISO to the second, in UTC or with decimals, an offset, or both; None for anything else,
    or where anything is amiss. At least 19 characters."""
    if text[10] == " ":
        text = f"{text[:10]}T{text[11:]}"
    clock, tail = text[:19], text[19:]
    offset, microsecond, origin = _UTC if tail == "Z" else _iso_tail(tail)
    if (
        not (text[4] == text[7] == "-" and text[13] == text[16] == ":" and text[10] == "T")
        or text[11:13] == "24"
        or origin is None
        or (origin == "assumed" and policy.zone is not None)
    ):
        return None
    try:
        second = datetime.fromisoformat(clock)
    except ValueError:
        return None
    if not policy.window_start <= second < policy.after_window:
        return None
    if offset is not None:
        second -= offset
        clock = second.isoformat()
    utc = second.replace(microsecond=microsecond) if microsecond else second
    return Instant(utc, second, "second", origin, f"{clock}Z")


_UTC: tuple[timedelta | None, int, ZoneOrigin | None] = (None, 0, "explicit")


@lru_cache(maxsize=2048)
def _iso_tail(text: str) -> tuple[timedelta | None, int, ZoneOrigin | None]:
    """What follows the seconds of an ISO date: its offset from UTC (None for none), the microseconds of its
    whole milliseconds, and whether it states a zone; None for that where it is no such tail."""
    found = _ISO_TAIL.fullmatch(text)
    if found is None:
        return None, 0, None
    decimals, zone, sign, hours, minutes = found.groups()
    offset = timedelta(0, int(hours) * 3600 + int(minutes) * 60) if hours else timedelta()
    if offset > WIDEST_OFFSET or (minutes and int(minutes) > 59):
        return None, 0, None
    millis = int(decimals[:3].ljust(3, "0")) if decimals else 0
    return (-offset if sign == "-" else offset) or None, millis * 1000, "explicit" if zone else "assumed"


def read_common(text: str, policy: DatePolicy) -> Instant | None:
    """The instant of an everyday date text; None for anything else, or where anything is amiss."""
    length = len(text)
    if length > 18 and text[4] == "-":
        return read_iso_clock(text, policy)
    if (length == 10 or length == 13) and text.isdecimal() and text.isascii() and text[0] != "0":  # noqa: PLR1714
        return read_epoch_number(int(text), policy)
    found = _SPELLED.fullmatch(text)
    return None if found is None else _spelled(found, policy)


def read_epoch_number(number: int, policy: DatePolicy) -> Instant | None:
    """The instant of an epoch of 10 digits (seconds) or 13 (milliseconds); None for other numbers."""
    if 1_000_000_000 <= number < 10_000_000_000:
        utc = EPOCH + timedelta(0, number)
    elif 1_000_000_000_000 <= number < 10_000_000_000_000:
        utc = EPOCH + timedelta(0, 0, 0, number)
    else:
        return None
    if not policy.window_start <= utc < policy.after_window:
        return None
    second = utc.replace(microsecond=0) if utc.microsecond else utc
    return Instant(utc, second, "second", "explicit", f"{second.isoformat()}Z")


def _spelled(found: re.Match[str], policy: DatePolicy) -> Instant | None:
    origin: ZoneOrigin = "explicit"
    weekday, day, name, year, name2, day2, year2, hour, minute, second, zone = found.groups()
    month = MONTHS.get((name or name2).lower(), 0)  # there is no month 0
    try:
        local = datetime(int(year or year2), month, int(day or day2), int(hour), int(minute), int(second))  # noqa: DTZ001
    except ValueError:
        return None
    in_window = policy.window_start <= local < policy.after_window
    if not in_window or (weekday and WEEKDAYS[local.weekday()] != weekday.lower()):
        return None
    offset: timedelta | None = None
    if zone is None:
        if policy.zone is not None:
            try:
                return resolve(Clock(local, "second"), policy)
            except Refusal:
                return None  # an hour that the zone skipped: the cascade says so, with the text
        origin = "assumed"
    elif zone[0] in "+-":
        minutes = int(zone[3:])
        offset = timedelta(0, int(zone[1:3]) * 3600 + minutes * 60)
        if minutes > 59 or offset > WIDEST_OFFSET:
            return None
        if zone[0] == "-":
            offset = -offset
    _remember(found.string, local, offset, origin, policy)
    utc = local - offset if offset else local
    return Instant(utc, utc, "second", origin, f"{utc.isoformat()}Z")
