"""Take back what a run brought. Shows the plan; with --yes it is done.

Example: article-etl rollback 20260301T023000Z-3f0c9a --yes
"""

from typing import Annotated

import msgspec
import orjson
import typer

from etl.pipeline.rollback import Rollback, rollback
from flows.cli.console import out
from flows.cli.options import JsonOption, read
from flows.workshop import workshop

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, from `status`.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without this, only the plan is shown.")]
Force = Annotated[bool, typer.Option("--force", help="Go on although another run says that it is under way.")]


def command(run: RunArgument, yes: Yes = False, force: Force = False, json: JsonOption = False) -> None:
    environment, configuration = read()
    with workshop(environment, configuration) as shop:
        if yes:
            shop.schema.prepare(shop.store)  # a store of an earlier version does not know the state
        report = rollback(shop.store, run, dry_run=not yes, force=force)
    if json:
        typer.echo(orjson.dumps(msgspec.to_builtins(report)))
        return
    for line in _lines(report):
        out.print(line, markup=False, highlight=False)


def _lines(report: Rollback) -> list[str]:
    lines = [
        f"Run {report.run} {'is rolled back' if report.done else 'would be rolled back'}:",
        f"{report.removed:>10,} articles removed",
        f"{report.reverted:>10,} articles as they would be without it",
        f"{report.kept:>10,} articles kept: another run brought the same",
        f"{report.revisions_removed:>10,} revisions removed",
        f"{report.rejections_removed:>10,} rejections removed, {report.rejections_reopened:,} reopened",
        f"{report.dumps:>10,} dumps due again",
    ]
    if report.handed_over:
        lines.append(f"{report.handed_over:>10,} dumps stay: another run went on with them")
    if not report.done:
        lines.append("Nothing is changed yet; with --yes it is done.")
    return lines
