"""One chunk of work, wherever it runs: read, transform, write, and enter it in the ledger."""

import time

from etl.errors import DumpError
from etl.extract.dump import read_batches
from etl.extract.opening import digest, fetched, read_small
from etl.extract.types import Dump
from etl.load.ledger import Ledger, load_id
from etl.load.store import Store
from etl.pipeline.job import Chunk, ChunkReport, DumpTime, Failure, Job, PartReport, Stop, never
from etl.pipeline.small import load_small
from etl.pipeline.writer import BlockWriter


def load_chunk(chunk: Chunk, job: Job, store: Store, stop: Stop = never) -> ChunkReport:
    """Load a chunk. The same function runs here, in a worker process, and on a cluster.

    A dump that cannot be read (any further) is a failure in the report; what it gave stays loaded.

    Raises:
        StoreError: the store is gone or refuses; the chunk can be run again.
    """
    if chunk.small:
        return load_small(chunk, job, store, stop)
    (dump,) = chunk.dumps
    started = time.monotonic()
    ledger = Ledger(store)
    try:
        with fetched(dump) as local:
            sha256 = chunk.sha256 or digest(local)
            stamp = job.stamp(chunk.source, dump, sha256)
            this = load_id(stamp)
            if chunk.parts == 1:
                if this in ledger.finished([this]):
                    return ChunkReport(chunk.source.name, chunk.size, skipped=1)
                ledger.begin(this, stamp, chunk.size)
            part = _load_blocks(chunk, local, BlockWriter(this, stamp, chunk.source, job, store), stop)
    except DumpError as error:
        # Not even its digest: there is nothing to enter in the ledger.
        failure = Failure(dump.uri, error.message)
        return ChunkReport(chunk.source.name, chunk.size, failures=(failure,))
    seconds = time.monotonic() - started
    part = PartReport(this, dump.uri, chunk.parts, part.error, part.interrupted, seconds)
    if chunk.parts > 1:
        return ChunkReport(chunk.source.name, chunk.size, part=part, interrupted=part.interrupted)
    return close_dump(part, chunk.source.name, ledger, chunk.size)


def close_dump(part: PartReport, source: str, ledger: Ledger, size: int = 0) -> ChunkReport:
    """Close the books of a dump whose parts are all in: `finished` is written last of all."""
    times = (DumpTime(part.dump, part.seconds),)
    if part.error is not None:
        counts = ledger.fail(part.load_id, part.error)
        failure = Failure(part.dump, part.error)
        return ChunkReport(source, size, counts=counts, failures=(failure,), times=times)
    if part.interrupted:
        counts = ledger.interrupt(part.load_id)
        return ChunkReport(source, size, counts=counts, times=times, interrupted=True)
    counts = ledger.finish(part.load_id)
    return ChunkReport(source, size, loaded=1, counts=counts, times=times)


class _Part:
    """How far a part came."""

    error: str | None = None
    interrupted: bool = False


def _load_blocks(chunk: Chunk, dump: Dump, writer: BlockWriter, stop: Stop) -> _Part:
    part = _Part()
    try:
        for batch in read_batches(chunk, dump, writer.done):
            writer.write(batch)
            if stop():
                part.interrupted = True
                break
    except DumpError as error:
        part.error = error.message
    return part
