"""Writes that take longer than a test may wait."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from etl.load.store import Store


@contextmanager
def slow_inserts(store: Store, seconds: int = 15) -> Iterator[None]:
    """Every insert takes that long; from the start of the block on, somebody waits for one."""
    admin = store.client.admin
    slow = {"failCommands": ["insert"], "blockConnection": True, "blockTimeMS": seconds * 1000}
    before = _met(store, slow)
    try:
        deadline = time.monotonic() + seconds
        while _met(store, slow) == before:
            assert time.monotonic() < deadline, "nobody inserts anything"
            time.sleep(0.05)
        yield
    finally:
        admin.command("configureFailPoint", "failCommand", mode="off")


def _met(store: Store, slow: dict[str, object]) -> int:
    """How often the fail point was met until now; it is on afterwards."""
    found = store.client.admin.command("configureFailPoint", "failCommand", mode="alwaysOn", data=slow)
    return int(found["count"])
