"""What two clocks in the same records, and the hours of a clock, say of its time zone."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from etl.transform.dates.instant import Instant

_QUARTER = 15 * 60
_WIDEST = 14 * 3600
_HARD = 0.95
"""Share of records that must agree before a gap settles a zone."""
_HARD_RECORDS = 10
_NIGHT = 5
"""Hours of rest that are looked for in a day of publications."""
_LEAST_CLOCKS = 60

_ZONES: Sequence[tuple[str, tuple[str, ...]]] = (
    ("UTC", ()), ("Europe/London", ("en",)), ("Europe/Lisbon", ("pt",)), ("Europe/Berlin", ("de",)),
    ("Europe/Paris", ("fr",)), ("Europe/Madrid", ("es",)), ("Europe/Rome", ("it",)),
    ("Europe/Amsterdam", ("nl",)), ("Europe/Warsaw", ("pl",)), ("Europe/Athens", ("el",)),
    ("Europe/Bucharest", ("ro",)), ("Europe/Kyiv", ("uk",)), ("Europe/Istanbul", ("tr",)),
    ("Europe/Moscow", ("ru",)), ("Africa/Cairo", ("ar",)), ("Asia/Riyadh", ("ar",)),
    ("Asia/Jerusalem", ("he",)), ("Africa/Lagos", ("en",)), ("Africa/Johannesburg", ("en",)),
    ("Africa/Nairobi", ("en", "sw")), ("Asia/Dubai", ("ar",)), ("Asia/Tehran", ("fa",)),
    ("Asia/Karachi", ("ur",)), ("Asia/Kolkata", ("hi", "en", "ta", "te", "mr", "ml", "bn")),
    ("Asia/Kathmandu", ("ne",)), ("Asia/Dhaka", ("bn",)), ("Asia/Bangkok", ("th",)),
    ("Asia/Ho_Chi_Minh", ("vi",)), ("Asia/Jakarta", ("id",)), ("Asia/Shanghai", ("zh",)),
    ("Asia/Taipei", ("zh",)), ("Asia/Hong_Kong", ("zh",)), ("Asia/Singapore", ("en", "zh")),
    ("Asia/Manila", ("tl", "en")), ("Asia/Tokyo", ("ja",)), ("Asia/Seoul", ("ko",)),
    ("Australia/Sydney", ("en",)), ("Australia/Brisbane", ("en",)), ("Australia/Perth", ("en",)),
    ("Pacific/Auckland", ("en",)), ("America/New_York", ("en",)), ("America/Chicago", ("en",)),
    ("America/Denver", ("en",)), ("America/Los_Angeles", ("en",)), ("America/Halifax", ("en",)),
    ("America/Mexico_City", ("es",)), ("America/Bogota", ("es",)), ("America/Santiago", ("es",)),
    ("America/Argentina/Buenos_Aires", ("es",)), ("America/Sao_Paulo", ("pt",)),
)  # fmt: skip
"""Zones that newsrooms are in, with the languages that make one of several more likely."""


class Gap(msgspec.Struct, frozen=True):
    """How a clock without a zone stands to one with a zone, over the records that have both."""

    records: int
    usual: timedelta
    """The most frequent gap: wall clock, taken for UTC, less the instant."""
    share: float
    """Share of records with it."""
    least: timedelta
    most: timedelta
    zones: tuple[str, ...]
    """Zones in which the clock would show just these times in at least 95 % of the records."""
    seasons: bool
    """Whether the records span winter and summer."""

    @property
    def is_offset(self) -> bool:
        """Whether the gap could be the offset of a zone: whole quarters of an hour, in nearly all records."""
        seconds = self.usual.total_seconds()
        whole = seconds % _QUARTER == 0 and abs(seconds) <= _WIDEST
        return bool(self.zones) or (whole and self.share >= _HARD)

    @property
    def hard(self) -> bool:
        """Whether it settles the zone: enough records, and no other zone fits, or it is UTC."""
        if self.records < _HARD_RECORDS or not self.zones:
            return False
        return self.zones[0] == "UTC" or self.seasons or len(self.zones) == 1


def gap_of(pairs: Sequence[tuple[Instant, Instant]], languages: Sequence[str]) -> Gap | None:
    """The gap in pairs of a clock without a zone (read as UTC) and an instant; None for no pairs."""
    if not pairs:
        return None
    gaps = [_gap(clock, instant) for clock, instant in pairs]
    usual, n = Counter(gaps).most_common(1)[0]
    months = {instant.utc.month for _, instant in pairs}
    return Gap(
        records=len(gaps),
        usual=timedelta(seconds=usual),
        share=n / len(gaps),
        least=timedelta(seconds=min(gaps)),
        most=timedelta(seconds=max(gaps)),
        zones=_fitting(pairs, languages),
        seasons=bool(months & {12, 1, 2}) and bool(months & {6, 7, 8}),
    )


def _gap(clock: Instant, instant: Instant) -> int:
    """Seconds; to the minute where one of the two has no seconds."""
    seconds = round((clock.utc - instant.utc).total_seconds())
    if "minute" in (clock.precision, instant.precision):
        return (seconds + 59) // 60 * 60 if instant.precision == "second" else seconds // 60 * 60
    return seconds


def _fitting(pairs: Sequence[tuple[Instant, Instant]], languages: Sequence[str]) -> tuple[str, ...]:
    fits: list[str] = []
    for name, _ in _ZONES:
        zone = ZoneInfo(name)
        agreed = 0
        for clock, instant in pairs:
            shown = instant.utc.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
            agreed += _to(clock, instant, shown) == _to(clock, instant, clock.utc)
        if agreed >= _HARD * len(pairs):
            fits.append(name)
    spoken = {name: set(codes) for name, codes in _ZONES}
    return tuple(sorted(fits, key=lambda name: (name != "UTC", not spoken[name] & set(languages[:2]))))


def _to(clock: Instant, instant: Instant, moment: datetime) -> datetime:
    minutes = "minute" in (clock.precision, instant.precision)
    return moment.replace(second=0, microsecond=0) if minutes else moment.replace(microsecond=0)


class Hours(msgspec.Struct, frozen=True):
    """At which hours the clocks stand."""

    clocks: int
    midnight: int
    """Clocks at 00:00:00."""
    rest: int | None
    """First of the five hours in which the fewest stand; None where there is no such rest."""

    @property
    def ahead(self) -> int | None:
        """Hours by which a newsroom that rests around 3 at night would be ahead of these clocks."""
        if self.rest is None:
            return None
        hours = (3 - (self.rest + _NIGHT // 2)) % 24
        return hours - 24 if hours > 14 else hours


def hours_of(clocks: Sequence[Instant]) -> Hours | None:
    """The hours of clocks that state no zone; None where there are none with a time of day."""
    timed = [clock for clock in clocks if clock.precision != "day"]
    if not timed:
        return None
    midnight = sum(not (c.utc.hour or c.utc.minute or c.utc.second) for c in timed)
    counted = [0] * 24
    for clock in timed:
        if clock.utc.hour or clock.utc.minute or clock.utc.second:
            counted[clock.utc.hour] += 1
    total = sum(counted)
    rest = None
    if total >= _LEAST_CLOCKS:
        sums = [sum(counted[(hour + i) % 24] for i in range(_NIGHT)) for hour in range(24)]
        least = min(sums)
        if least < 0.3 * total * _NIGHT / 24:
            rest = sums.index(least)
    return Hours(len(timed), midnight, rest)
