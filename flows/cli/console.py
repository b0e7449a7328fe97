"""What people see: progress on a terminal, tables, and complaints on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.box import SIMPLE
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from etl.extract.types import Skipped
from etl.model import Counts, Outcome
from etl.pipeline.job import ChunkReport, LoadReport

out = Console()
err = Console(stderr=True)


def complain(message: str) -> None:
    """An error, on stderr, without markup (it may quote a dump's own bytes)."""
    err.print(f"article-etl: {message}", style="red", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress_bar(
    title: str, size: int | None, *, shown: bool = True
) -> Iterator[Callable[[ChunkReport], None]]:
    """A bar over bytes of dumps that chunk reports move; silent where stderr is no terminal."""
    if not shown or not err.is_terminal:
        yield lambda report: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[records]:,} records"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err) as bar:
        task = bar.add_task(title, total=size, records=0)

        def move(report: ChunkReport) -> None:
            records = bar.tasks[0].fields["records"] + report.counts.read
            bar.update(task, advance=report.size, records=records)

        yield move


def report_tables(report: LoadReport) -> Iterator[Table]:
    """The report of a run: outcomes by source, then what was rejected and why."""
    title = f"Run {report.run}: {report.state.replace('_', ' ')} in {report.seconds:.1f} s"
    table = Table(title=title, title_justify="left", box=SIMPLE, padding=0, show_edge=False)
    table.add_column("source", no_wrap=True)
    # Broken by hand: 80 columns are enough for all of it.
    for name in ("read", "in-\nserted", "re-\nvised", "super-\nseded", "dupli-\ncate", "re-\njected"):
        table.add_column(name, justify="right")
    for name in ("dumps\nloaded", "\nskipped", "\nfailed"):
        table.add_column(name, justify="right")
    for source, part in report.sources.items():
        table.add_row(source, *_cells(part.counts), *_numbers(part.loaded, part.skipped, part.failed))
    if len(report.sources) != 1:
        table.add_section()
        dumps = _numbers(report.loaded, report.skipped, report.failed)
        table.add_row("all", *_cells(report.counts), *dumps, style="bold")
    yield table
    if report.counts.reasons:
        reasons = Table(title="Rejected", title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0))
        reasons.add_column("reason")
        reasons.add_column("records", justify="right")
        for reason, n in sorted(report.counts.reasons.items(), key=lambda item: -item[1]):
            reasons.add_row(reason, f"{n:,}")
        yield reasons


def show_report(report: LoadReport) -> None:
    """Print a report for people; failures and notices go to stderr."""
    for table in report_tables(report):
        out.print(table)
    if report.counts.outside:
        out.print(f"{report.counts.outside:,} articles of other days were passed over", highlight=False)
    show_failures(report)


def show_failures(report: LoadReport) -> None:
    """Say on stderr what failed and what was passed over."""
    for notice in report.notices:
        _note(notice)
    for miss in report.misses:
        complain(f"{miss.source}: expected otherwise ({miss.what}): {miss.detail}")
    for failure in report.failures:
        complain(f"{failure.dump}: {failure.error}")
    if report.error:
        complain(report.error)
    if report.state == "interrupted":
        complain("stopped before all was done; what was loaded stays, start the same command again to go on")


def note(skipped: Skipped) -> None:
    """Say on stderr what was found and not read."""
    _note(f"{skipped.uri}: {skipped.reason}")


def _note(text: str) -> None:
    err.print(f"note: {text}", markup=False, highlight=False, soft_wrap=True)


def _cells(counts: Counts) -> Iterator[str]:
    yield f"{counts.read:,}"
    for outcome in Outcome:
        yield from _numbers(getattr(counts, outcome.value))


def _numbers(*numbers: int) -> Iterator[str]:
    for n in numbers:
        yield f"{n:,}" if n else "·"
