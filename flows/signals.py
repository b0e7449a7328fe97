"""Ctrl-C and SIGTERM: the first ends the run after the batch in hand, the second ends it at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from etl.pipeline.job import Stop


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """A `Stop` that turns true at the first SIGINT or SIGTERM; the second one is the usual one again."""
    stopping = False
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def remember(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        restore()

    for number in before:
        signal.signal(number, remember)
    try:
        yield lambda: stopping
    finally:
        restore()
