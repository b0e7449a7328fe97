"""Worker processes: each reads, transforms, encodes and writes chunks on its own.

They are forked from this very process where that is safe, and else from a fork server. Forked from here
they cost nothing to start, and share the pages of what is imported with a process that is needed anyway;
a fork server is one more process of 30 MiB.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from multiprocessing.synchronize import Event

import msgspec

from etl.errors import StoreError
from etl.load.store import Store, connected
from etl.pipeline.chunk import load_chunk
from etl.pipeline.job import Chunk, ChunkReport, Job


class Connection(msgspec.Struct, frozen=True):
    """How a worker process reaches the store. Handed over a pipe; never written anywhere."""

    uri: str
    database: str

    def __repr__(self) -> str:
        return f"Connection(database={self.database!r})"


class Workers:
    """Worker processes that wait for chunks, of one job after another."""

    def __init__(self, processes: int, context: BaseContext | None = None) -> None:
        if context is None:
            start_importing()
            context = _forkserver()
        self._stopping = context.Event()
        self._pool = ProcessPoolExecutor(
            processes, mp_context=context, initializer=_start_worker, initargs=(self._stopping,)
        )

    def submit(self, chunk: Chunk, job: Job, connection: Connection) -> "Future[ChunkReport]":
        """Have a worker load a chunk."""
        return self._pool.submit(_work, chunk, job, connection)

    def stop(self) -> None:
        """Ask all workers to stop after the batch in hand."""
        self._stopping.set()

    def kill(self) -> None:
        """End all workers at once; what they had in hand is taken up by the next run."""
        for worker in list((self._pool._processes or {}).values()):
            worker.kill()

    def close(self) -> None:
        """Wait for the workers to end, without beginning anything new. To close again does nothing."""
        self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def forked(processes: int) -> Iterator[Workers | None]:
    """Workers forked from this process, for as long as the block runs; None where that is not safe.

    A fork takes along only the thread that forks, and whatever locks the others held stay locked. So
    it is safe while there is one thread: before there is a client of the server, whose monitors are
    threads. macOS's own libraries forbid it even then.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        yield None
        return
    # What is there now is never garbage. A collection would write to the head of each object, and so
    # part the pages that the processes share.
    gc.collect()
    gc.freeze()
    workers = Workers(processes, multiprocessing.get_context("fork"))
    workers._pool.submit(os.getpid).result()  # an executor that forks starts all of its workers at the first
    try:
        yield workers
    finally:
        workers.close()


@contextmanager
def at_work(workers: Workers) -> Iterator[None]:
    """Wait at the end of the block for what the workers have in hand, or stop them where it fails.

    Raises:
        StoreError: a worker was killed from outside.
    """
    try:
        yield
    except BrokenProcessPool:
        raise StoreError(
            "a worker process was killed (out of memory?); what it had loaded stays, "
            "start the run again to load the rest"
        ) from None
    except (KeyboardInterrupt, SystemExit):
        # Asked for a second time: not even the batch in hand is waited for. The next run takes it up.
        workers.kill()
        raise
    except BaseException:
        workers.stop()
        raise
    finally:
        workers.close()


def start_importing() -> None:
    """Start the process that workers are forked from, if there is to be one. Does not wait for it."""
    if _forkserver().get_start_method() == "forkserver":
        resource_tracker.ensure_running()  # whose start lets SIGTERM through again
        with _sigterm_held():  # the fork server ends with the pipe that it listens to
            forkserver.ensure_running()


def _forkserver() -> BaseContext:
    """A start method that never forks a process with threads, and imports the package only once."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h
_CONTAINERS = 50_000
"""New containers between two looks for cycles: those of some ten blocks."""

_stopping: Callable[[], bool] = bool  # set by the initializer; a worker process serves one pool
_serves: tuple[Job, Connection, Store] | None = None


def _start_worker(stopping: Event) -> None:
    global _stopping  # noqa: PLW0603
    _stopping = stopping.is_set
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    _heed_only_the_parent()
    collect_seldom()
    keep_middling_buffers()
    _die_with_parent()


def _work(chunk: Chunk, job: Job, connection: Connection) -> ChunkReport:
    global _serves  # noqa: PLW0603 - a connection is kept for the chunks to come
    if _serves is None or _serves[0].run != job.run or _serves[1] != connection:
        if _serves is not None:
            _serves[2].close()
        settings = job.settings
        store = connected(connection.uri, connection.database, settings.store, settings.retry)
        _serves = (job, connection, store)
    job, _, store = _serves  # of the copies that came with the chunks, one is kept
    try:
        return load_chunk(chunk, job, store, _stopping)
    finally:
        gc.collect(0)  # what a chunk leaves in cycles (the driver makes some), while it is little


def collect_seldom() -> None:
    """Let the garbage collector of a process that does nothing but load pass over what is there already.

    A record makes containers and no cycles. By default every 700 of them are a reason to look, and in the
    long run to look through every module: a tenth of a load's CPU.
    """
    gc.freeze()
    gc.set_threshold(_CONTAINERS, 10, 10)


def keep_middling_buffers() -> None:
    """Let glibc give buffers of 4 MiB or more back to the system as soon as they are free, and keep the rest.

    Left to itself it would keep buffers of any size once it has seen one freed, and what is allocated in
    between holds the gaps open: memory grows with time. And it would give back whatever is free at the end
    of the heap, only to ask for it again with the next block: a tenth of a load's CPU is in the kernel then,
    clearing pages. Elsewhere than on glibc nothing happens.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_MMAP_THRESHOLD, 4 << 20)
            mallopt(_M_TRIM_THRESHOLD, 16 << 20)


def _heed_only_the_parent() -> None:
    """End at a SIGTERM of the run's process, and let it decide what anybody else's means.

    A service manager, and `timeout`, send theirs to every process of the run.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if not hasattr(signal, "sigwaitinfo"):  # neither macOS nor Windows says who sent a signal
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    run = multiprocessing.parent_process()
    assert run is not None  # noqa: S101 - a worker process has one

    def heed() -> None:
        while signal.sigwaitinfo({signal.SIGTERM}).si_pid != run.pid:
            pass
        os._exit(1)

    threading.Thread(target=heed, name="heed the run's process", daemon=True).start()


@contextmanager
def _sigterm_held() -> Iterator[None]:
    """What is started meanwhile takes no SIGTERM, nor do its children."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _die_with_parent() -> None:
    """End this process when the run's process goes, killed or not, in whatever it is doing.

    A fork server is no sign of that: it stays for as long as a worker holds the pipe that it listens to,
    and a worker that waits for work holds the other end of its own queue, so both would wait for ever.
    """
    run = multiprocessing.parent_process()
    assert run is not None  # noqa: S101 - a worker process has one

    def follow() -> None:
        run.join()
        os._exit(1)  # the next run takes up what is half done, as after any kill

    threading.Thread(target=follow, name="follow the run's process", daemon=True).start()
