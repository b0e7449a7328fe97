"""Read every configuration file and say what is wrong, with file, key and line.

Example: article-etl check
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import typer

from etl.configuration import Configuration, examine
from etl.errors import ConfigError
from etl.load.schema import Schema
from etl.pipeline.job import Job
from etl.pipeline.sorting import normalizer_for
from etl.sources import source_path
from flows.cli.console import complain, out
from flows.environment import Environment


def command() -> None:
    environment = Environment.read()
    configuration, problems = examine(environment.config)
    found = [str(problem) for problem in problems]
    if configuration is not None:
        found += _compiled(configuration)
    for problem in found:
        complain(problem)
    if found or configuration is None:
        raise typer.Exit(1)
    names = ", ".join(configuration.sources) or "no sources yet"
    out.print(f"{environment.config}: sound ({names})", markup=False, highlight=False)


def _compiled(configuration: Configuration) -> Iterator[str]:
    """What shows only when the rules are compiled, such as a zone abbreviation that means no zone."""
    job = Job.of(configuration, run="check", run_date=datetime.now(UTC).date())
    for source in configuration.sources.values():
        try:
            normalizer_for(source, job)
        except ConfigError as error:
            yield f"{source_path(configuration.folder, source.name)}: {error}"
    try:
        Schema.read(configuration.mongo)
    except ConfigError as error:
        yield str(error)
