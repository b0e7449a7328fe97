"""Who else looks on while a flow runs in this process: the progress bar of `nightly` and `demo`."""

from collections.abc import Callable
from contextvars import ContextVar

from etl.pipeline.job import ChunkReport


def _nobody(report: ChunkReport) -> None:
    return None


watcher: ContextVar[Callable[[ChunkReport], None]] = ContextVar("watcher", default=_nobody)
"""Called with every chunk report of a flow run in the same thread."""
