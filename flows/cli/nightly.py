"""The nightly flow, from the shell: what is new of every source.

Example: article-etl nightly --date 2026-03-01 --source harbour-wire
"""

import typer

from flows.cli.console import progress_bar, show_report
from flows.cli.options import DateOption, SourcesOption, day, read
from flows.prefect_server import prefect_server
from flows.watching import watcher

NAME = "nightly"


def command(date: DateOption = None, source: SourcesOption = None) -> None:
    chosen = day(date)
    environment, configuration = read()
    for name in source or ():
        configuration.source(name)
    with prefect_server(environment.home):
        from flows.nightly import nightly

        with progress_bar("nightly", None) as move:
            token = watcher.set(move)
            state = nightly(date=chosen, sources=source, return_state=True)
            watcher.reset(token)
    report = state.result(raise_on_failure=False)
    show_report(report)
    if state.is_failed():
        raise typer.Exit(1)
