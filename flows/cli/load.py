"""Load dumps now, without Prefect.

Example: article-etl load dumps/2026-03-01/ --set timezone=Europe/Berlin
"""

import sys

import orjson
import typer

from etl.extract.find import find_dumps
from etl.extract.types import Dump
from etl.pipeline.cutting import cutting_ahead
from etl.pipeline.job import reading_of
from flows.cli.console import progress_bar, show_failures, show_report
from flows.cli.options import FormatOption, JsonOption, Paths, SetOption, SourceOption, chosen_source, read
from flows.signals import stop_on_signals


def command(
    paths: Paths,
    source: SourceOption = None,
    format: FormatOption = None,
    set_: SetOption = None,
    json: JsonOption = False,
) -> None:
    environment, configuration = read()
    chosen = chosen_source(configuration, source, format, set_)
    found = list(find_dumps(paths, any_ending=chosen.format is not None))
    size = sum(dump.size or 0 for dump in found if isinstance(dump, Dump))
    with cutting_ahead(found, reading_of(chosen, configuration.settings)) as cut:
        from etl.pipeline.run import load  # a fifth of a second, while the first dump is hashed
        from flows.workshop import workshop

        with (
            workshop(environment, configuration, size=size) as shop,
            stop_on_signals() as stop,
            progress_bar("loading", size, shown=not json) as move,
        ):
            report = load(
                [(chosen, found)],
                shop.job(),
                shop.store,
                shop.schema,
                shop.runner(size),
                workers=shop.workers,
                on_report=move,
                stop=stop,
                cut=cut,
            )
    if json:
        sys.stdout.write(orjson.dumps(report.as_json()).decode() + "\n")
        show_failures(report)
    else:
        show_report(report)
    if report.state in ("failed", "interrupted"):
        raise typer.Exit(1)
