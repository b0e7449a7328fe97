"""What was rejected, and what becomes of it."""

from getpass import getuser
from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from etl.errors import ConfigError
from etl.load.quarantine import Quarantine, Selection
from etl.model import Reason
from etl.pipeline.replay import replay as replay_entries
from etl.pipeline.replay import selection
from flows.cli.console import out, show_report
from flows.cli.options import JsonOption, day, read
from flows.signals import stop_on_signals
from flows.workshop import workshop

app = typer.Typer(help=__doc__, no_args_is_help=True)

SourceFilter = Annotated[str | None, typer.Option("--source", metavar="NAME", help="Only this source.")]
ReasonFilter = Annotated[Reason | None, typer.Option("--reason", help="Only this reason.")]
DumpFilter = Annotated[str | None, typer.Option("--dump", metavar="PATH", help="Only this dump.")]
Since = Annotated[
    str | None, typer.Option("--since", metavar="YYYY-MM-DD", help="Rejected on this day or later (UTC).")
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="Rejected on this day or earlier (UTC).")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would come of it; write nothing.")]
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


@app.command()
def replay(
    source: SourceFilter = None,
    reason: ReasonFilter = None,
    since: Since = None,
    until: Until = None,
    dry_run: DryRun = False,
    json: JsonOption = False,
) -> None:
    """Try open entries again, after a source's policy was mended: what comes good is loaded.

    Example: article-etl quarantine replay --source market-ledger --reason ambiguous_date
    """
    chosen = selection(source, reason, day(since, "--since"), day(until, "--until"))
    environment, configuration = read()
    with workshop(environment, configuration) as shop, stop_on_signals() as stop:
        report = replay_entries(chosen, configuration, shop.job(), shop.store, dry_run=dry_run, stop=stop)
    if json:
        typer.echo(orjson.dumps(report.as_json()))
    else:
        show_report(report)
    if report.state in ("failed", "interrupted"):
        raise typer.Exit(1)


@app.command()
def discard(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Entries, by their ids.")] = None,
    source: SourceFilter = None,
    reason: ReasonFilter = None,
    dump: DumpFilter = None,
) -> None:
    """Set entries aside for good: they are not listed, and not tried again.

    Example: article-etl quarantine discard --source harbour-post --reason not_an_article
    """
    if not (ids or source or reason or dump):
        raise ConfigError("say which entries: their ids, or --source, --reason or --dump")
    environment, configuration = read()
    with workshop(environment, configuration) as shop:
        quarantine = Quarantine(shop.store)
        chosen = Selection(source=source, reason=reason, dump=dump, ids=tuple(ids) if ids else None)
        found = [entry for own in quarantine.ids(chosen).values() for entry in own]
        unknown = sorted(set(ids or ()) - set(found))
        if unknown:
            raise ConfigError(f"no open quarantine entry {unknown[0]!r} (see: article-etl quarantine list)")
        quarantine.mark(found, "discarded", getuser())
    out.print(f"{len(found):,} discarded", highlight=False)
