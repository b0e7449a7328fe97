"""The whole job on the shipped samples: embedded MongoDB, Prefect flow, report.

Example: article-etl demo
"""

import datetime as dt
import os
from pathlib import Path

import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from etl.configuration import SHIPPED, read_configuration
from etl.load.quarantine import Quarantine, Selection
from flows.cli.console import out, show_report
from flows.cli.nightly import own_prefect, run_nightly
from flows.environment import Environment
from flows.workshop import workshop

NIGHTS = (dt.date(2026, 3, 1), dt.date(2026, 3, 2))
"""The days of the samples: in the second night, articles of the first come again, some of them revised."""


def command() -> None:
    # The samples go where they can do no harm: never to a server that somebody configured.
    for name in ("ARTICLE_ETL_MONGO_URI", "ARTICLE_ETL_MONGO_URI_FILE"):
        os.environ.pop(name, None)
    os.environ["ARTICLE_ETL_CONFIG"] = str(SHIPPED)
    environment = Environment.read()
    sources = sorted(read_configuration(environment.config).sources)
    out.print(f"Starting MongoDB and Prefect (data in {environment.home}) …", markup=False, highlight=False)
    with own_prefect(environment):
        reports = [run_nightly(day, sources) for day in NIGHTS]
    for report in reports:
        show_report(report)
    if any(report.counts.rejected for report in reports):
        _show_rejected(environment)
    _where_next(environment)
    if any(report.state in ("failed", "interrupted") for report in reports):
        raise typer.Exit(1)


def _show_rejected(environment: Environment) -> None:
    """What was rejected and why, in the quarantine's own words."""
    with workshop(environment) as shop:
        entries = list(Quarantine(shop.store).list(Selection(), limit=20))
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    for column in ("record", "why it was rejected"):
        table.add_column(column, overflow="fold")
    for entry in entries:
        name = Path(entry.dump).name + (f" {entry.member}" if entry.member else "")
        table.add_row(escape(f"{name}: {entry.record}"), escape(f"{entry.reason}: {entry.detail}"))
    out.print(table)


def _where_next(environment: Environment) -> None:
    out.print(
        "\nThe articles are in the collection [bold]articles[/] of database "
        f"[bold]{environment.database}[/].\n"
        "  [bold]article-etl quarantine list[/]  what was rejected, and what would settle it\n"
        "  [bold]article-etl status[/]           what is loaded, by source and day\n"
        "  [bold]article-etl inspect PATH[/]     what would become of a dump of yours; writes nothing\n"
        "  [bold]article-etl up[/]               the Prefect UI with this history, and the nightly schedule\n"
        "Run the demo again: everything is skipped, and not one article is written.",
        highlight=False,
        soft_wrap=True,
    )
