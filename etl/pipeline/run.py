"""A whole run: plan, hand out, close the books, report."""

import logging
import time
from collections.abc import Callable, Mapping

import msgspec

from etl.errors import BooksError, StoreError
from etl.load.alive import Beating
from etl.load.ledger import Ledger
from etl.load.runs import Runs
from etl.load.schema import Schema
from etl.load.store import Store
from etl.pipeline.books import Books
from etl.pipeline.chunk import close_dump
from etl.pipeline.cutting import Cutter, cut
from etl.pipeline.expectations import misses_of
from etl.pipeline.indexing import Indexing
from etl.pipeline.job import ChunkReport, Job, LoadReport, Stop, never
from etl.pipeline.plan import Planner
from etl.pipeline.planned import Planned, Work
from etl.pipeline.runners import Runner
from etl.pipeline.seen import FieldCounts

log = logging.getLogger(__name__)

OnReport = Callable[[ChunkReport], object]


def load(
    work: Work,
    job: Job,
    store: Store,
    schema: Schema,
    runner: Runner,
    *,
    kind: str = "load",
    parameters: Mapping[str, object] | None = None,
    workers: int = 1,
    on_report: OnReport = lambda report: None,
    stop: Stop = never,
    cut: Cutter = cut,
) -> LoadReport:
    """Load what was found of each source, and keep the books of it as one run.

    `kind` and `parameters` are kept with its report; they hold no secret. `cut` may have begun with its work.

    Safe to call again with the same dumps, at the same time, or after any crash: what is finished is
    skipped, and what is not converges.

    Returns:
        The report. Its state is `failed` where a dump failed or the store was lost (`error` says so;
        the run can be started again), `interrupted` where `stop` ended it early.

    Raises:
        StoreError: the store could not even be prepared.
        BooksError: the books do not balance.
    """
    started = time.monotonic()
    books, ledger, runs = Books(), Ledger(store), Runs(store)
    indexing = Indexing(schema, store) if schema.prepare(store) else None
    runs.start(job.run, kind=kind, run_date=job.run_date, parameters=parameters)
    for killed in runs.close_dead():
        log.warning("run %s was killed: entered as interrupted", killed)
    log.info("run %s started: %s of %s", job.run, kind, job.run_date)

    def enter(report: ChunkReport) -> None:
        planned.left -= report.size
        part = books.add(report)
        if part is not None:
            books.add(close_dump(part, report.source, ledger))
        on_report(report)

    error: str | None = None
    planned = Planned(work, Planner(job, ledger, workers, expect=runner.get_ready, cut=cut))
    try:
        with Beating(store, job.run):
            for report in runner.run(planned.chunks(), job, stop):
                enter(report)
                planned.settle(enter)
                if indexing is not None and planned.nearly_done:
                    indexing.begin()
            planned.settle(enter)
            if stop() and not planned.done:
                books.interrupt()
            for source, part in books.unfinished():
                books.add(close_dump(part, source, ledger))
            if planned.done and not stop():
                _hold_expectations(planned, books, runs, job.run)
            if indexing is not None:
                indexing.finish()
    except (StoreError, BooksError) as fault:
        log.error("run %s stopped: %s", job.run, fault)
        error = str(fault)
    whole = books.report(job.run, time.monotonic() - started, error)
    for failure in whole.failures:
        log.warning("%s: %s", failure.dump, failure.error)
    log.info("run %s %s: %s", whole.run, whole.state, whole.summary())
    record_end(runs, whole)
    return whole


def _hold_expectations(planned: Planned, books: Books, runs: Runs, run: str) -> None:
    """Enter what each source's `[expect]` says of the run. Raises StoreError."""
    for name, source in planned.sources.items():
        if "expect" not in source.model_fields_set:
            continue
        before = [msgspec.convert(fields, FieldCounts) for fields in runs.fields_before(name, run)]
        misses = misses_of(source, books.of(name), len(planned.days[name]), before)
        for miss in misses:
            log.warning("%s: expected otherwise (%s): %s", name, miss.what, miss.detail)
        books.miss(misses, fail=source.expect.on_miss == "fail")


def record_end(runs: Runs, report: LoadReport) -> None:
    """Enter how a run ended, as far as the store is there to enter it in."""
    try:
        runs.finish(report.run, report.state, report)
    except StoreError as fault:
        # The report itself says why the store is gone; it must reach the caller all the same.
        log.error("run %s could not be recorded as %s: %s", report.run, report.state, fault)
