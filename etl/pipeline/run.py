"""A whole run: plan, hand out, close the books, report."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import TypeVar

import msgspec

from etl.errors import BooksError, StoreError
from etl.extract.types import Dump, Skipped
from etl.load.alive import Beating
from etl.load.ledger import Ledger
from etl.load.runs import Runs
from etl.load.schema import Schema
from etl.load.store import Store
from etl.pipeline.books import Books
from etl.pipeline.chunk import close_dump
from etl.pipeline.cutting import Cutter, cut
from etl.pipeline.expectations import misses_of
from etl.pipeline.indexing import LAST, Indexing
from etl.pipeline.job import Chunk, ChunkReport, Job, LoadReport, Stop, never
from etl.pipeline.plan import plan
from etl.pipeline.runners import Runner
from etl.pipeline.seen import FieldCounts
from etl.sources import Source

log = logging.getLogger(__name__)

OnReport = Callable[[ChunkReport], object]
Work = Iterable[tuple[Source, Iterable[Dump | Skipped]]]
_Item = TypeVar("_Item")


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
    planned = _Planned(work, job, ledger, workers, runner.get_ready, cut)
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


class _Planned:
    """The chunks of a run, and the reports of what the planner settled by itself on the way."""

    def __init__(
        self,
        work: Work,
        job: Job,
        ledger: Ledger,
        workers: int,
        expect: Callable[[], object],
        cut: Cutter,
    ) -> None:
        self.done = False
        """Whether every chunk was asked for."""
        self._work = work
        self._job = job
        self._ledger = ledger
        self._workers = workers
        self._expect = expect
        self._cut = cut
        self._settled: list[ChunkReport] = []
        self._size = 0
        self._found_all = False
        self.left = 0
        """Bytes of the dumps that were found, less those that are reported."""
        self.sources: dict[str, Source] = {}
        self.days: dict[str, set[date]] = {}
        """The days that each source's dumps were made for."""

    def chunks(self) -> Iterator[Chunk]:
        for (source, found), last in _with_last(self._work):
            self.sources[source.name] = source
            seen = self._seen(found, self.days.setdefault(source.name, set()), last=last)
            for planned in plan(
                source, seen, self._job, self._ledger, self._workers, self._expect, self._cut
            ):
                if isinstance(planned, Chunk):
                    yield planned
                else:
                    self._settled.append(planned)
        self.done = True

    @property
    def nearly_done(self) -> bool:
        """Whether little is left of the run."""
        return self._found_all and self.left <= LAST * self._size

    def _seen(
        self, found: Iterable[Dump | Skipped], days: set[date], *, last: bool
    ) -> Iterator[Dump | Skipped]:
        for each, last_of_source in _with_last(found):
            if isinstance(each, Dump):
                self._size += each.size or 0
                self.left += each.size or 0
                if each.declared is not None:
                    days.add(each.declared)
            self._found_all = last and last_of_source
            yield each

    def settle(self, enter: OnReport) -> None:
        while self._settled:
            enter(self._settled.pop(0))


def _with_last(items: Iterable[_Item]) -> Iterator[tuple[_Item, bool]]:
    """Each item, and whether it is the last one. What `items` raises comes after the items before it."""
    iterator = iter(items)
    failure: Exception | None = None
    held = list(islice(iterator, 1))
    while held:
        try:
            following = list(islice(iterator, 1))
        except Exception as error:
            failure, following = error, []
        yield held[0], not following
        held = following
    if failure is not None:
        raise failure


def _hold_expectations(planned: _Planned, books: Books, runs: Runs, run: str) -> None:
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
