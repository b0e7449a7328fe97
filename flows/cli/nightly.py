"""The nightly flow, from the shell: what is new of every source.

Example: article-etl nightly --date 2026-03-01 --source harbour-wire
"""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from etl.errors import StoreError
from etl.pipeline.job import LoadReport
from flows.cli.console import complain, progress_bar, show_report
from flows.cli.options import DateOption, SourcesOption, day, read
from flows.environment import Environment
from flows.prefect_server import prefect_server
from flows.watching import reported, watcher

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


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

    return report_of("nightly", lambda: nightly(date=date, sources=sources, return_state=True))


def report_of(name: str, run: "Callable[[], State[Any]]") -> LoadReport:
    """Run a flow in this process, with a progress bar, and give its report.

    Once the load is over and entered in the books, Prefect's server may be gone: then only Prefect's
    history lacks the end of the run.

    Args:
        name: For the bar.
        run: Calls the flow.

    Raises:
        Exception: what kept the flow from a report, such as a server that cannot be reached.
    """
    from flows.lost import is_lost

    reports: list[LoadReport] = []
    with progress_bar(name, None) as move:
        watcher.set(move)
        reported.set(reports.append)
        try:
            end = run()
            found: object = end.result(raise_on_failure=False)
        except Exception as error:
            found = error
    if isinstance(found, LoadReport):
        return found
    if not isinstance(found, Exception):
        raise StoreError(f"the flow ended as {end}")
    if not (reports and is_lost(found)):
        raise found
    complain(
        f"Prefect's server was lost ({type(found).__name__}): its history lacks the end of this run, the "
        f"load itself is done; `article-etl status {reports[-1].run}` shows it again"
    )
    return reports[-1]
