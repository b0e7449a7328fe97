"""Groups of small whole dumps: thousands of text pages at the cost of a few writes.

A group's articles go to the store in one batch, while each dump keeps its own entry in the ledger:
`started` (with its planned outcomes: the intent) before the batch, `finished` or `failed` after it.
"""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from etl.errors import DumpError
from etl.extract.dump import read_dump
from etl.extract.opening import read_small
from etl.extract.types import Dump, Skipped
from etl.load.articles import ArticleSink
from etl.load.decided import Decided, outcomes_of_small
from etl.load.encode import packed
from etl.load.entries import Intent, SmallLoad
from etl.load.journal import Journal, Page, batch_page_id, part, refused_of
from etl.load.ledger import Ledger, load_id
from etl.load.plan import letters
from etl.load.quarantine import Quarantine, entry_ids
from etl.load.small_ledger import SmallLedger
from etl.load.store import Store
from etl.model import Counts, DumpStamp, RawRecord, Rejection
from etl.pipeline.job import Chunk, ChunkReport, DumpTime, Failure, Job, Stop
from etl.pipeline.seen import FieldTally
from etl.pipeline.settled import finished
from etl.pipeline.sorting import (
    Result,
    Sorted,
    counts_of_all,
    normalizer_for,
    refused,
    shared_out,
    sort_out_all,
    split,
)

_TOGETHER = 250
"""Dumps that are read before they are normalized together: enough for columns, and little memory."""


class _Page(msgspec.Struct):
    """One dump of a group, on its way."""

    load_id: str
    dump: Dump
    stamp: DumpStamp
    size: int
    found: Sorted
    error: str | None
    copy: bool
    """Whether this run has the same bytes before it: the ledger's one entry is that of the first."""


class _Due(NamedTuple):
    """A dump that is to be loaded."""

    dump: Dump
    stamp: DumpStamp
    load_id: str
    data: bytes
    copy: bool = False
    """Whether this run has finished the same bytes under another name."""


class _Read(NamedTuple):
    """What was read of a dump."""

    records: list[RawRecord | Rejection]
    error: str | None
    seconds: float


def load_small(chunk: Chunk, job: Job, store: Store, stop: Stop) -> ChunkReport:
    """Load a chunk of small whole dumps. Raises StoreError as `load_chunk` does."""
    loader = _Loader(chunk, job, store)
    for group in _groups(chunk.dumps, job.settings.store.batch_records, job.settings.store.batch_bytes):
        loader.load(group)
        if stop():
            loader.interrupted = group[-1] is not chunk.dumps[-1]
            break
    return loader.report()


def _groups(dumps: Sequence[Dump], most: int, most_bytes: int) -> Iterator[list[Dump]]:
    group: list[Dump] = []
    size = 0
    for dump in dumps:
        group.append(dump)
        size += dump.size or 0
        if len(group) >= most or size >= most_bytes:
            yield group
            group, size = [], 0
    if group:
        yield group


