"""The backfill, from the shell: the days of a range that are not loaded yet.

Example: article-etl backfill --from 2026-03-01 --to 2026-03-07 --source harbour-wire --dry-run
"""

import datetime as dt
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from etl.configuration import Configuration
from etl.errors import ConfigError
from etl.model import Days
from etl.pipeline.backfill import Mode, Plan, checked_days, chosen_sources, plan_backfill
from etl.pipeline.job import LoadReport
from flows.cli.console import out, show_report
from flows.cli.nightly import own_prefect, report_of
from flows.cli.options import SourcesOption, day, read
from flows.environment import Environment
from flows.plan_report import plan_rows
from flows.workshop import workshop

FromOption = Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="First day.")]
ToOption = Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day.")]
ModeOption = Annotated[
    Mode,
    typer.Option(
        "--mode",
        help="missing: never seen, failed, cut off, changed, or loaded by older rules. "
        "failed: only failed and cut off. all: finished dumps again too.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be taken, and why; load nothing.")]


def command(
    from_: FromOption,
    to: ToOption,
    source: SourcesOption = None,
    mode: ModeOption = "missing",
    dry_run: DryRun = False,
) -> None:
    days = checked_days(_day(from_, "--from"), _day(to, "--to"))
    environment, configuration = read()
    chosen_sources(configuration, source)
    if dry_run:
        _show(_plan(environment, configuration, days, source, mode))
        return
    with own_prefect(environment):
        report = run_backfill(days, source, mode)
    show_report(report)
    if report.state in ("failed", "interrupted"):
        raise typer.Exit(1)


def run_backfill(days: Days, sources: list[str] | None, mode: Mode) -> LoadReport:
    """Run the flow in this process, with a progress bar.

    Raises:
        Exception: what kept the flow from a report, such as a server that cannot be reached.
    """
    from flows.backfill import backfill

    return report_of(
        "backfill", lambda: backfill(days.first, days.last, sources=sources, mode=mode, return_state=True)
    )


def _plan(
    environment: Environment, configuration: Configuration, days: Days, names: list[str] | None, mode: Mode
) -> Plan:
    """What would be taken: no flow, and so no Prefect, is needed for that."""
    sources = chosen_sources(configuration, names)
    with workshop(environment, configuration) as shop:
        return plan_backfill(sources, days, mode, shop.job(), shop.store, configuration.folder.parent)


def _show(plan: Plan) -> None:
    rows = plan_rows(plan)
    table = Table(
        title=f"Backfill {plan.days}: {plan.summary()}",
        title_justify="left",
        box=SIMPLE,
        padding=(0, 1, 0, 0),
    )
    for column in rows[0] if rows else ():
        numeric = column in ("dumps", "bytes")
        table.add_column(column, justify="right" if numeric else "left", no_wrap=column != "which")
    for row in rows:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else escape(cell) for cell in row.values()))
    out.print(table)


def _day(text: str, option: str) -> dt.date:
    found = day(text, option)
    if found is None:
        raise ConfigError(f"{option}: a day is needed")
    return found
