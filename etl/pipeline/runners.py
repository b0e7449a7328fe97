"""Where chunks run: in this process, or in processes of their own.

A runner takes chunks from the planner only as workers come free, so that a plan of any length stays
small in memory. Another one, over Prefect tasks, lives in `flows`.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import forkserver
from multiprocessing.synchronize import Event
from typing import Protocol

import msgspec

from etl.errors import StoreError
from etl.load.store import Store, connected
from etl.pipeline.chunk import load_chunk
from etl.pipeline.job import Chunk, ChunkReport, Job, Stop


class Connection(msgspec.Struct, frozen=True):
    """How a worker process reaches the store. Handed over a pipe; never written anywhere."""

    uri: str
    database: str

    def __repr__(self) -> str:
        return f"Connection(database={self.database!r})"


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
    """Runs chunks in worker processes; each reads, transforms, encodes and writes on its own."""

    def __init__(self, connection: Connection, processes: int) -> None:
        self._connection = connection
        self._processes = processes

    def run(self, chunks: Iterable[Chunk], job: Job, stop: Stop) -> Iterator[ChunkReport]:
        with worker_pool(self._connection, job, self._processes) as (pool, work, stopping):
            yield from as_they_come(
                lambda chunk: pool.submit(work, chunk), chunks, 2 * self._processes, stop, stopping
            )

    def get_ready(self) -> None:
        """Begin to start what worker processes are forked from; it imports while a dump is hashed."""
        start_importing()


@contextmanager
def worker_pool(
    connection: Connection, job: Job, processes: int
) -> Iterator[tuple[ProcessPoolExecutor, Callable[[Chunk], ChunkReport], Callable[[], None]]]:
    """Worker processes that know the job and the store.

    Yields:
        The pool, the function to submit chunks to, and one that asks all workers to stop after the
        batch in hand.

    Raises:
        StoreError: a worker was killed from outside.
    """
    context = _context()
    stopping = context.Event()
    pool = ProcessPoolExecutor(
        processes,
        mp_context=context,
        initializer=_start_worker,
        initargs=(connection, job, stopping),
    )
    try:
        yield pool, _work, stopping.set
    except BrokenProcessPool:
        raise StoreError(
            "a worker process was killed (out of memory?); what it had loaded stays, "
            "start the run again to load the rest"
        ) from None
    except (KeyboardInterrupt, SystemExit):
        # Asked for a second time: not even the batch in hand is waited for. The next run takes it up.
        for worker in list((pool._processes or {}).values()):
            worker.kill()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    except BaseException:
        stopping.set()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    finally:
        pool.shutdown(wait=True)


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


def start_importing() -> None:
    """Start the process that workers are forked from, if there is to be one. Does not wait for it."""
    if _context().get_start_method() == "forkserver":
        forkserver.ensure_running()


def _context() -> multiprocessing.context.BaseContext:
    """A start method that never forks a process with threads, and imports the package only once."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["etl.pipeline.runners"])
    return context


_worker: tuple[Store, Job, Event] | None = None


def _start_worker(connection: Connection, job: Job, stopping: Event) -> None:
    global _worker  # noqa: PLW0603 - a worker process serves one run
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    _die_with_parent()
    settings = job.settings
    store = connected(connection.uri, connection.database, settings.store, settings.retry)
    _worker = (store, job, stopping)


def _work(chunk: Chunk) -> ChunkReport:
    assert _worker is not None  # noqa: S101 - set by the initializer
    store, job, stopping = _worker
    return load_chunk(chunk, job, store, stopping.is_set)


def _die_with_parent() -> None:
    """End this process when the run's process goes, killed or not, in whatever it is doing.

    The fork server is no sign of that: it stays for as long as a worker holds the pipe that it listens to,
    and a worker that waits for work holds the other end of its own queue, so both would wait for ever.
    """
    run = multiprocessing.parent_process()
    assert run is not None  # noqa: S101 - a worker process has one

    def follow() -> None:
        run.join()
        os._exit(1)  # the next run takes up what is half done, as after any kill

    threading.Thread(target=follow, name="follow the run's process", daemon=True).start()
