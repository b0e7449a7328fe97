"""The nightly flow, from the shell: what is new of every source.

Example: article-etl nightly --date 2026-03-01 --source harbour-wire
"""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from etl.errors import StoreError
from etl.pipeline.job import LoadReport
from flows.cli.console import progress_bar, show_report
from flows.cli.options import DateOption, SourcesOption, day, read
from flows.environment import Environment
from flows.prefect_server import prefect_server
from flows.watching import watcher

NAME = "nightly"


def command(date: DateOption = None, source: SourcesOption = None) -> None:
    chosen = day(date)
    environment, configuration = read()
    for name in source or ():
        configuration.source(name)
    with own_prefect(environment):
        report = run_nightly(chosen, source)
    show_report(report)
    if report.state in ("failed", "interrupted"):
        raise typer.Exit(1)


@contextmanager
def own_prefect(environment: Environment) -> Iterator[None]:
    """A Prefect server for a command that shows its own progress and report.

    Prefect's console then says warnings only; the UI has every message.
    """
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "WARNING")
    with prefect_server(environment.home):
        yield


def run_nightly(date: dt.date | None, sources: list[str] | None) -> LoadReport:
    """Run the flow in this process, with a progress bar.

    Raises:
        Exception: what kept the flow from a report, such as a server that cannot be reached.
    """
    from flows.nightly import nightly

    with progress_bar("nightly", None) as move:
        watcher.set(move)
        state = nightly(date=date, sources=sources, return_state=True)
    report = state.result(raise_on_failure=False)
    if isinstance(report, LoadReport):
        return report
    raise report if isinstance(report, Exception) else StoreError(f"the flow ended as {state}")
