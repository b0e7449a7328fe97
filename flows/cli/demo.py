"""The whole job on the shipped samples: embedded MongoDB, Prefect flow, report.

Example: article-etl demo
"""

import datetime as dt
import os
from pathlib import Path

import typer

from etl.configuration import read_configuration
from flows.cli.console import out, show_report
from flows.cli.nightly import run_nightly
from flows.environment import SHIPPED, Environment
from flows.prefect_server import prefect_server

NAME = "demo"

DAY = dt.date(2026, 3, 2)
"""The day that the samples were made for."""


def command() -> None:
    # The samples go where they can do no harm: never to a server that somebody configured.
    for name in ("ARTICLE_ETL_MONGO_URI", "ARTICLE_ETL_MONGO_URI_FILE"):
        os.environ.pop(name, None)
    os.environ["ARTICLE_ETL_CONFIG"] = str(_config())
    environment = Environment.read()
    sources = sorted(read_configuration(environment.config).sources)
    out.print(f"Starting MongoDB and Prefect (data in {environment.home}) …", markup=False, highlight=False)
    with prefect_server(environment.home):
        report = run_nightly(DAY, sources)
    show_report(report)
    _where_next(environment)
    if report.state in ("failed", "interrupted"):
        raise typer.Exit(1)


def _config() -> Path:
    """The configuration of the samples: the checkout's, else the one in the installed package."""
    checkout = Path(__file__).parents[2]
    return checkout / "config" if (checkout / "samples").is_dir() else SHIPPED / "config"


def _where_next(environment: Environment) -> None:
    out.print(
        "\nThe articles are in the collection [bold]articles[/] of database "
        f"[bold]{environment.database}[/].\n"
        "  [bold]article-etl quarantine list[/]  what was rejected, and what would settle it\n"
        "  [bold]article-etl status[/]           what is loaded, by source and day\n"
        "  [bold]article-etl inspect PATH[/]     what would become of a dump of yours; writes nothing\n"
        "Run the demo again: everything is skipped, and not one article is written.",
        highlight=False,
        soft_wrap=True,
    )
