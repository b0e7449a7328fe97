"""The shapes that machines write, read without the cascade: nine in ten dates cost 1 to 4 µs.

Each is also read, to the same instant, by the module of its dialect (a test holds them together); what
is odd in any way, and every refusal, is left to those.

Of a day that was read before, only the time is read: what stands before and after it, `Fri, 22 Sep 2023 `
and ` +0200`, is a frame that the policy remembers. The dates of a dump have few of them.
"""

import re
from datetime import datetime, timedelta

from etl.errors import Refusal
from etl.model import ZoneOrigin
from etl.transform.dates.epochs import EPOCH
from etl.transform.dates.instant import Clock, Instant
from etl.transform.dates.policy import DatePolicy, Frame
from etl.transform.dates.resolve import resolve
from etl.transform.dates.spelled import MONTHS, WEEKDAYS
from etl.transform.dates.zones import WIDEST_OFFSET

_ISO_TAIL = re.compile(r"(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)
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
    """Keep the frame of a text whose only time is `HH:MM:SS`."""
    colon = text.index(":")
    frame = Frame(local.isoformat()[:11], offset or None, origin)
    policy.remember_frame((text[: colon - 2], text[colon + 6 :]), frame)


def read_common(text: str, policy: DatePolicy) -> Instant | None:
    """The instant of an everyday date text; None for anything else, or where anything is amiss."""
    length = len(text)
    if length == 20 and text[19] == "Z":
        return _iso_to_the_second(text, "explicit", policy)
    if length == 19 and policy.zone is None:
        return _iso_to_the_second(text, "assumed", policy)
    if length > 19 and text[16] == ":" and text[4] == "-":
        return _iso(text, policy)
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


def _iso_to_the_second(text: str, origin: ZoneOrigin, policy: DatePolicy) -> Instant | None:
    """`2023-09-22T10:49:00` or `2023-09-22 10:49:00`, in UTC, with or without its `Z`."""
    clock = f"{text[:10]}T{text[11:19]}" if text[10] == " " else text[:19]
    try:
        utc = datetime.fromisoformat(clock)
    except ValueError:
        return None
    # It takes other shapes of that length too; what it read must be what stands there.
    if utc.isoformat() != clock or not policy.window_start <= utc < policy.after_window:
        return None
    _remember(text, utc, None, origin, policy)
    return Instant(utc, utc, "second", origin, f"{clock}Z")


def _iso(text: str, policy: DatePolicy) -> Instant | None:
    """ISO to the second with decimals, an offset, or both."""
    if (
        text[7] != "-"
        or text[13] != ":"
        or text[10] not in "T "
        or text[11:13] == "24"
        or not _ISO_TAIL.fullmatch(text, 19)
    ):
        return None
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    offset = local.utcoffset()
    origin: ZoneOrigin = "explicit"
    if offset is None:
        if policy.zone is not None:
            return None
        origin = "assumed"
    elif abs(offset) > WIDEST_OFFSET:
        return None
    local = local.replace(tzinfo=None, microsecond=local.microsecond // 1000 * 1000)
    if not policy.window_start <= local < policy.after_window:
        return None
    if not local.microsecond:
        _remember(text, local, offset, origin, policy)
    utc = local - offset if offset else local
    second = utc.replace(microsecond=0) if utc.microsecond else utc
    return Instant(utc, second, "second", origin, f"{second.isoformat()}Z")


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
