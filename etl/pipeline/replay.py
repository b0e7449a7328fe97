"""Replay: quarantined records through the same way once more, after a source's policy or our rules changed.

A record is read from the bytes that the quarantine keeps of it, where they are enough for the reader of
its format; else from its dump, if that is still there with the same content. What becomes an article is
loaded and its entry marked as resolved; what is rejected again says why this time.
"""

import time
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from datetime import time as clock
from itertools import groupby
from pathlib import Path

import msgspec

from etl.configuration import Configuration
from etl.errors import ConfigError, StoreError
from etl.load.alive import Beating
from etl.load.articles import ArticleSink
from etl.load.history import loads_of
from etl.load.journal import Journal, Page, Part, batch_page_id, part, refused_of
from etl.load.quarantine import Entry, Quarantine, Selection
from etl.load.runs import Runs
from etl.load.store import Store
from etl.model import Article, DumpStamp, Outcome, Reason, Rejection
from etl.pipeline.books import Books
from etl.pipeline.job import ChunkReport, Job, LoadReport, Stop, never
from etl.pipeline.rereading import Rereader
from etl.pipeline.run import OnReport, record_end
from etl.pipeline.sorting import normalizer_for
from etl.pipeline.tally import tally
from etl.sources import ADHOC, Source

BATCH = 500
"""Entries taken at a time; each may hold a MiB of raw bytes."""


def replay(
    selection: Selection,
    configuration: Configuration,
    job: Job,
    store: Store,
    *,
    dry_run: bool = False,
    on_report: OnReport = lambda report: None,
    stop: Stop = never,
) -> LoadReport:
    """Try the selected entries again, and keep the books of it as a run of kind `replay`.

    Safe to stop and to repeat: an entry is resolved after its article is written.

    Args:
        selection: Which entries; only open ones are ever tried.
        configuration: For the sources as they are now.
        job: Of this run.
        store: Whose quarantine it is.
        dry_run: Write nothing; the report says what would be.
        on_report: Told of each batch; `size` counts entries.
        stop: Asked after each batch.

    Returns:
        The report: `read` counts the entries that could be read again; the others are in `notices`.

    Raises:
        ConfigError: entries of a source are asked for that is not configured.
    """
    if selection.source not in (None, ADHOC.name):
        configuration.source(str(selection.source))
    started = time.monotonic()
    books, runs, quarantine = Books(), Runs(store), Quarantine(store)
    if not dry_run:
        wanted = {name: str(value) for name, value in msgspec.structs.asdict(selection).items() if value}
        runs.start(job.run, kind="replay", run_date=job.run_date, parameters=wanted)
        runs.close_dead()
    error: str | None = None
    alive = nullcontext() if dry_run else Beating(store, job.run)
    try:
        with alive:
            ids = quarantine.ids(msgspec.structs.replace(selection, state="open"))
            for name, own in ids.items():
                source = ADHOC if name == ADHOC.name else configuration.sources.get(name)
                if source is None:
                    notice = f"{len(own)} entries are of source {name!r}, which is no longer configured"
                    books.add(ChunkReport(name, notices=(notice,)))
                    continue
                again = _Replay(source, job, store, configuration.folder.parent, dry_run=dry_run)
                for first in range(0, len(own), BATCH):
                    if stop():
                        books.interrupt()
                        break
                    batch = own[first : first + BATCH]
                    report = again.replay(list(quarantine.list(Selection(ids=tuple(batch)))), len(batch))
                    books.add(report)
                    on_report(report)
    except StoreError as fault:
        error = str(fault)
    whole = books.report(job.run, time.monotonic() - started, error)
    if not dry_run:
        record_end(runs, whole)
    return whole


def selection(source: str | None, reason: Reason | None, since: date | None, until: date | None) -> Selection:
    """The open entries of a source and reason that were made on the days from `since` to `until` (UTC).

    Raises:
        ConfigError: the days are swapped.
    """
    if since and until and until < since:
        raise ConfigError(f"the last day {until} is before the first day {since}: are they swapped?")
    return Selection(
        source=source,
        reason=reason,
        since=datetime.combine(since, clock()) if since else None,
        until=datetime.combine(until + timedelta(days=1), clock()) if until else None,
    )


