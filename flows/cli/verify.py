"""Recompute what is stored, hold the books against each other, and say what does not fit.

Example: article-etl verify --sample 10000
"""

from typing import Annotated

import orjson
import typer

from etl.pipeline.verify import Verification, as_json, verify
from flows.cli.console import complain, err, out
from flows.cli.options import JsonOption, read
from flows.workshop import workshop

Sample = Annotated[
    int | None,
    typer.Option("--sample", min=1, help="About how many articles to recompute (default: all of them)."),
]
Most = Annotated[int, typer.Option("--most", min=1, help="Most findings shown.")]


def command(sample: Sample = None, most: Most = 200, json: JsonOption = False) -> None:
    environment, configuration = read()
    with workshop(environment, configuration) as shop:
        found = verify(shop.store, shop.schema, sample=sample, most=most)
    if json:
        typer.echo(orjson.dumps(as_json(found)))
    else:
        _show(found)
    if not found.sound:
        raise typer.Exit(1)


def _show(found: Verification) -> None:
    for note in found.notes:
        err.print(f"note: {note}", markup=False, highlight=False, soft_wrap=True)
    for finding in found.findings:
        complain(str(finding))
    more = found.total - len(found.findings)
    if more:
        complain(f"and {more:,} more (--most shows more of them)")
    looked = (
        f"{found.articles:,} articles, {found.revisions:,} revisions, {found.loads:,} loads and "
        f"{found.quarantine:,} quarantine entries in {found.seconds:.1f} s"
    )
    verdict = "sound" if found.sound else f"{found.total:,} findings"
    out.print(f"{verdict}: looked at {looked}", markup=False, highlight=False)
