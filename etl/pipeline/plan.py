"""The planner: found dumps in, chunks of work out, lazily.

Small plain files are grouped; a large plain line dump is hashed and cut into blocks in one pass, and
its blocks shared out; a large compressed line dump becomes stripes (each worker decompresses all of it
and takes every n-th block, which costs less than sending lines between processes); anything else is
one chunk.
"""

from collections.abc import Callable, Iterable, Iterator

from etl.errors import DumpError
from etl.extract.dump import is_compressed_lines, is_plain_lines, is_small
from etl.extract.lines import BLOCK_BYTES, line_blocks
from etl.extract.opening import Hashing, digest, open_raw
from etl.extract.types import Dump, Skipped
from etl.load.ledger import Ledger, load_id
from etl.pipeline.job import Chunk, ChunkReport, Failure, Job, Span
from etl.pipeline.settled import finished
from etl.sources import Source

GROUP_BYTES = 8 << 20
GROUP_FILES = 2000
SPLIT_BYTES = 8 << 20
"""A line dump below this is one chunk."""
_FEWEST_BLOCKS = 4
"""Of a chunk: as many as are written together."""


def plan(
    source: Source,
    found: Iterable[Dump | Skipped],
    job: Job,
    ledger: Ledger,
    workers: int,
    expect: Callable[[], object] = lambda: None,
) -> Iterator[Chunk | ChunkReport]:
    """Chunks for the workers, and reports of what needs no worker: finished before, or not to be read.

    `expect` is called when a chunk is likely to come in a moment, once the dump is hashed.
    """
    planner = _Planner(source, job, ledger, workers, expect)
    group: list[Dump] = []
    size = 0
    try:
        for dump in found:
            if isinstance(dump, Skipped):
                yield ChunkReport(source.name, notices=(f"{dump.uri}: {dump.reason}",))
            elif is_small(dump, planner.reading):
                group.append(dump)
                size += dump.size or 0
                if size >= GROUP_BYTES or len(group) >= GROUP_FILES:
                    yield Chunk(source, tuple(group), size, small=True)
                    group, size = [], 0
            else:
                yield from planner.large(dump)
    except DumpError as error:  # a path that leads nowhere
        yield ChunkReport(source.name, failures=(Failure(error.dump, error.message),))
    if group:
        yield Chunk(source, tuple(group), size, small=True)


class _Planner:
    def __init__(
        self, source: Source, job: Job, ledger: Ledger, workers: int, expect: Callable[[], object]
    ) -> None:
        self.source = source
        self.reading = job.reading(source)
        self._job = job
        self._ledger = ledger
        self._workers = workers
        self._expect = expect

    def large(self, dump: Dump) -> Iterator[Chunk | ChunkReport]:
        """The chunks of one dump; where it cannot be read, a report that says so."""
        size = dump.size or 0
        if self._workers < 2 or size < SPLIT_BYTES:
            yield Chunk(self.source, (dump,), size)
            return
        try:
            plain = is_plain_lines(dump, self.reading)
            if not plain and not is_compressed_lines(dump, self.reading):
                yield Chunk(self.source, (dump,), size)
                return
            if not self._ledger.looks_finished(self.source.name, dump.uri, size):
                self._expect()
            if plain:
                sha256, spans = cut(dump, self._job.settings.limits.record_bytes)
            else:
                sha256, spans = digest(dump), ()
        except DumpError as error:
            yield ChunkReport(self.source.name, size, failures=(Failure(dump.uri, error.message),))
            return
        stamp = self._job.stamp(self.source, dump, sha256)
        this = load_id(stamp)
        if finished(self._ledger, self._job, [this]):
            yield ChunkReport(self.source.name, size, skipped=1)
            return
        self._ledger.begin(this, stamp, size)
        yield from self._spans(dump, sha256, spans) if plain else self._stripes(dump, sha256)

    def _spans(self, dump: Dump, sha256: str, spans: tuple[Span, ...]) -> Iterator[Chunk]:
        most = max(1, self._job.settings.runner.chunk_bytes // BLOCK_BYTES)
        pieces = list(_shares(spans, most, self._workers))
        for some in pieces:
            length = sum(span.length for span in some)
            yield Chunk(self.source, (dump,), length, sha256, spans=some, parts=len(pieces))

    def _stripes(self, dump: Dump, sha256: str) -> Iterator[Chunk]:
        n = self._workers
        for stripe in range(n):
            size = (dump.size or 0) // n
            yield Chunk(self.source, (dump,), size, sha256, stripe=stripe, stripes=n, parts=n)


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


def cut(dump: Dump, max_line_bytes: int) -> tuple[str, tuple[Span, ...]]:
    """One pass over a plain line dump: its SHA-256 (hex) and its blocks of whole lines."""
    spans: list[Span] = []
    with Hashing() as hashing, open_raw(dump, watch=hashing.update) as stream:
        for block in line_blocks(stream, block_bytes=BLOCK_BYTES, max_line_bytes=max_line_bytes):
            spans.append(Span(block.number, block.offset, block.length, block.first_record))
    return hashing.hexdigest(), tuple(spans)
