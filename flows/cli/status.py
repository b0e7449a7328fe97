"""What is loaded, by source and day, and how the last runs went.

Example: article-etl status --from 2026-03-01 --to 2026-03-07
"""

from typing import Annotated

import typer
from rich.table import Table

from etl.load.coverage import DayCoverage, coverage
from etl.load.runs import Run, Runs
from flows.cli.console import out
from flows.cli.options import SourcesOption, day, read
from flows.workshop import workshop

NAME = "status"

FromOption = Annotated[
    str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First day (default: two weeks back).")
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day (default: the last one loaded).")
]


def command(from_: FromOption = None, to: ToOption = None, source: SourcesOption = None) -> None:
    first, last = day(from_, "--from"), day(to, "--to")
    environment, configuration = read()
    for name in source or ():
        configuration.source(name)
    with workshop(environment, configuration) as shop:
        days = coverage(shop.store, first=first, last=last, sources=source or ())
        runs = Runs(shop.store).last(5)
        articles = shop.store.count_articles()
    out.print(f"{articles:,} articles in database {environment.database!r}", markup=False, highlight=False)
    out.print(_days(days))
    out.print(_runs(runs))


def _days(days: list[DayCoverage]) -> Table:
    table = Table(title="Dumps by source and day", title_justify="left")
    for column in ("source", "day", "state"):
        table.add_column(column)
    for column in ("dumps", "failed", "read", "new", "rejected"):
        table.add_column(column, justify="right")
    styles = {"loaded": "green", "partial": "yellow", "failed": "red", "missing": "red"}
    for each in days:
        counts = each.counts
        numbers = (each.loaded, each.failed, counts.read, counts.inserted, counts.rejected)
        state = f"[{styles[each.state]}]{each.state}[/]"
        table.add_row(each.source, str(each.day), state, *(f"{n:,}" for n in numbers))
    return table


def _runs(runs: list[Run]) -> Table:
    table = Table(title="Last runs", title_justify="left")
    for column in ("run", "kind", "day", "state", "seconds"):
        table.add_column(column)
    for run in runs:
        taken = f"{(run.finished_at - run.started_at).total_seconds():.1f}" if run.finished_at else ""
        table.add_row(run.id, run.kind, run.run_date, run.state.replace("_", " "), taken)
    return table
