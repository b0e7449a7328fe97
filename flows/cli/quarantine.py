"""What was rejected, and what becomes of it."""

from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from etl.errors import ConfigError
from etl.load.quarantine import Quarantine, Selection
from etl.model import Reason
from flows.cli.console import out
from flows.cli.options import JsonOption, read
from flows.workshop import workshop

app = typer.Typer(help=__doc__, no_args_is_help=True)

SourceFilter = Annotated[str | None, typer.Option("--source", metavar="NAME", help="Only this source.")]
ReasonFilter = Annotated[Reason | None, typer.Option("--reason", help="Only this reason.")]
DumpFilter = Annotated[str | None, typer.Option("--dump", metavar="PATH", help="Only this dump.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Most entries shown.")]


@app.command(name="list")
def list_(
    source: SourceFilter = None,
    reason: ReasonFilter = None,
    dump: DumpFilter = None,
    limit: Limit = 50,
    json: JsonOption = False,
) -> None:
    """List open entries, newest first.

    Example: article-etl quarantine list --reason undated
    """
    environment, configuration = read()
    with workshop(environment, configuration) as shop:
        quarantine = Quarantine(shop.store)
        chosen = Selection(source=source, reason=reason, dump=dump)
        entries = list(quarantine.list(chosen, limit=limit))
        total = quarantine.count(chosen)
    if json:
        for entry in entries:
            typer.echo(orjson.dumps(entry.as_json(), option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z))
        return
    table = Table(title=f"Quarantine: {total:,} open, {len(entries):,} shown", title_justify="left")
    for column in ("id", "source", "dump", "record", "reason", "detail"):
        table.add_column(column, overflow="fold", no_wrap=column == "id")
    for entry in entries:
        place = f"{entry.member}: {entry.record}" if entry.member else str(entry.record)
        cells = (entry.id, entry.source, entry.dump, place, entry.reason, entry.detail)
        table.add_row(*map(escape, cells))
    out.print(table)


@app.command()
def show(entry_id: Annotated[str, typer.Argument(metavar="ID", help="An entry's id, from `list`.")]) -> None:
    """Show one entry whole, with the record's own bytes.

    Example: article-etl quarantine show 3f0c9a4e1b2d5c6f
    """
    environment, configuration = read()
    with workshop(environment, configuration) as shop:
        entry = Quarantine(shop.store).get(entry_id)
    if entry is None:
        raise ConfigError(f"no quarantine entry {entry_id!r} (see: article-etl quarantine list)")
    for name, value in entry.as_json().items():
        if name != "raw":
            out.print(f"{name + ':':12} {value}", markup=False, highlight=False, soft_wrap=True)
    out.print("raw:", markup=False)
    out.print(entry.raw.decode("utf-8", "backslashreplace"), markup=False, highlight=False, soft_wrap=True)
