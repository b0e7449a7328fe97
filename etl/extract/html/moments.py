"""Dates as pages state them: how much one says, and whether two can mean the same moment."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_ISO = re.compile(
    r"(?P<day>\d{4}(?P<sep>[-/.])\d{1,2}(?P=sep)\d{1,2})\.?"
    r"(?:(?:T|\s+|\s*T\s*)(?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?:[.,:]\d{1,9})?\s*"
    r"(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?",
    re.IGNORECASE,
)
_CJK = re.compile(r"(\d{4})年\s?(\d{1,2})月\s?(\d{1,2})日\s?")
_SHOWN_ZONE = (
    r"(?:GMT|UTC)\s?[+-]\d{1,2}(?::?\d\d)?|WIB|WITA|MSK|JST|KST|HKT|SGT|PKT|EAT|WAT|SAST|CES?T|EES?T|E[SD]?T"
    r"|[MP][SD]?T|AE[SD]T|NZ[SD]T"
)
"""Zones of one meaning that pages print behind a time."""
_EMPTY = re.compile(r"(?:0000|0001|1900)\b|1970-01-01|0$")
"""What programs print for a date that they do not have."""
_YEAR = re.compile(
    r"(?:19|20|2[45])\d\d|\d{10}|令和|平成|民國|民国"
    r"|(?:فرورد|ارد[یي]بهشت|خرداد|ت[یي]ر|مرداد|شهر[یي]ور|مهر|آبان|آذر|د[یي]|بهمن|اسفند)\S*\s+1[34]\d\d"
)
"""Also those of the Buddhist era, of East Asian reigns and of Iran, which the transform converts."""
_MOST_CHARACTERS = 100
_ONE_MINUTE, _QUARTER = timedelta(minutes=1), timedelta(minutes=15)
"""Zones differ by quarters of an hour."""
_ONE_DAY = timedelta(days=1)
_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)
_SLACK = timedelta(hours=6)
"""What two statements of one publication may differ by."""


class Moment(NamedTuple):
    """One statement of when a page was published."""

    raw: str
    where: str
    """What stated it: `json-ld`, `meta`, `microdata`, `time`, `text`, `script`, `url` or `guess`."""
    wall: datetime | None
    """The clock in an ISO text, without zone; None for other shapes."""
    timed: bool
    """Whether it has a time of day other than midnight, which often stands for none."""
    offset: timedelta | None
    """From UTC; None where no zone is stated."""

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """The first and the last instant that it can mean, in UTC."""
        if self.wall is None:
            return None
        if self.timed and self.offset is not None:
            return self.wall - self.offset, self.wall - self.offset
        until = self.wall if self.timed else self.wall + _ONE_DAY
        return self.wall - _EAST, until + _WEST


def moment_of(value: object, where: str) -> Moment | None:
    """What a stated date says; None for what is no date at all, such as `0000-00-00`."""
    raw = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not raw or len(raw) > _MOST_CHARACTERS or _EMPTY.match(raw):
        return None
    if not _YEAR.search(unicodedata.normalize("NFKC", raw).translate(_digits_of(raw))):
        return None
    found = _ISO.fullmatch(_CJK.sub(r"\1-\2-\3 ", raw).strip())
    if found is None:
        return Moment(raw, where, None, timed=":" in raw, offset=None)
    try:
        year, month, day = map(int, found["day"].split(found["sep"]))
        clock = [int(part) for part in (found["time"] or "0:0").split(":")]
        hour, minute, second = (*clock, 0)[:3]
        wall = datetime(year, month, day, hour, minute, second, tzinfo=UTC).replace(tzinfo=None)
    except ValueError:
        return Moment(raw, where, None, timed=False, offset=None)
    offset = _offset(found["zone"])
    return Moment(raw, where, wall, timed=any(clock), offset=offset)


def _digits_of(raw: str) -> dict[int, str]:
    """ASCII's digits for those of other scripts in a text."""
    return {ord(sign): str(unicodedata.decimal(sign)) for sign in raw if sign.isdecimal()}


def best_of(moments: Sequence[Moment]) -> Moment:
    """The statement to go by: the first, or a later one that says the same more fully.

    More fully means: in ISO 8601 where the first is in words, with a time of day where it has none, with
    a zone where it has none. `moments` are in their order of trust, at least one.
    """
    best = moments[0]
    for other in moments[1:]:
        if _fullness(other) > _fullness(best) and _says_the_same(other, best):
            best = other
    return best


def in_shown_zone(best: Moment, shown: Sequence[Moment]) -> Moment:
    """The statement, with the zone that the page shows behind the same clock, where it states none itself."""
    if best.wall is None or not best.timed or best.offset is not None:
        return best
    clock = re.compile(
        rf"(?<!\d)0?{best.wall.hour}[:.]{best.wall.minute:02}(?::\d\d)?\s?\(?({_SHOWN_ZONE})\)?$"
    )
    for moment in shown:
        found = clock.search(moment.raw) if moment.where == "text" else None
        if found is not None:
            return best._replace(raw=f"{best.raw} {found[1]}")
    return best


def _says_the_same(other: Moment, best: Moment) -> bool:
    """Whether a fuller statement may be of the same moment: the same clock, or that of another zone."""
    if other.wall is None:
        return _has_the_day_of(best, other)
    if disagree(best, other) or (best.timed and not other.timed):
        return False
    if best.wall is None or not best.timed:
        return True
    instant = other.wall - (other.offset or timedelta())
    return any(abs(best.wall - clock) % _QUARTER < _ONE_MINUTE for clock in (other.wall, instant))


def _has_the_day_of(best: Moment, other: Moment) -> bool:
    """Whether a text in words, with a time of day, gives it to the day that is stated without one."""
    if best.wall is None or best.timed or other.where != "text" or not other.timed:
        return False
    numbers = {int(number) for number in re.findall(r"\d+", unicodedata.normalize("NFKC", other.raw))}
    return best.wall.year in numbers and best.wall.day in numbers


def disagree(one: Moment, other: Moment) -> bool:
    """Whether two statements cannot mean the same publication. Those that are not in ISO 8601 never do."""
    if one.span is None or other.span is None:
        return False
    (start, end), (other_start, other_end) = one.span, other.span
    return start - _SLACK > other_end or other_start - _SLACK > end


def _fullness(moment: Moment) -> int:
    return (moment.wall is not None) + 2 * moment.timed + (moment.timed and moment.offset is not None)


def _offset(zone: str | None) -> timedelta | None:
    if not zone:
        return None
    if zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return timedelta(minutes=minutes if zone[0] == "+" else -minutes)
