"""What the flows have in common: a load under Prefect, with its artifacts and its final state."""

from collections.abc import Iterable
from datetime import date

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from etl.extract.types import Dump, Skipped
from etl.pipeline.job import ChunkReport, LoadReport
from etl.pipeline.run import load
from etl.sources import Source
from flows.chunks import PrefectTasks
from flows.report import Progress, publish_report
from flows.signals import stop_on_signals
from flows.watching import watcher
from flows.workshop import Workshop

Work = list[tuple[Source, list[Dump | Skipped]]]


def load_under_prefect(shop: Workshop, work: Work, *, kind: str, day: date) -> State[LoadReport]:
    """Load inside of the current flow run; its report becomes artifacts and a final state."""
    size = sum(dump.size or 0 for dump in dumps_of(work))
    progress = Progress(f"{kind} {day}", size)
    watch = watcher.get()

    def on_report(report: ChunkReport) -> None:
        progress.advance(report.size)
        watch(report)

    with stop_on_signals() as stop:
        report = load(
            work,
            shop.job(day),
            shop.store,
            shop.schema,
            PrefectTasks(shop, size),
            kind=kind,
            workers=shop.workers,
            on_report=on_report,
            stop=stop,
        )
    progress.done()
    publish_report(report, day)
    return final_state(report)


def dumps_of(work: Work) -> Iterable[Dump]:
    """The dumps that were found, without what was passed over."""
    return (dump for _, found in work for dump in found if isinstance(dump, Dump))


def final_state(report: LoadReport) -> State[LoadReport]:
    """Failed, CompletedWithWarnings or Completed, with the counts in the message.

    `Failed` keeps that very name: automations match states by name.
    """
    if report.state in ("failed", "interrupted"):
        cause = report.error or "; ".join(f"{f.dump}: {f.error}" for f in report.failures[:3]) or report.state
        return Failed(message=f"{report.summary()}. {cause}", data=report)
    name = "CompletedWithWarnings" if report.state == "completed_with_warnings" else None
    return Completed(name=name, message=report.summary(), data=report)