class _Replay:
    """The entries of one source."""

    def __init__(self, source: Source, job: Job, store: Store, root: Path, *, dry_run: bool) -> None:
        self._source = source
        self._job = job
        self._rereader = Rereader(source, job.reading(source), root)
        self._normalizer = normalizer_for(source, job)
        self._store = store
        self._sink = ArticleSink(store)
        self._quarantine = Quarantine(store)
        self._dry_run = dry_run

    def replay(self, entries: list[Entry], size: int) -> ChunkReport:
        """Try a batch again."""
        tried: list[Entry] = []
        results: list[Article | Rejection] = []
        stamps: list[DumpStamp] = []
        left: dict[tuple[str, str], int] = {}
        for (dump, sha256), group in groupby(sorted(entries, key=_content), key=_content):
            own = list(group)
            stamp = self._stamp(dump, sha256)
            for entry, record in zip(own, self._rereader.read(own, dump, sha256), strict=True):
                if isinstance(record, str):
                    left[dump, record] = left.get((dump, record), 0) + 1
                    continue
                tried.append(entry)
                stamps.append(stamp)
                results.append(record if isinstance(record, Rejection) else self._normalizer(record, stamp))
        if not self._dry_run:
            self._enter(tried, stamps, results)
        outcomes = self._load(results)
        if not self._dry_run:
            self._mark(tried, stamps, outcomes)
        notices = [
            f"{dump}: {n} of its rejected records stay as they are: it {why}"
            for (dump, why), n in left.items()
        ]
        return ChunkReport(self._source.name, size, counts=tally(outcomes), notices=tuple(notices))

    def _enter(
        self, entries: list[Entry], stamps: list[DumpStamp], results: Sequence[Article | Rejection]
    ) -> None:
        """Enter in the journal what comes good, and what is rejected again."""
        parts: list[Part] = []
        for entry, stamp, result in zip(entries, stamps, results, strict=True):
            good = [result] if isinstance(result, Article) else []
            bad = [result] if isinstance(result, Rejection) else []
            parts.append(part(stamp, good, refused_of([entry.id] * len(bad), bad)))
        if parts:
            run = self._job.run
            page = Page(id=batch_page_id(run, (e.id for e in entries)), run=run, parts=parts, replay=True)
            Journal(self._store).write(page)

    def _stamp(self, dump: str, sha256: str) -> DumpStamp:
        loads = loads_of(self._store, self._source.name, [dump]).get(dump, ())
        declared = next((load.declared for load in loads if load.sha256 == sha256), None)
        return DumpStamp(
            source=self._source.name,
            dump=dump,
            sha256=sha256,
            parser=self._job.parser(self._source),
            run=self._job.run,
            declared=declared,
        )

    def _load(self, results: Sequence[Article | Rejection]) -> list[Outcome | Rejection]:
        """What becomes of each, in its place."""
        plan = self._sink.plan([result for result in results if isinstance(result, Article)])
        outcomes = iter(plan.outcomes if self._dry_run else self._sink.apply(plan))
        return [next(outcomes) if isinstance(result, Article) else result for result in results]

    def _mark(
        self, entries: list[Entry], stamps: list[DumpStamp], outcomes: list[Outcome | Rejection]
    ) -> None:
        good = []
        bad: dict[str, tuple[DumpStamp, dict[str, Rejection]]] = {}
        for entry, stamp, outcome in zip(entries, stamps, outcomes, strict=True):
            if isinstance(outcome, Rejection):
                bad.setdefault(stamp.sha256 + stamp.dump, (stamp, {}))[1][entry.id] = outcome
            else:
                good.append(entry.id)
        if good:
            self._quarantine.mark(good, "resolved", self._job.run)
        for stamp, rejections in bad.values():
            self._quarantine.renew(stamp, rejections)


def _content(entry: Entry) -> tuple[str, str]:
    return entry.dump, entry.sha256
