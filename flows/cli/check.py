"""Read every configuration file and say what is wrong, with file, key and line.

Example: article-etl check
"""

import typer

from etl.configuration import examine
from flows.cli.console import complain, out
from flows.environment import Environment

NAME = "check"


def command() -> None:
    environment = Environment.read()
    configuration, problems = examine(environment.config)
    for problem in problems:
        complain(str(problem))
    if problems or configuration is None:
        raise typer.Exit(1)
    names = ", ".join(configuration.sources) or "no sources yet"
    out.print(f"{environment.config}: sound ({names})", markup=False, highlight=False)
