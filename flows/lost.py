"""Prefect's server is gone: what people were to see there goes untold, what was loaded stays loaded."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from prefect.exceptions import PrefectException

log = logging.getLogger("etl.report")


def is_lost(error: BaseException | None) -> bool:
    """Whether Prefect's server did not answer, or not as it should, after its client's own retries.

    A client that cannot ask for the server's version says so by a RuntimeError, with the cause behind it.
    """
    while error is not None:
        if isinstance(error, httpx.HTTPError | PrefectException):
            return True
        error = error.__cause__
    return False


@contextmanager
def untold(what: str, instead: str) -> Iterator[None]:
    """A block that shows something in Prefect, without which the run goes on.

    Args:
        what: Is not shown, when the server is lost.
        instead: What to do for it then.
    """
    try:
        yield
    except Exception as error:
        if not is_lost(error):
            raise
        log.warning("%s could not be shown in Prefect (%s): %s", what, type(error).__name__, instead)
