"""The books of a run: reports of chunks in, one report of the run out."""

import heapq
from collections.abc import Sequence

from etl.errors import BooksError
from etl.model import Counts
from etl.pipeline.job import (
    ChunkReport,
    DumpTime,
    Failure,
    LoadReport,
    Miss,
    PartReport,
    SourceReport,
    State,
)

SLOWEST = 5
"""How many of the slowest dumps a report names."""


class Books:
    """Adds up what chunks report, and puts the parts of a dump together again."""

    def __init__(self) -> None:
        self._sources: dict[str, SourceReport] = {}
        self._failures: list[Failure] = []
        self._notices: list[str] = []
        self._slowest: list[tuple[float, str]] = []
        self._parts: dict[str, list[PartReport]] = {}
        self._source_of: dict[str, str] = {}
        self._interrupted = False
        self._misses: list[Miss] = []
        self._failed = False

    def add(self, report: ChunkReport) -> PartReport | None:
        """Enter a chunk's report.

        Returns:
            The last word on a dump of several parts, once all of them are in: whoever gets it closes
            the dump in the ledger and enters what that gives by `add`.
        """
        before = self._sources.get(report.source, SourceReport())
        self._sources[report.source] = SourceReport(
            counts=before.counts + report.counts,
            loaded=before.loaded + report.loaded,
            skipped=before.skipped + report.skipped,
            failed=before.failed + len(report.failures),
            fields=before.fields + report.fields,
        )
        self._failures += report.failures
        self._notices += report.notices
        self._interrupted = self._interrupted or report.interrupted
        for time in report.times:
            heapq.heappush(self._slowest, (time.seconds, time.dump))
            if len(self._slowest) > SLOWEST:
                heapq.heappop(self._slowest)
        if report.part is None:
            return None
        self._source_of[report.part.load_id] = report.source
        return self._together(report.part)

    def of(self, source: str) -> SourceReport:
        """What was entered of a source so far."""
        return self._sources.get(source, SourceReport())

    def miss(self, misses: Sequence[Miss], *, fail: bool) -> None:
        """Enter expectations that a source's part of the run did not meet, and whether that fails the run."""
        self._misses += misses
        self._failed = self._failed or (fail and bool(misses))

    def interrupt(self) -> None:
        """Enter that the run is stopped before all was done."""
        self._interrupted = True

    def unfinished(self) -> list[tuple[str, PartReport]]:
        """Dumps of which some parts never reported, for the run ended before: source, and last word.

        They are no longer waited for; what closing them gives is to be entered by `add`.
        """
        left = [
            (self._source_of[this], _joined(parts, ended_early=True)) for this, parts in self._parts.items()
        ]
        self._parts.clear()
        return left

    def report(self, run: str, seconds: float, error: str | None) -> LoadReport:
        """The report of the run.

        Raises:
            BooksError: a record is without an outcome, or has two.
        """
        counts = sum((source.counts for source in self._sources.values()), Counts())
        if not counts.balanced():
            raise BooksError(f"run {run} does not balance: {counts}")
        return LoadReport(
            run=run,
            state=self._state(counts, error),
            counts=counts,
            loaded=sum(source.loaded for source in self._sources.values()),
            skipped=sum(source.skipped for source in self._sources.values()),
            failed=sum(source.failed for source in self._sources.values()),
            seconds=seconds,
            sources=dict(sorted(self._sources.items())),
            failures=tuple(self._failures),
            notices=tuple(self._notices),
            slowest=tuple(DumpTime(dump, s) for s, dump in sorted(self._slowest, reverse=True)),
            error=error,
            misses=tuple(self._misses),
            interrupted=self._interrupted or bool(self._parts),
        )

    def _together(self, part: PartReport) -> PartReport | None:
        parts = self._parts.setdefault(part.load_id, [])
        parts.append(part)
        if len(parts) < part.parts:
            return None
        del self._parts[part.load_id]
        return _joined(parts)

    def _state(self, counts: Counts, error: str | None) -> State:
        if error or self._failures or self._failed:
            return "failed"
        if self._interrupted or self._parts:
            return "interrupted"
        if counts.rejected or self._notices or self._misses:
            return "completed_with_warnings"
        return "completed"


def _joined(parts: list[PartReport], *, ended_early: bool = False) -> PartReport:
    """One word on a dump from those on its parts."""
    return PartReport(
        load_id=parts[0].load_id,
        dump=parts[0].dump,
        parts=parts[0].parts,
        blocks=parts[0].blocks,
        error=next((part.error for part in parts if part.error), None),
        interrupted=ended_early or any(part.interrupted for part in parts),
        seconds=max(part.seconds for part in parts),
    )
