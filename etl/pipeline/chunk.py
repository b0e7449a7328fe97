"""One chunk of work, wherever it runs: read, transform, write, and enter it in the ledger."""

import time

import msgspec

from etl.errors import DumpError
from etl.extract.dump import read_batches
from etl.extract.opening import digest, fetched
from etl.extract.types import Dump
from etl.load.ledger import Ledger, load_id
from etl.load.store import Store
from etl.pipeline.blocks import BlockWriter
from etl.pipeline.job import Chunk, ChunkReport, DumpTime, Failure, Job, PartReport, Stop, never
from etl.pipeline.settled import finished
from etl.pipeline.small import load_small


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
                if finished(ledger, job, [this]):
                    return ChunkReport(chunk.source.name, chunk.size, skipped=1)
                ledger.begin(this, stamp, chunk.size)
            writer = BlockWriter(this, stamp, chunk.source, job, store)
            part = _load_blocks(chunk, local, writer, job, stop)
    except DumpError as error:
        # Not even its digest: there is nothing to enter in the ledger.
        failure = Failure(dump.uri, error.message)
        return ChunkReport(chunk.source.name, chunk.size, failures=(failure,))
    part = msgspec.structs.replace(part, seconds=time.monotonic() - started)
    if chunk.parts > 1:
        return ChunkReport(
            chunk.source.name,
            chunk.size,
            part=part,
            notices=writer.notices(),
            interrupted=part.interrupted,
            fields=writer.fields.counts(),
        )
    report = close_dump(part, chunk.source.name, ledger, chunk.size)
    return msgspec.structs.replace(report, notices=writer.notices(), fields=writer.fields.counts())


def close_dump(part: PartReport, source: str, ledger: Ledger, size: int = 0) -> ChunkReport:
    """Close the books of a dump whose parts are all in: `finished` is written last of all."""
    times = (DumpTime(part.dump, part.seconds),)
    if part.error is None and not part.interrupted:
        counts = ledger.finish(part.load_id, part.blocks)
        return ChunkReport(source, size, loaded=1, counts=counts, times=times)
    if part.error is not None:
        counts = ledger.fail(part.load_id, part.error)
        failure = Failure(part.dump, part.error)
        return ChunkReport(source, size, counts=counts, failures=(failure,), times=times)
    counts = ledger.interrupt(part.load_id)
    return ChunkReport(source, size, counts=counts, times=times, interrupted=True)


def _load_blocks(chunk: Chunk, dump: Dump, writer: BlockWriter, job: Job, stop: Stop) -> PartReport:
    error: str | None = None
    interrupted = False
    batches = read_batches(
        dump,
        job.reading(chunk.source),
        places=chunk.spans,
        stripe=chunk.stripe,
        stripes=chunk.stripes,
        done=writer.done,
    )
    try:
        while (batch := next(batches, None)) is not None:
            writer.take(batch)
            del batch  # with the bytes of its block, which writing needs no more
            writer.write()
            if stop():
                interrupted = True
                break
    except DumpError as fault:
        error = fault.message
    writer.flush()
    return PartReport(writer.load_id, dump.uri, chunk.parts, chunk.blocks, error, interrupted)
