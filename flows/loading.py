"""What the flows have in common: a load under Prefect, with its artifacts and its final state."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from etl.errors import ConfigError
from etl.pipeline.job import ChunkReport, Job, LoadReport, Stop, never
from etl.pipeline.listing import Listing
from etl.pipeline.run import load
from etl.sources import Source
from flows.chunks import PrefectTasks
from flows.cluster import OnCluster, cluster
from flows.echoes import silence_the_engines_echo
from flows.report import Progress
from flows.signals import stop_on_signals
from flows.watching import watcher
from flows.workshop import Workshop

Work = list[tuple[Source, Listing]]


def load_under_prefect(
    shop: Workshop,
    work: Work,
    job: Job,
    *,
    kind: str,
    about: str,
    parameters: Mapping[str, object] | None = None,
    stop: Stop = never,
) -> LoadReport:
    """Load inside of the current flow run, each chunk as a task, with a progress artifact.

    Args:
        shop: The open store.
        work: What to load.
        job: Of this run.
        kind: Of run: nightly, backfill.
        about: What it is about, for people: a day, or a range of days.
        parameters: Of the flow run, to be kept with its report.
        stop: What ends the load early, beside the signals SIGINT and SIGTERM.
    """
    size = sum(listing.size for _, listing in work)
    progress = Progress(f"{kind} {about}", size)
    watch = watcher.get()

    def on_report(report: ChunkReport) -> None:
        progress.advance(report.size)
        watch(report)

    with chunk_runner(shop, size) as runner, stop_on_signals() as signalled:
        report = load(
            work,
            job,
            shop.store,
            shop.schema,
            runner,
            kind=kind,
            parameters=parameters,
            workers=runner.workers,
            on_report=on_report,
            stop=lambda: signalled() or stop(),
        )
    if not report.interrupted:
        progress.done()
    return report


@contextmanager
def chunk_runner(shop: Workshop, size: int) -> Iterator[PrefectTasks | OnCluster]:
    """Where the chunks of the current flow run are worked on, as the settings say.

    Raises:
        ConfigError: the cluster that they name cannot be used.
    """
    settings = shop.configuration.settings.runner
    if settings.kind == "dask":
        with cluster(settings.address, shop.environment) as runner:
            yield runner
    else:
        yield PrefectTasks(shop, size)


def final_state(report: LoadReport) -> State[LoadReport]:
    """Failed, CompletedWithWarnings or Completed, with the counts in the message.

    `Failed` keeps that very name: automations match states by name.
    """
    if report.state in ("failed", "interrupted"):
        cause = report.error or "; ".join(_causes(report)) or report.state
        silence_the_engines_echo()
        return Failed(message=f"{report.summary()}. {cause}", data=report)
    name = "CompletedWithWarnings" if report.state == "completed_with_warnings" else None
    return Completed(name=name, message=report.summary(), data=report)


def _causes(report: LoadReport) -> list[str]:
    failures = [f"{failure.dump}: {failure.error}" for failure in report.failures[:3]]
    return failures or [f"{miss.source}: {miss.detail}" for miss in report.misses[:3]]


def refused(error: ConfigError) -> State[ConfigError]:
    """The end of a run whose parameters cannot be: Failed, with the text that says what is wrong."""
    silence_the_engines_echo()
    return Failed(message=str(error), data=error)
