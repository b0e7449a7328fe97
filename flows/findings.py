"""What a run's report says beyond its counts: samples of rejected records, volumes against the usual."""

from datetime import UTC, datetime, timedelta

import msgspec

from etl.load.quarantine import Entry, Quarantine, Selection
from etl.model import Days, Reason
from etl.pipeline.job import LoadReport
from etl.watch.calendar import Calendar, Cell, read_calendar
from flows.workshop import Workshop

SAMPLES = 3
"""Records shown of a reason."""

SHOWN_DAYS = (28, 120)
"""Fewest and most days of the calendar that is shown with a run."""

ODD = (0.5, 2.0)
"""Of a backfill, days are named whose volume is under or over these shares of the usual one."""


class Volume(msgspec.Struct, frozen=True):
    """A source on a day, with its usual volume."""

    source: str
    cell: Cell


class Findings(msgspec.Struct, frozen=True):
    """What was found after a run."""

    samples: dict[str, list[Entry]]
    """By reason, some of the records that this run rejected."""
    calendar: Calendar
    volumes: list[Volume]


def find(report: LoadReport, shop: Workshop, days: Days | None) -> Findings:
    """Look up what the report of a run is to show.

    Args:
        report: Of the run.
        shop: The open store.
        days: The days that it was about; None for a replay, which is about none.

    Raises:
        StoreError: the store is gone.
    """
    quarantine = Quarantine(shop.store)
    samples = {
        reason: list(
            quarantine.list(Selection(run=report.run, reason=Reason(reason), state=None), limit=SAMPLES)
        )
        for reason in report.counts.reasons
    }
    today = datetime.now(UTC).date()
    about = days or Days(today, today)
    fewest, most = (timedelta(days=n - 1) for n in SHOWN_DAYS)
    shown = Days(max(min(about.first, about.last - fewest), about.last - most), about.last)
    sources = [source for _, source in sorted(shop.configuration.sources.items()) if source.paths]
    calendar = read_calendar(shop.store, sources, shown, today, others=True)
    one = about.first == about.last
    volumes = [
        Volume(row.source, cell)
        for row in calendar.rows
        if row.source in report.sources and days is not None
        for cell in row.cells
        if about.first <= cell.day and cell.state != "none" and (one or _odd(cell))
    ]
    return Findings(samples, calendar, volumes)


def _odd(cell: Cell) -> bool:
    return cell.ratio is not None and not ODD[0] <= cell.ratio <= ODD[1]
