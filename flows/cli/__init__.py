"""The command `article-etl`. One module a command; what a command does not need is not imported for it."""

import importlib
import os
import signal
import sys
from typing import NoReturn

import typer

from etl.errors import ArticleEtlError, ConfigError
from flows.cli.console import complain

COMMANDS = (
    "demo",
    "load",
    "inspect",
    "profile",
    "nightly",
    "backfill",
    "status",
    "check",
    "verify",
    "rollback",
    "up",
    "watch",
    "quarantine",
)
"""Names of the commands, each of a module here, in the order of the help."""


def app(wanted: str | None = None) -> typer.Typer:
    """The command line: the command that is wanted, or all of them where none of that name is."""
    made = typer.Typer(
        name="article-etl",
        no_args_is_help=True,
        pretty_exceptions_enable=False,  # its tracebacks show local variables, and with them secrets
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_one_of_several)
    for name in (wanted,) if wanted in COMMANDS else COMMANDS:
        module = importlib.import_module(f"flows.cli.{name}")
        if hasattr(module, "app"):
            made.add_typer(module.app, name=name)
        else:
            made.command(name=name, help=module.__doc__)(module.command)
    return made


def _one_of_several() -> None:
    """Raw article dumps into one clean, deduplicated MongoDB collection."""


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
        app(sys.argv[1] if len(sys.argv) > 1 else None)()
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
        from flows.prefect_server import drain

        drain()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads any more: the interpreter knows what to do about it
        sys.exit(status)
    os._exit(status)
