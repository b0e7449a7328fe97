"""What a backfill will take, and why: found dumps and the ledger in, a plan out.

Dumps of a dated path belong to the day that the path states. Of dumps without one, records are taken by
their publication day; such a dump is planned as one piece, whatever the number of days.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from etl.configuration import Configuration
from etl.errors import ConfigError
from etl.extract.dated_paths import is_dated
from etl.extract.find import find_dumps
from etl.extract.opening import digest
from etl.extract.types import Dump
from etl.load.history import loads_of
from etl.load.store import Store
from etl.model import Days
from etl.pipeline.job import Job
from etl.pipeline.listing import Listing
from etl.pipeline.why import Why, reason
from etl.sources import Source

Mode = Literal["missing", "failed", "all"]

MOST_DAYS = 3660
"""Longest range: ten years."""

MOST_PIECES = 400
"""Pieces of work in which days are kept apart: each is a task run, and some thousands unsettle Prefect."""


TAKEN: dict[Mode, frozenset[Why]] = {
    "missing": frozenset(Why) - {Why.LOADED},
    "failed": frozenset({Why.FAILED, Why.CUT_OFF, Why.UNREADABLE}),
    "all": frozenset(Why),
}
"""What each mode takes."""


class Item(msgspec.Struct, frozen=True):
    """A dump in the plan."""

    source: str
    day: date | None
    """The day that its path states."""
    dump: Dump
    why: Why
    take: bool


class Plan(msgspec.Struct, frozen=True):
    """What a backfill will take of each source, day by day, and what it will leave."""

    days: Days
    mode: Mode
    items: tuple[Item, ...]
    empty: dict[str, tuple[date, ...]]
    """Days of sources with dated paths for which no dump is there."""
    others: dict[str, Listing]
    """By source, what was found and is no dump."""

    @property
    def taken(self) -> list[Item]:
        """The items that are to be loaded."""
        return [item for item in self.items if item.take]

    def summary(self) -> str:
        """The plan in one line."""
        taken = self.taken
        reasons = Counter(item.why for item in taken)
        said = ", ".join(f"{reasons[why]} {why}" for why in Why if reasons[why])
        empty = sum(map(len, self.empty.values()))
        return (
            f"{len(taken)} of {len(self.items)} dumps to take"
            + (f" ({said})" if said else "")
            + (f"; days without a dump: {empty}" if empty else "")
        )

    def work(self, sources: Sequence[Source]) -> Iterator[tuple[Source, Listing]]:
        """The work, oldest day first, in pieces of one source and day; undated dumps come last.

        So many days that there would be more than `MOST_PIECES` pieces are taken several at a time.
        """
        taken = self.taken
        pieces = len({(item.source, item.day) for item in taken})
        days_each = -(-pieces // MOST_PIECES) or 1
        found: dict[tuple[int, str], Listing] = {}
        for item in taken:
            day = item.day or date.max
            key = ((day - self.days.first).days // days_each, item.source)
            found.setdefault(key, Listing()).dumps.append(item.dump)
        by_name = {source.name: source for source in sources}
        for (_, name), listing in sorted(found.items(), key=lambda piece: piece[0]):
            yield by_name[name], listing
        for name, others in self.others.items():
            yield by_name[name], others


def checked_days(start: date, end: date) -> Days:
    """The range from `start` to `end`.

    Raises:
        ConfigError: the dates are swapped, or it is longer than `MOST_DAYS`.
    """
    if end < start:
        raise ConfigError(f"the end date {end} is before the start date {start}: are they swapped?")
    days = (end - start).days + 1
    if days > MOST_DAYS:
        raise ConfigError(
            f"{start} to {end} are {days:,} days; one backfill takes at most {MOST_DAYS:,}: split it"
        )
    return Days(start, end)


def chosen_sources(configuration: Configuration, names: Sequence[str] | None) -> list[Source]:
    """The sources of these names, all where there is no name; those only that have paths.

    Raises:
        ConfigError: a name is that of no source; the text lists those that there are.
    """
    chosen = [configuration.source(name) for name in names or sorted(configuration.sources)]
    return [source for source in chosen if source.paths]


def plan_backfill(
    sources: Sequence[Source], days: Days, mode: Mode, job: Job, store: Store, root: Path
) -> Plan:
    """Look at every dump of the sources in the range, and decide.

    Only dumps that look finished are read, for their digest: size and name alone prove nothing.

    Args:
        sources: Of these.
        days: The range.
        mode: What to take.
        job: For the parsers' versions.
        store: Whose ledger is asked.
        root: Folder that relative paths start from.

    Raises:
        StoreError: the store is gone.
    """
    items: list[Item] = []
    empty: dict[str, tuple[date, ...]] = {}
    others: dict[str, Listing] = {}
    for source in sources:
        found = _find(source, days, root)
        names = [dump.uri for dump in found.dumps]
        known = loads_of(store, source.name, names)
        parser = job.parser(source)
        for dump in found.dumps:
            wanted = days if dump.declared is None else None
            why = reason(known.get(dump.uri, ()), dump, parser, wanted, lambda dump=dump: digest(dump))  # type: ignore[misc]
            items.append(Item(source.name, dump.declared, dump, why, why in TAKEN[mode]))
        if found.empty:
            empty[source.name] = found.empty
        others[source.name] = found.others
    return Plan(days, mode, tuple(items), empty, others)


class _Found(msgspec.Struct, frozen=True):
    dumps: list[Dump]
    empty: tuple[date, ...]
    others: Listing


def _find(source: Source, days: Days, root: Path) -> _Found:
    """The source's dumps: of its dated paths day by day, then of the others."""
    dated = [path for path in source.paths if is_dated(path)]
    undated = [path for path in source.paths if not is_dated(path)]
    dumps: dict[str, Dump] = {}
    others = Listing()
    empty: list[date] = []
    for day in _each(days) if dated else ():
        found = Listing(find_dumps(dated, day=day, root=root))
        # The dump of a month is found for each of its days.
        dumps.update((dump.location, dump) for dump in found.dumps)
        if not found.dumps:
            empty.append(day)
        found.skipped = [each for each in found.skipped if each.reason != f"nothing is there for {day}"]
        found.dumps = []
        others.extend(found)
    found = Listing(find_dumps(undated, root=root))
    dumps.update((dump.location, dump) for dump in found.dumps)
    found.dumps = []
    others.extend(found)
    return _Found(list(dumps.values()), tuple(empty), others)


def _each(days: Days) -> Iterator[date]:
    for n in range((days.last - days.first).days + 1):
        yield days.first + timedelta(days=n)
