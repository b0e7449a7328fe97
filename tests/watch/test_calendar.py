"""The coverage calendar, from a real ledger."""

from datetime import date, timedelta

import msgspec
import pytest

from etl.load.entries import SmallLoad
from etl.load.ledger import load_id
from etl.load.small_ledger import SmallLedger
from etl.load.store import Store
from etl.model import Counts, Days, DumpStamp
from etl.sources import Source
from etl.watch.calendar import Calendar, default_days, read_calendar

pytestmark = pytest.mark.mongo

WIRE = Source(name="wire", paths=("{date:%Y-%m-%d}.jsonl",))
START = date(2026, 3, 2)  # a Monday
TODAY = date(2026, 5, 1)


def day(n: int) -> date:
    return START + timedelta(days=n)


def stamp(n: int, version: int = 0, source: str = "wire", declared: date | None = None) -> DumpStamp:
    declared = declared or (day(n) if source == "wire" else None)
    return DumpStamp(source, f"{n}.jsonl", f"{n * 100 + version:064x}", "1-a", "run", declared)


def finish(store: Store, stamp: DumpStamp, records: int = 10) -> None:
    counts = Counts(read=records, inserted=records)
    this = load_id(stamp)
    SmallLedger(store).begin([SmallLoad(this, stamp, 1, counts)])
    SmallLedger(store).finish({this: counts})


def fail(store: Store, stamp: DumpStamp) -> None:
    this = load_id(stamp)
    SmallLedger(store).begin([SmallLoad(this, stamp, 1, Counts())])
    SmallLedger(store).fail(this, "torn", Counts(read=1, inserted=1))


def calendar(store: Store, last: int, first: int = 0, today: date = TODAY, source: Source = WIRE) -> Calendar:
    return read_calendar(store, [source], Days(day(first), day(last)), today)


def states(found: Calendar) -> list[str]:
    (row,) = found.rows
    return [cell.state for cell in row.cells]


def test_days_are_loaded_partial_failed_or_missing(store: Store) -> None:
    finish(store, stamp(0))
    finish(store, stamp(1))
    fail(store, msgspec.structs.replace(stamp(50), declared=day(1)))
    fail(store, stamp(2))
    finish(store, stamp(4))
    found = calendar(store, last=5)
    assert states(found) == ["loaded", "partial", "failed", "missing", "loaded", "missing"]
    assert [(state, str(gap)) for state, gap in found.rows[0].gaps()] == [
        ("partial", "2026-03-03..2026-03-03"),
        ("failed", "2026-03-04..2026-03-04"),
        ("missing", "2026-03-05..2026-03-05"),
        ("missing", "2026-03-07..2026-03-07"),
    ]


def test_a_dump_that_came_again_whole_is_no_longer_failed_and_counts_once(store: Store) -> None:
    fail(store, stamp(0))
    finish(store, stamp(0, version=1), records=7)
    (cell,) = calendar(store, last=0).rows[0].cells
    assert (cell.state, cell.dumps, cell.failed, cell.counts.read) == ("loaded", 1, 0, 7)


def test_today_is_not_missing_yet_and_nothing_is_before_the_first_day(store: Store) -> None:
    finish(store, stamp(1))
    assert states(calendar(store, last=3, today=day(3))) == ["none", "loaded", "missing", "none"]


def test_a_weekday_that_never_has_a_dump_is_not_missing(store: Store) -> None:
    for n in range(28):
        if day(n).weekday() != 6 and n != 9:
            finish(store, stamp(n))
    found = states(calendar(store, last=27))
    assert (found.count("missing"), found[9], found[6], found[27]) == (1, "missing", "none", "none")


def test_a_source_without_days_stands_on_the_day_of_its_load_and_misses_none(store: Store) -> None:
    finish(store, stamp(0, source="archive"))
    today = default_days(store, TODAY, 1).last
    source = Source(name="archive", paths=("x.jsonl",))
    days = Days(today - timedelta(days=2), today)
    assert states(read_calendar(store, [source], days, today)) == ["none", "none", "loaded"]


def test_a_source_of_monthly_dumps_misses_no_days(store: Store) -> None:
    finish(store, stamp(0))
    finish(store, stamp(30))
    monthly = Source(name="wire", paths=("{date:%Y-%m}.jsonl",))
    assert set(states(calendar(store, last=30, source=monthly))) == {"loaded", "none"}


def test_a_volume_is_held_against_the_same_weekday_before_it(store: Store) -> None:
    for n in (0, 7, 14):
        finish(store, stamp(n), records=100)
    finish(store, stamp(21), records=10)
    cell = calendar(store, last=21, first=21).rows[0].cells[0]
    assert (cell.ratio, cell.shade) == (0.1, 0)
    assert str(cell.usual) == "100 (median of 3 days of this weekday before)"


def test_what_is_in_the_ledger_and_not_configured_has_a_row_when_asked(store: Store) -> None:
    finish(store, stamp(0))
    assert read_calendar(store, [], Days(day(0), day(0)), TODAY).rows == ()
    assert [
        row.source for row in read_calendar(store, [], Days(day(0), day(0)), TODAY, others=True).rows
    ] == ["wire"]
