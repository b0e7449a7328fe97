"""Writes that take longer than a test may wait."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from etl.load.store import Store


@contextmanager
def slow_inserts(store: Store, seconds: int = 15) -> Iterator[None]:
    """Every insert takes that long; whoever writes has met one by the start of the block."""
    admin = store.client.admin
    slow = {"failCommands": ["insert"], "blockConnection": True, "blockTimeMS": seconds * 1000}
    admin.command("configureFailPoint", "failCommand", mode="alwaysOn", data=slow)
    try:
        time.sleep(1)
        yield
    finally:
        admin.command("configureFailPoint", "failCommand", mode="off")
