"""Which runs are alive: a run that was killed cannot say so itself.

A run beats: it renews a field of its document for as long as its process lives. One whose last beat is
older than `LEASE` is dead; so is one whose process was on this machine and is gone.
"""

import logging
import os
import threading
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from pymongo.errors import PyMongoError

from etl.load.entries import now
from etl.load.store import Store

log = logging.getLogger(__name__)

BEAT_SECONDS = 20.0
LEASE = timedelta(seconds=120)
"""Without a beat for so long a run is taken for dead. Should it end after all, its own word stands."""

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def process_mark(pid: int | None = None) -> str:
    """A process told apart from any other: `<boot>/<pid namespace>/<pid>/<start in ticks>`; empty where
    there is no such process, or no `/proc` to ask."""
    pid = pid or os.getpid()
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        namespace = Path("/proc/self/ns/pid").readlink()
        boot = _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state == "Z" else f"{boot}/{namespace}/{pid}/{fields[18]}"


def is_dead(mark: str, beat: datetime | None, at: datetime) -> bool:
    """Whether a run that has not said how it ended is dead.

    Args:
        mark: `process_mark` of its process, or empty.
        beat: Its last sign of life; naive UTC.
        at: This moment; naive UTC.
    """
    boot, _, rest = mark.partition("/")
    namespace, _, process = rest.rpartition("/")[0].rpartition("/")
    ours = process_mark()
    if process and ours.startswith(f"{boot}/{namespace}/") and process_mark(int(process)) != mark:
        return True
    return beat is None or at - beat > LEASE


class Beating:
    """Renews a run's sign of life, for as long as it is entered."""

    def __init__(self, store: Store, run: str) -> None:
        self._store = store
        self._run = run
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="beat")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(timeout=1)

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            try:
                self._store.runs.update_one({"_id": self._run}, {"$set": {"beat_at": now()}})
            except PyMongoError as error:
                log.debug("no sign of life of run %s: %s", self._run, error)  # the run itself will notice
