"""The local stack without Docker: MongoDB, Prefect with its UI, and the deployments, until Ctrl-C.

Example: article-etl up --port 4200
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from etl.processes import ServerError
from flows.cli.console import out
from flows.cli.options import read
from flows.environment import Environment
from flows.prefect_server import prefect_server
from flows.watch_loop import watching
from flows.workshop import workshop

Port = Annotated[
    int | None,
    typer.Option("--port", min=1024, max=65535, help="Of the UI (default: that of last time, or any)."),
]


def command(port: Port = None) -> None:
    environment, configuration = read()
    schedule = configuration.settings.schedule
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "WARNING")
    with _only_one(environment):
        _say(f"Starting MongoDB and Prefect (data in {environment.home}) …")
        with workshop(environment, configuration) as shop, prefect_server(environment.home, port=port) as url:
            # What every run needs is there before the first of them begins.
            shop.schema.prepare(shop.store)
            from flows.alarms import offer_blocks
            from flows.deployments import deployments
            from flows.serving import serve

            offer_blocks()
            with watching(shop):
                serve(
                    deployments(schedule),
                    ready=lambda: _say(
                        f"Ready: {url.removesuffix('/api')} (nightly at {schedule.cron!r}, "
                        f"{schedule.timezone}; Ctrl-C ends it)"
                    ),
                )
            _say("Stopping …")


@contextmanager
def _only_one(environment: Environment) -> Iterator[None]:
    """Two of them would serve the same deployments, and run two loads at a time."""
    environment.home.mkdir(parents=True, exist_ok=True)
    with (environment.home / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServerError(
                f"`article-etl up` already runs for {environment.home}; choose another data folder with "
                "ARTICLE_ETL_HOME for a second one"
            ) from None
        yield


def _say(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)
    out.file.flush()
