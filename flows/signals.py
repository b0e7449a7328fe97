"""Ctrl-C and SIGTERM: the first ends the run after the batch in hand, a later one ends it at once."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from etl.pipeline.job import Stop

_ONE_AND_THE_SAME = 2.0
"""Seconds in which a further signal is an echo of the first: Ctrl-C at a terminal goes to every process of
`article-etl up`, which then passes it on to the run."""

_GRACE = 5.0
"""Seconds to leave in order after a second signal. A thread that waits for a server's reply cannot be
interrupted, and Prefect waits for the threads of its tasks."""


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """A `Stop` that turns true at the first SIGINT or SIGTERM; a later one is the usual one again."""
    first: float | None = None
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def remember(number: int, frame: FrameType | None) -> None:
        nonlocal first
        if first is None:
            first = time.monotonic()
        elif time.monotonic() - first > _ONE_AND_THE_SAME:
            restore()
            end = threading.Timer(_GRACE, os._exit, [128 + number])
            end.daemon = True
            end.start()
            signal.raise_signal(number)

    for number in before:
        signal.signal(number, remember)
    try:
        yield lambda: first is not None
    finally:
        restore()
