"""Chunks as tasks: how a stop reaches what is under way."""

import threading
from concurrent.futures import ThreadPoolExecutor

from etl.extract.types import Dump
from etl.pipeline.job import Chunk, ChunkReport
from etl.sources import ADHOC

CHUNK = Chunk(ADHOC, (Dump("a", "a", 1),), 1)


def test_a_stop_reaches_a_worker_in_the_midst_of_its_chunk() -> None:
    from flows.chunks import through

    told = threading.Event()

    def work(chunk: Chunk) -> ChunkReport:
        assert told.wait(20)
        return ChunkReport(chunk.source.name, interrupted=True)

    with ThreadPoolExecutor(1) as pool:
        assert through(lambda chunk: pool.submit(work, chunk), lambda: True, told.set)(CHUNK).interrupted