class _Loader:
    def __init__(self, chunk: Chunk, job: Job, store: Store) -> None:
        self.interrupted = False
        self._chunk = chunk
        self._job = job
        self._reading = job.reading(chunk.source)
        self._normalizer = normalizer_for(chunk.source, job)
        self._parser = job.parser(chunk.source)
        self._store = store
        self._ledger = SmallLedger(store)
        self._sink = ArticleSink(store)
        self._quarantine = Quarantine(store)
        self._journal = Journal(store)
        self._counts = Counts()
        self._fields = FieldTally(chunk.source)
        self._loaded = self._skipped = 0
        self._failures: list[Failure] = []
        self._notices: list[str] = []
        self._times: list[DumpTime] = []

    def report(self) -> ChunkReport:
        slowest = sorted(self._times, key=lambda time: time.seconds, reverse=True)
        return ChunkReport(
            self._chunk.source.name,
            self._chunk.size,
            loaded=self._loaded,
            skipped=self._skipped,
            counts=self._counts,
            failures=tuple(self._failures),
            notices=tuple(self._notices),
            times=tuple(slowest[:5]),
            interrupted=self.interrupted,
            fields=self._fields.counts(),
        )

    def load(self, group: list[Dump]) -> None:
        """Load some dumps in one batch."""
        pages = self._pages(self._due(group))
        plan = self._sink.plan([article for page in pages for article in page.found.articles])
        as_planned = [page.found.counts(own) for page, own in shared_out(pages, plan.outcomes)]
        planned = [
            SmallLoad(page.load_id, page.stamp, page.size, counts, letters(own))
            for (page, own), counts in zip(shared_out(pages, plan.outcomes), as_planned, strict=True)
            if not page.copy
        ]
        intents = self._ledger.begin(planned)
        entered = _Entered(self._store, pages, planned, intents)
        self._enter_journal(pages, plan.outcomes)
        self._reject(pages, plan.outcomes)
        resumed = any(intent.resumed for intent in intents.values())
        outcomes = self._sink.apply(
            plan,
            thorough=resumed,
            intended=entered.intended(plan.outcomes) if resumed else None,
            amend=entered.amend,
            recall=lambda: entered.recall(plan.outcomes),
        )
        if len(refused(outcomes)) != len(refused(plan.outcomes)):
            self._reject(pages, outcomes)
            self._enter_journal(pages, outcomes)
        counted = as_planned
        if outcomes != plan.outcomes:
            counted = [page.found.counts(own) for page, own in shared_out(pages, outcomes)]
        self._counts += counts_of_all(pages, outcomes)
        books: dict[str, Counts] = {}
        for page, counts in zip(pages, counted, strict=True):
            self._enter(page, counts)
            if page.error is None and not page.copy:
                books[page.load_id] = counts
        corrected = [this for this, counts in books.items() if counts != intents[this].counts]
        whole = [page for page in pages if page.error is None]
        # Of a dump of which only some days are wanted, not every rejection came up again.
        self._quarantine.resolve([page.stamp for page in whole if page.stamp.days is None])
        self._ledger.finish(books, corrected)

    def _due(self, group: list[Dump]) -> list[_Due]:
        """The dumps that no earlier run finished, read whole."""
        read: list[_Due] = []
        for dump in group:
            try:
                data = read_small(dump)
            except DumpError as error:
                self._failures.append(Failure(dump.uri, error.message))
                continue
            sha256 = hashlib.sha256(data).hexdigest()
            stamp = self._job.stamp(self._chunk.source, dump, sha256, self._parser)
            read.append(_Due(dump, stamp, load_id(stamp), data))
        done = finished(Ledger(self._store), self._job, [one.load_id for one in read])
        due = []
        for one in read:
            before = done.get(one.load_id)
            if before is None:
                due.append(one)
            elif before.run == one.stamp.run and before.dump != one.dump.uri:
                # A copy under another name that this very run has just loaded is read all the same:
                # its records were found, so they are counted, as the duplicates that they are.
                due.append(one._replace(copy=True))
            else:
                self._skipped += 1
        return due

    def _pages(self, due: Sequence[_Due]) -> list[_Page]:
        pages: list[_Page] = []
        seen: set[str] = set()
        for first in range(0, len(due), _TOGETHER):
            some = due[first : first + _TOGETHER]
            for one, (found, error) in zip(some, self._sorted_out(some), strict=True):
                copy = one.copy or one.load_id in seen
                size = len(one.data)
                pages.append(_Page(one.load_id, one.dump, one.stamp, size, found, error, copy))
                seen.add(one.load_id)
        return pages

    def _sorted_out(self, due: Sequence[_Due]) -> Iterator[tuple[Sorted, str | None]]:
        """What each of some dumps gives, ready to be written, and why it could not be read to its end."""
        read = [self._read(one.dump, one.data) for one in due]
        started = time.monotonic()
        pieces = [(got.records, one.stamp) for got, one in zip(read, due, strict=True)]
        found = sort_out_all(pieces, self._normalizer)
        share = (time.monotonic() - started) / len(due)
        for one, got, each in zip(due, read, found, strict=True):
            self._times.append(DumpTime(one.dump.uri, got.seconds + share))
            yield each._replace(articles=packed(each.articles)), got.error

    def _read(self, dump: Dump, data: bytes) -> _Read:
        started = time.monotonic()
        records: list[RawRecord | Rejection] = []
        error: str | None = None
        try:
            for record in read_dump(dump, self._reading, data=data):
                if isinstance(record, Skipped):
                    self._notices.append(f"{record.uri}: {record.reason}")
                else:
                    records.append(record)
        except DumpError as fault:
            error = fault.message
        return _Read(list(self._fields.watch(records)), error, time.monotonic() - started)

    def _enter_journal(self, pages: list[_Page], outcomes: Sequence[Result]) -> None:
        """Enter what each dump gives, before any of it is written."""
        if not pages:
            return
        parts = []
        for page, own in shared_out(pages, outcomes):
            good, bad = split(page.found, own)
            parts.append(part(page.stamp, good, refused_of(entry_ids(page.stamp, bad), bad)))
        run = self._job.run
        names = (f"{page.load_id} {page.dump.uri}" for page in pages)
        self._journal.write(Page(id=batch_page_id(run, names), run=run, parts=parts))

    def _reject(self, pages: list[_Page], outcomes: Sequence[Result]) -> None:
        for page, own in shared_out(pages, outcomes):
            self._quarantine.write(page.stamp, [*refused(own), *page.found.rejections])

    def _enter(self, page: _Page, counts: Counts) -> None:
        if page.error is None:
            self._loaded += 1
        else:
            self._failures.append(Failure(page.dump.uri, page.error))
            if not page.copy:
                self._ledger.fail(page.load_id, page.error, counts)


class _Entered:
    """The outcomes that the ledger has for each dump of a group: those of the attempt before this one, where
    it is resumed. They are amended before anything is written that they do not describe, so that whatever an
    attempt wrote before it died, its successor finds what it had decided.
    """

    def __init__(
        self,
        store: Store,
        pages: Sequence[_Page],
        planned: Sequence[SmallLoad],
        intents: Mapping[str, Intent],
    ) -> None:
        self._store = store
        self._pages = pages
        self._decided = {
            load.load_id: Decided.small(store, load.load_id, intents[load.load_id], load.outcomes)
            for load in planned
        }

    def intended(self, planned: Sequence[Result]) -> str:
        """What was decided for the group; as planned, where nothing was before."""
        intended = self._joined(planned, {this: each.before for this, each in self._decided.items()})
        self.amend(intended)
        return intended

    def recall(self, planned: Sequence[Result]) -> str:
        """The same as it is in the ledger now."""
        return self._joined(planned, outcomes_of_small(self._store, list(self._decided)))

    def amend(self, outcomes: str) -> None:
        """Enter the outcomes of the group, where others are entered."""
        for page, own in shared_out(self._pages, outcomes):
            if not page.copy:
                self._decided[page.load_id].amend(own)

    def _joined(self, planned: Sequence[Result], known: Mapping[str, str | None]) -> str:
        joined = []
        for page, own in shared_out(self._pages, planned):
            entered = None if page.copy else known[page.load_id]
            joined.append(entered if entered is not None and len(entered) == len(own) else letters(own))
        return "".join(joined)
