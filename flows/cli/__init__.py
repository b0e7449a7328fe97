"""The command `article-etl`. One module a command; Prefect is imported only by those that need it."""

import os
import signal
import sys
from typing import NoReturn

import typer

from etl.errors import ArticleEtlError, ConfigError
from flows.cli import (
    backfill,
    check,
    demo,
    inspect,
    load,
    nightly,
    profile,
    quarantine,
    rollback,
    status,
    up,
    verify,
    watch,
)
from flows.cli.console import complain
from flows.prefect_server import drain

app = typer.Typer(
    name="article-etl",
    help="Raw article dumps into one clean, deduplicated MongoDB collection.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, and with them secrets
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (demo, load, inspect, profile, nightly, backfill, status, check, verify, rollback, up, watch):
    app.command(name=module.NAME, help=module.__doc__)(module.command)
app.add_typer(quarantine.app, name="quarantine")


def main() -> None:
    """Run the command and end this process."""
    try:
        run()
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            raise
        _leave(end.code or 0)


def run() -> NoReturn:
    """Run the command; errors become one clear text on stderr and an exit status."""
    # The servers that a command started are left in order at SIGTERM too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        app()
    except ConfigError as error:
        complain(str(error))
        sys.exit(2)
    except ArticleEtlError as error:
        complain(str(error))
        sys.exit(1)
    sys.exit(0)


def _leave(status: int) -> NoReturn:
    """End this process, all of whose work is done.

    The interpreter would first wait for the driver's threads, which have nothing left to do and sleep for
    up to half a second: a third of the time that a re-run takes. And for Prefect's, which have reports to
    send: where its server is gone they try for 7 s with each of hundreds of events.
    """
    if "prefect" in sys.modules:
        drain()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads any more: the interpreter knows what to do about it
        sys.exit(status)
    os._exit(status)
