"""Look at unknown dumps and print a draft of the source that would load them, with its evidence.

Example: article-etl profile dumps/wire --name wire > config/sources/wire.toml
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from etl.errors import ConfigError
from etl.pipeline.job import Job
from flows.cli.console import complain
from flows.cli.options import Paths, read

_SOUND = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def command(
    paths: Paths,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="The source's name (default: the path's own)."),
    ] = None,
) -> None:
    from etl.profile import profile  # its 2 MiB and 30 ms are for this command alone

    _, configuration = read()
    if name is not None and not _SOUND.fullmatch(name):
        raise ConfigError(f"--name {name}: a source's name is of a-z, 0-9, - and _, such as daily-wire")
    job = Job.of(configuration, run="profile", run_date=datetime.now(UTC).date())
    drawn = profile(paths, name or _named(paths[0]), job)
    for failure in drawn.failures:
        complain(str(failure))
    sys.stdout.buffer.write(drawn.text.encode())
    sys.stdout.flush()


def _named(path: str) -> str:
    """A source's name out of a path's: `Daily Wire.zip` is `daily-wire`."""
    last = Path(path).absolute().name if "://" not in path else path.rstrip("/").rpartition("/")[2]
    plain = re.sub(r"[^a-z0-9_]+", "-", last.lower().partition(".")[0]).strip("-_")
    return plain[:64] or "new-source"
