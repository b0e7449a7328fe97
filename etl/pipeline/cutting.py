"""Large dumps of lines: their digest, and the blocks that they are cut into.

To read a dump for its digest takes as long as to import all that loads it. So a command may have its first
dump cut in a process of its own from the moment that it knows it. Nothing heavy is imported here.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import starmap
from multiprocessing.connection import Connection

from etl.errors import DumpError
from etl.extract.dump import is_compressed_lines, is_plain_lines, is_quickly_read
from etl.extract.lines import BLOCK_BYTES, line_places
from etl.extract.opening import Hashing, digest, open_raw
from etl.extract.types import Dump, Reading, Skipped
from etl.pipeline.job import Span

SPLIT_BYTES = 8 << 20
"""A line dump below this is one chunk."""

Cut = tuple[str, tuple[Span, ...]]
"""SHA-256 (hex) of a dump, and its blocks of whole lines; none where it must be read from its start."""
Cutter = Callable[[Dump, Reading], Cut | None]
"""Cuts a dump; None where it is not one to be shared out. Raises `DumpError` where it cannot be read."""


def is_large(dump: Dump) -> bool:
    """Whether it is worth sharing out."""
    return (dump.size or 0) >= SPLIT_BYTES


def cut(dump: Dump, reading: Reading) -> Cut | None:
    """The `Cutter` that reads the dump here and now."""
    if is_plain_lines(dump, reading):
        return cut_lines(dump)
    if is_compressed_lines(dump, reading) or is_quickly_read(dump, reading):
        return digest(dump), ()
    return None


def cut_lines(dump: Dump) -> Cut:
    """One pass over a plain line dump. Raises `DumpError`."""
    with Hashing() as hashing, open_raw(dump, watch=hashing.update) as stream:
        spans = tuple(starmap(Span, line_places(stream, block_bytes=BLOCK_BYTES)))
    return hashing.hexdigest(), spans


@contextmanager
def cutting_ahead(found: Iterable[Dump | Skipped], reading: Reading) -> Iterator[Cutter]:
    """A `Cutter` that has begun with the first large dump, for as long as the block runs.

    Only where a process can be forked safely, as for `etl.pipeline.workers.forked`; else it is `cut`.
    """
    first = next((one for one in found if isinstance(one, Dump) and one.local and is_large(one)), None)
    if first is None or sys.platform != "linux" or threading.active_count() > 1:
        yield cut
        return
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_cut_for, args=(sender, first, reading), name="cut", daemon=True
    )
    process.start()
    sender.close()

    def cut_or_take(dump: Dump, reading: Reading) -> Cut | None:
        if dump is not first or receiver.closed:
            return cut(dump, reading)
        try:
            result: Cut | DumpError | None = receiver.recv()
        except EOFError:  # killed from outside: to do its work again is all that it takes
            result = cut(dump, reading)
        receiver.close()
        if isinstance(result, DumpError):
            raise result
        return result

    try:
        yield cut_or_take
    finally:
        process.kill()
        process.join()
        receiver.close()


def _cut_for(sender: Connection, dump: Dump, reading: Reading) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        result: Cut | DumpError | None = cut(dump, reading)
    except DumpError as error:
        result = error
    except Exception:
        os._exit(1)  # whoever asks for the work does it again, and meets the fault where it can be told
    try:
        sender.send(result)
    except OSError:
        pass  # the parent was killed
    os._exit(0)
