"""Go the whole way with dumps and write nothing: one JSON line a record on stdout.

Example: article-etl inspect dumps/page.txt --set timezone=Asia/Shanghai
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import orjson
import typer

from etl.extract.find import find_dumps
from etl.pipeline.inspection import inspect_dumps
from etl.pipeline.job import Job
from flows.cli.console import note
from flows.cli.options import FormatOption, Paths, SetOption, SourceOption, chosen_source, read
from flows.workshop import workshop


def command(
    paths: Paths,
    source: SourceOption = None,
    format: FormatOption = None,
    set_: SetOption = None,
    against_store: Annotated[
        bool, typer.Option("--against-store", help="Say the outcome that a load would have.")
    ] = False,
) -> None:
    environment, configuration = read()
    chosen = chosen_source(configuration, source, format, set_)
    found = find_dumps(paths, any_ending=chosen.format is not None)
    if against_store:
        with workshop(environment, configuration) as shop:
            lines = inspect_dumps(found, chosen, shop.job(), shop.store, on_skipped=note)
            failed = _print(lines)
    else:
        job = Job.of(configuration, run="inspect", run_date=datetime.now(UTC).date())
        failed = _print(inspect_dumps(found, chosen, job, on_skipped=note))
    if failed:
        raise typer.Exit(1)


def _print(lines: Iterator[dict[str, object]]) -> bool:
    """Print JSON lines; true where one of them is of a dump that failed."""
    failed = False
    for line in lines:
        failed = failed or line["outcome"] == "failed"
        text = orjson.dumps(line, option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z)
        sys.stdout.buffer.write(text + b"\n")
    sys.stdout.flush()
    return failed
