"""The coverage calendar: sources by days, each day loaded, partial, failed or missing, with its volume."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from etl.extract.dated_paths import is_daily
from etl.load.coverage import DayCoverage, coverage, declared_days, last_finished
from etl.load.store import Store
from etl.model import Counts, Days
from etl.sources import Source
from etl.watch.baseline import NEAR_DAYS, WEEKS, Usual, usual

CellState = Literal["loaded", "partial", "failed", "missing", "none"]

SHADES = (0.25, 0.75, 1.25, 2.0)
"""Shares of a source's usual day that part the five shades of volume."""

RARE = 3
"""A weekday that had no dump all the times it passed, so many at least, is one on which none is due."""


class Cell(msgspec.Struct, frozen=True):
    """One source on one day."""

    day: date
    state: CellState
    """`missing`: a dump was due and none is there. `none`: nothing is there, and nothing was due."""
    dumps: int = 0
    failed: int = 0
    counts: Counts = Counts()
    usual: Usual | None = None
    shade: int = 0
    """0 to 4: how the volume compares with what is usual."""

    @property
    def ratio(self) -> float | None:
        """Volume as a share of the usual one, where that is known."""
        return self.counts.read / self.usual.records if self.usual and self.usual.records else None


class Row(msgspec.Struct, frozen=True):
    """A source over the days of the calendar."""

    source: str
    description: str
    dated: bool
    """Whether its dumps declare their days; else they stand on the day that they were loaded."""
    cells: tuple[Cell, ...]

    def days(self, *states: CellState) -> int:
        """How many of its days are in one of these states."""
        return sum(cell.state in states for cell in self.cells)

    def gaps(self) -> Iterator[tuple[CellState, Days]]:
        """Days that are not whole, runs of days of one state together."""
        open_: tuple[CellState, date] | None = None
        last = date.min
        for cell in self.cells:
            if open_ and cell.state != open_[0]:
                yield open_[0], Days(open_[1], last)
                open_ = None
            if open_ is None and cell.state in ("missing", "failed", "partial"):
                open_ = (cell.state, cell.day)
            last = cell.day
        if open_:
            yield open_[0], Days(open_[1], last)


class Calendar(msgspec.Struct, frozen=True):
    """Sources by days."""

    days: Days
    rows: tuple[Row, ...]

    def each_day(self) -> list[date]:
        """Its days, in order."""
        return list(_each(self.days))


def read_calendar(
    store: Store, sources: Sequence[Source], days: Days, today: date, *, others: bool = False
) -> Calendar:
    """The calendar of these days.

    A day of a source whose dumps come by the day is missing where it lies between the first day that was
    ever loaded and today (which is not over yet), unless its weekday is one on which that source never
    has a dump.

    Args:
        store: Whose ledger it is.
        sources: Rows, as configured.
        days: Columns.
        today: Days from here on are not missing yet.
        others: Whether sources that are in the ledger and not among `sources` have rows too.

    Raises:
        StoreError: the store is gone.
    """
    back = timedelta(days=max(7 * WEEKS, NEAR_DAYS))
    names = [] if others else [source.name for source in sources]
    found: dict[str, dict[date, DayCoverage]] = {}
    for each in coverage(store, Days(days.first - back, days.last), names):
        found.setdefault(each.source, {})[each.day] = each
    known = declared_days(store)
    rows = [
        _row(source, found.get(source.name, {}), known.get(source.name, []), days, today)
        for source in sources
    ]
    if others:
        left = sorted(set(found) - {source.name for source in sources})
        rows += [
            _row(Source(name=name), found[name], [], days, today)
            for name in left
            if _within(found[name], days)
        ]
    return Calendar(days, tuple(sorted(rows, key=lambda row: row.source)))


def default_days(store: Store, today: date, length: int) -> Days:
    """So many days up to the last one that anything was loaded for, or on.

    Raises:
        StoreError: the store is gone.
    """
    declared = [days[-1] for days in declared_days(store).values()]
    loaded = [moment.date() for moment in last_finished(store).values()]
    last = max([*declared, *loaded], default=today)
    return Days(last - timedelta(days=length - 1), last)


def _row(source: Source, found: dict[date, DayCoverage], known: list[date], days: Days, today: date) -> Row:
    volumes = {day: each.counts.read for day, each in found.items() if each.state == "loaded"}
    due = _Due(source, known, today)
    cells = []
    for day in _each(days):
        each = found.get(day)
        if each is None:
            cells.append(Cell(day, "missing" if due(day) else "none"))
            continue
        normal = usual(day, volumes)
        cell = Cell(day, each.state, each.loaded, each.failed, each.counts, normal)
        cells.append(msgspec.structs.replace(cell, shade=_shade(cell, volumes)))
    return Row(source.name, source.description, bool(known), tuple(cells))


class _Due:
    """On which days a source's dump is due."""

    def __init__(self, source: Source, known: list[date], today: date) -> None:
        self._first = known[0] if known and is_daily(source.paths) else date.max
        self._today = today
        there = [0] * 7
        for day in known:
            there[day.weekday()] += 1
        passed = ((known[-1] - known[0]).days + 1) // 7 if known else 0
        self._never = {n for n in range(7) if not there[n] and passed >= RARE}

    def __call__(self, day: date) -> bool:
        return self._first <= day < self._today and day.weekday() not in self._never


def _shade(cell: Cell, volumes: dict[date, int]) -> int:
    ratio = cell.ratio
    if ratio is None:
        most = max(volumes.values(), default=0)
        ratio = cell.counts.read / most if most else 0.0
    return sum(ratio >= share for share in SHADES)


def _within(found: dict[date, DayCoverage], days: Days) -> bool:
    return any(days.first <= day <= days.last for day in found)


def _each(days: Days) -> Iterator[date]:
    for n in range((days.last - days.first).days + 1):
        yield days.first + timedelta(days=n)
