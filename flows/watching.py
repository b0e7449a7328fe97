"""Who else looks on while a flow runs in this process: the commands `nightly`, `backfill` and `demo`."""

from collections.abc import Callable
from contextvars import ContextVar

from etl.pipeline.job import ChunkReport, LoadReport


def _nobody(report: ChunkReport | LoadReport) -> None:
    return None


watcher: ContextVar[Callable[[ChunkReport], None]] = ContextVar("watcher", default=_nobody)
"""Called with every chunk report of a flow run in the same thread."""

reported: ContextVar[Callable[[LoadReport], None]] = ContextVar("reported", default=_nobody)
"""Called with the report of a flow run in the same thread, before Prefect is told of it."""
