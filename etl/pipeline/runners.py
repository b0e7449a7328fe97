"""Where chunks run: in this process, or in processes of their own.

A runner takes chunks from the planner only as workers come free, so that a plan of any length stays
small in memory. Another one, over Prefect tasks, lives in `flows`.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from typing import Protocol

from etl.load.store import Store
from etl.pipeline.chunk import load_chunk
from etl.pipeline.job import Chunk, ChunkReport, Job, Stop
from etl.pipeline.workers import Connection, Workers, at_work, start_importing


class Runner(Protocol):
    """Takes the chunks of a job and gives their reports as they come."""

    def run(self, chunks: Iterable[Chunk], job: Job, stop: Stop) -> Iterator[ChunkReport]: ...

    def get_ready(self) -> None:
        """Chunks are likely to come in a moment. Does not wait."""


class Here:
    """Runs chunks one after another in this process."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def run(self, chunks: Iterable[Chunk], job: Job, stop: Stop) -> Iterator[ChunkReport]:
        for chunk in chunks:
            yield load_chunk(chunk, job, self._store, stop)
            if stop():
                return

    def get_ready(self) -> None:
        """Nothing to do."""


class Processes:
    """Runs chunks in worker processes: those given, else as many as are asked for, started for a run."""

    def __init__(self, connection: Connection, processes: int, workers: Workers | None = None) -> None:
        self._connection = connection
        self._processes = processes
        self._workers = workers

    def run(self, chunks: Iterable[Chunk], job: Job, stop: Stop) -> Iterator[ChunkReport]:
        workers = self._workers or Workers(self._processes)
        with at_work(workers):
            yield from as_they_come(
                lambda chunk: workers.submit(chunk, job, self._connection),
                chunks,
                2 * self._processes,
                stop,
                workers.stop,
            )

    def get_ready(self) -> None:
        """Begin to start what workers are forked from; it imports while a dump is hashed."""
        if self._workers is None:
            start_importing()


def as_they_come(
    submit: Callable[[Chunk], "Future[ChunkReport]"],
    chunks: Iterable[Chunk],
    ahead: int,
    stop: Stop,
    on_stop: Callable[[], object] = lambda: None,
) -> Iterator[ChunkReport]:
    """Submit chunks, never more than `ahead` unfinished ones, and give reports in order of completion.

    Once `stop` says so, no further chunk is submitted and `on_stop` is called; what is under way
    still reports.
    """
    source = iter(chunks)
    pending: set[Future[ChunkReport]] = {submit(chunk) for chunk in islice(source, ahead)}
    stopped = False
    while pending:
        done, pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
        if not stopped and stop():
            stopped = True
            on_stop()
            pending = {future for future in pending if not future.cancel()}
        if not stopped:
            pending |= {submit(chunk) for chunk in islice(source, len(done))}
        for future in done:
            yield future.result()
