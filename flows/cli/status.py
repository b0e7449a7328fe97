"""What is loaded, by source and day, and how the last runs went; or the whole report of one run.

Example: article-etl status --from 2026-03-01 --to 2026-03-07 --html coverage.html
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from etl.errors import ConfigError
from etl.load.runs import Run, Runs
from etl.load.store import Store
from etl.model import Days
from etl.pipeline.backfill import checked_days
from etl.pipeline.job import LoadReport
from etl.watch.alarms import Alarm, find_alarms
from etl.watch.calendar import Calendar, default_days, read_calendar
from etl.watch.page import render
from flows.cli.console import complain, out, show_report
from flows.cli.options import SourcesOption, day, read
from flows.workshop import Workshop, workshop

DAYS = 14
"""Days shown when nobody says."""

PAGE_DAYS = 56
"""Of the page."""

RunArgument = Annotated[
    str | None, typer.Argument(metavar="[RUN]", help="Show the whole report of this run.", show_default=False)
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="YYYY-MM-DD", help="First day (default: two weeks back; eight for --html)."
    ),
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day (default: the last one loaded).")
]
HtmlOption = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write it as one page with pictures.")
]
CheckOption = Annotated[
    bool,
    typer.Option(
        "--check",
        help="Exit with 1, and say why on stderr, if a run failed, an expectation was missed, a source is "
        "silent or no run has finished for too long; else print nothing.",
    ),
]


def command(
    run: RunArgument = None,
    from_: FromOption = None,
    to: ToOption = None,
    source: SourcesOption = None,
    html: HtmlOption = None,
    check: CheckOption = False,
) -> None:
    first, last = day(from_, "--from"), day(to, "--to")
    if first and last:
        checked_days(first, last)
    environment, configuration = read()
    for name in source or ():
        configuration.source(name)
    with workshop(environment, configuration) as shop:
        if run:
            _show_run(Runs(shop.store).get(run), run)
            return
        alarms = find_alarms(configuration, shop.store, _now()) if check or html else []
        if html or not check:
            calendar = _calendar(shop, first, last, source, PAGE_DAYS if html else DAYS)
            runs = Runs(shop.store).last(20 if html else 5)
            articles = shop.store.count_articles()
    if html:
        html.write_text(render(calendar, runs, articles, _now(), [alarm.text for alarm in alarms]), "utf-8")
        if not check:
            out.print(f"written: {html}", markup=False, highlight=False, soft_wrap=True)
    elif not check:
        out.print(
            f"{articles:,} articles in database {environment.database!r}", markup=False, highlight=False
        )
        out.print(_days(calendar))
        out.print(_runs(runs))
    if check:
        _complain(alarms)


def _complain(alarms: list[Alarm]) -> None:
    for alarm in alarms:
        complain(f"{alarm.kind}: {alarm.text}")
    if alarms:
        raise typer.Exit(1)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _calendar(
    shop: Workshop, first: date | None, last: date | None, names: list[str] | None, length: int
) -> Calendar:
    configuration = shop.configuration
    sources = [configuration.source(name) for name in names or sorted(configuration.sources)]
    days = _window(shop.store, first, last, length)
    return read_calendar(shop.store, sources, days, _now().date(), others=not names)


def _window(store: Store, first: date | None, last: date | None, length: int) -> Days:
    back = timedelta(days=length - 1)
    if last:
        return checked_days(first or last - back, last)
    default = default_days(store, _now().date(), length)
    return checked_days(first, max(first, default.last)) if first else default


def _show_run(run: Run | None, wanted: str) -> None:
    if run is None:
        raise ConfigError(f"no run {wanted!r} (see: article-etl status)")
    given = ", ".join(f"{name}={value}" for name, value in run.parameters.items() if value is not None)
    out.print(
        f"{run.kind} of {run.run_date}, {run.state_at(_now()).replace('_', ' ')}, "
        f"started {run.started_at:%Y-%m-%d %H:%M:%S} UTC{' with ' + given if given else ''}",
        markup=False,
        highlight=False,
    )
    if run.report:
        show_report(msgspec.convert(run.report, LoadReport))
    else:
        out.print("It has no report: it is still running, or was killed.", highlight=False)


def _days(calendar: Calendar) -> Table:
    table = Table(title=f"Dumps by source and day, {calendar.days}", title_justify="left")
    for column in ("source", "day", "state"):
        table.add_column(column)
    for column in ("dumps", "failed", "read", "new", "rejected"):
        table.add_column(column, justify="right")
    styles = {"loaded": "green", "partial": "yellow", "failed": "red", "missing": "red"}
    for row in calendar.rows:
        for cell in row.cells:
            if cell.state == "none":
                continue
            counts = cell.counts
            numbers = (cell.dumps, cell.failed, counts.read, counts.inserted, counts.rejected)
            state = f"[{styles[cell.state]}]{cell.state}[/]"
            table.add_row(escape(row.source), str(cell.day), state, *(f"{n:,}" for n in numbers))
    return table


def _runs(runs: list[Run]) -> Table:
    table = Table(title="Last runs", title_justify="left")
    for column in ("run", "kind", "day", "state", "seconds"):
        table.add_column(column)
    for run in runs:
        taken = f"{(run.finished_at - run.started_at).total_seconds():.1f}" if run.finished_at else ""
        table.add_row(run.id, run.kind, run.run_date, run.state_at(_now()).replace("_", " "), taken)
    return table
