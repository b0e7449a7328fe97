"""Options that several commands share."""

from datetime import date
from typing import Annotated

import typer

from etl.configuration import Configuration, read_configuration, with_overrides
from etl.errors import ConfigError
from etl.sources import Source
from flows.environment import Environment

Paths = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs or URLs.", show_default=False)
]
SourceOption = Annotated[
    str | None, typer.Option("--source", metavar="NAME", help="Read by the policy of this source.")
]
SourcesOption = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only this source; may be given several times."),
]
FormatOption = Annotated[
    str | None, typer.Option("--format", metavar="F", help="Dump format, in place of the name's ending.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Lay one key over the source's TOML."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
DateOption = Annotated[
    str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The run's day (default: today, UTC).")
]


def read(environment: Environment | None = None) -> tuple[Environment, Configuration]:
    """The environment and the configuration that it names, both checked."""
    environment = environment or Environment.read()
    return environment, read_configuration(environment.config)


def chosen_source(
    configuration: Configuration, name: str | None, format: str | None, overrides: list[str] | None
) -> Source:
    """The source that `--source`, `--format` and `--set` describe together."""
    options = list(overrides or [])
    if format:
        options.append(f"format={format}")
    base = configuration.source(name) if name else None
    return with_overrides(base, options)


def day(text: str | None, option: str = "--date") -> date | None:
    """A day option as a date. Raises ConfigError where it is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{option} {text}: write it as YYYY-MM-DD") from None
