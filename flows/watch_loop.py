"""Looks every few minutes at what is wrong, in a thread beside everything else."""

import contextvars
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from etl.configuration import read_configuration
from etl.errors import ArticleEtlError
from flows.workshop import Workshop

log = logging.getLogger("etl.alarms")

_STOP_SECONDS = 15
"""How long a look that is under way may take to end: it may be sending a message."""

_SIGN_SECONDS = 30.0
"""Between two signs that the watch goes on."""


def look_until(shop: Workshop, over: threading.Event) -> None:
    """Look, and look again, until it is over. A look that fails is not the last one.

    Each look reads the configuration anew, as each run does: nothing is restarted for a new source or block.
    """
    from flows.alarms import watch

    configuration = shop.configuration
    sign = shop.environment.home / "watched"
    sign.parent.mkdir(parents=True, exist_ok=True)
    due = 0.0
    while not over.is_set():
        sign.touch()  # what a health check looks at
        if time.monotonic() < due:
            over.wait(max(0.1, min(_SIGN_SECONDS, due - time.monotonic())))
            continue
        try:
            configuration = read_configuration(shop.environment.config)
            watch(configuration, shop.store)
        except ArticleEtlError as error:
            log.error("alarms could not be told: %s", error)
        except Exception:  # a watch that ended unseen would be worse than none
            log.exception("alarms could not be told")
        due = time.monotonic() + 60 * configuration.settings.alarms.every_minutes


@contextmanager
def watching(shop: Workshop) -> Iterator[None]:
    """Look out for as long as the block runs."""
    over = threading.Event()
    here = contextvars.copy_context()  # Prefect's settings, with the server's address
    thread = threading.Thread(target=here.run, args=(look_until, shop, over), daemon=True, name="watch")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=_STOP_SECONDS)
