"""The planner: found dumps in, chunks of work out, lazily.

Small plain files are grouped; a large plain line dump is hashed and cut into blocks in one pass, and
its blocks shared out; a large compressed line dump becomes stripes (each worker decompresses all of it
and takes every n-th block, which costs less than sending lines between processes), and so does any other
dump of a format that is read quickly, an archive of such too; anything else is one chunk.
"""

from collections.abc import Callable, Iterable, Iterator

from etl.errors import DumpError
from etl.extract.dump import is_compressed_lines, is_small
from etl.extract.lines import BLOCK_BYTES
from etl.extract.types import Dump, Reading, Skipped
from etl.load.ledger import Ledger, load_id
from etl.pipeline.cutting import Cutter, cut, is_large
from etl.pipeline.job import Chunk, ChunkReport, Failure, Job, Span
from etl.pipeline.settled import finished
from etl.sources import Source

GROUP_BYTES = 8 << 20
GROUP_FILES = 2000
_MOST_READERS = 4
"""Workers that each read and parse the whole of a dump: more would do little else."""
_FEWEST_BLOCKS = 2
"""Of a chunk: with fewer, asking for the next one is what takes the time."""


class Planner:
    """Plans the dumps of a run."""

    def __init__(
        self,
        job: Job,
        ledger: Ledger,
        workers: int,
        *,
        expect: Callable[[], object] = lambda: None,
        cut: Cutter = cut,
    ) -> None:
        """Args:
        expect: called when a chunk is likely to come in a moment, once a dump is hashed.
        cut: cuts a large dump; it may have begun with it before.
        """
        self._job = job
        self._ledger = ledger
        self._workers = workers
        self._expect = expect
        self._cut = cut

    def plan(self, source: Source, found: Iterable[Dump | Skipped]) -> Iterator[Chunk | ChunkReport]:
        """Chunks for the workers, and reports of what needs no worker: finished before, or not to be read."""
        reading = self._job.reading(source)
        group: list[Dump] = []
        size = 0
        try:
            for dump in found:
                if isinstance(dump, Skipped):
                    yield ChunkReport(source.name, notices=(f"{dump.uri}: {dump.reason}",))
                elif is_small(dump, reading):
                    group.append(dump)
                    size += dump.size or 0
                    if size >= GROUP_BYTES or len(group) >= GROUP_FILES:
                        yield Chunk(source, tuple(group), size, small=True)
                        group, size = [], 0
                else:
                    yield from self._large(source, dump, reading)
        except DumpError as error:  # a path that leads nowhere
            yield ChunkReport(source.name, failures=(Failure(error.dump, error.message),))
        if group:
            yield Chunk(source, tuple(group), size, small=True)

    def _large(self, source: Source, dump: Dump, reading: Reading) -> Iterator[Chunk | ChunkReport]:
        """The chunks of one dump; where it cannot be read, a report that says so."""
        size = dump.size or 0
        if self._workers < 2 or not is_large(dump):
            yield Chunk(source, (dump,), size)
            return
        if not self._ledger.looks_finished(source.name, dump.uri, size):
            self._expect()
        try:
            found = self._cut(dump, reading)
        except DumpError as error:
            yield ChunkReport(source.name, size, failures=(Failure(dump.uri, error.message),))
            return
        if found is None:
            yield Chunk(source, (dump,), size)
            return
        sha256, spans = found
        stamp = self._job.stamp(source, dump, sha256)
        this = load_id(stamp)
        if finished(self._ledger, self._job, [this]):
            yield ChunkReport(source.name, size, skipped=1)
            return
        self._ledger.begin(this, stamp, size)
        if spans:
            yield from self._spans(source, dump, sha256, spans)
        else:
            most = self._workers if is_compressed_lines(dump, reading) else _MOST_READERS
            yield from self._stripes(source, dump, sha256, min(self._workers, most))

    def _spans(self, source: Source, dump: Dump, sha256: str, spans: tuple[Span, ...]) -> Iterator[Chunk]:
        most = max(1, self._job.settings.runner.chunk_bytes // BLOCK_BYTES)
        pieces = list(_shares(spans, most, self._workers))
        for some in pieces:
            length = sum(span.length for span in some)
            parts, blocks = len(pieces), len(spans)
            yield Chunk(source, (dump,), length, sha256, spans=some, parts=parts, blocks=blocks)

    def _stripes(self, source: Source, dump: Dump, sha256: str, n: int) -> Iterator[Chunk]:
        for stripe in range(n):
            size = (dump.size or 0) // n
            yield Chunk(source, (dump,), size, sha256, stripe=stripe, stripes=n, parts=n)


def _shares(spans: tuple[Span, ...], most: int, workers: int) -> Iterator[tuple[Span, ...]]:
    """The blocks in pieces that become smaller towards the end, so that all workers are done at once.

    Each piece is an even share of half of what is left: guided self-scheduling (Polychronopoulos and Kuck,
    1987), but for the half, for blocks do not all cost the same.
    """
    first = 0
    while first < len(spans):
        share = (len(spans) - first) // (2 * workers)
        each = max(_FEWEST_BLOCKS, min(most, share))
        yield spans[first : first + each]
        first += each
