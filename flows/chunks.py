"""Chunks as Prefect tasks: seconds of work each, watched in the UI.

A task run costs Prefect tens of milliseconds, so a task is a chunk, never an article. The task itself
only waits: the work is done in worker processes, or in this one for a small run.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from concurrent.futures import Future

from prefect import task
from prefect.cache_policies import NO_CACHE

from etl.pipeline.chunk import load_chunk
from etl.pipeline.job import Chunk, ChunkReport, Job, Stop
from etl.pipeline.workers import Workers, at_work, start_importing
from flows.tasks import label_of, submitted
from flows.workshop import SMALL_RUN, Workshop

Work = Callable[[Chunk], ChunkReport]


# Neither cached nor retried by Prefect: the ledger knows what is finished, and every write inside has
# a retry budget of its own.
@task(name="load-chunk", task_run_name="{label}", cache_policy=NO_CACHE, persist_result=False)
def load_chunk_task(label: str, chunk: Chunk, work: Work) -> ChunkReport:
    """Load one chunk and give its report."""
    return work(chunk)


class PrefectTasks:
    """A runner whose chunks are tasks of the current flow run."""

    def __init__(self, shop: Workshop, size: int) -> None:
        self._shop = shop
        self._small = size < SMALL_RUN or shop.workers == 1
        self.workers = shop.workers

    def run(self, chunks: Iterable[Chunk], job: Job, stop: Stop) -> Iterator[ChunkReport]:
        if self._small:
            store = self._shop.store
            yield from _as_tasks(chunks, lambda chunk: load_chunk(chunk, job, store, stop), 2, stop)
            return
        connection, workers = self._shop.connection, Workers(self.workers)
        with at_work(workers):
            work = through(lambda chunk: workers.submit(chunk, job, connection), stop, workers.stop)
            yield from _as_tasks(chunks, work, 2 * self.workers, stop)

    def get_ready(self) -> None:
        """Begin to start what worker processes are forked from, where there are to be any."""
        if not self._small:
            start_importing()


def _as_tasks(chunks: Iterable[Chunk], work: Work, ahead: int, stop: Stop) -> Iterator[ChunkReport]:
    return submitted(chunks, lambda chunk: load_chunk_task.submit(label_of(chunk), chunk, work), ahead, stop)


def through(
    submit: Callable[[Chunk], "Future[ChunkReport]"], stop: Stop, on_stop: Callable[[], object]
) -> Work:
    """The work as done by a worker process, which `on_stop` is to tell when the run is to stop."""

    def wait(chunk: Chunk) -> ChunkReport:
        future = submit(chunk)
        while True:
            done, _ = futures.wait([future], timeout=0.5)
            if stop():
                on_stop()
            if done:
                return future.result()

    return wait
