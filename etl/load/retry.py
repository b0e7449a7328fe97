"""Runs store operations: waits and repeats where that helps, explains where it does not."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from pymongo.errors import PyMongoError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_before_delay,
    wait_random_exponential,
)

from etl.errors import StoreUnavailableError
from etl.load.refusals import RESUME, code_name, explain, listed
from etl.load.taxonomy import Kind, classify
from etl.settings import RetrySettings

log = logging.getLogger(__name__)

T = TypeVar("T")


def is_transient(error: BaseException) -> bool:
    """Whether the same operation may succeed when it is tried again."""
    return isinstance(error, PyMongoError) and classify(error) is Kind.TRANSIENT


class Retrier:
    """Repeats what fails for a passing cause, within one budget of time an operation."""

    def __init__(self, settings: RetrySettings, hosts: Callable[[], Iterable[str]]) -> None:
        """`hosts` gives the server's `host:port` addresses, for messages."""
        self._settings = settings
        self._hosts = hosts

    def call(self, operation: str, function: Callable[[], T]) -> T:
        """Run an operation that may be repeated any number of times.

        Args:
            operation: What it is, for messages, such as `insert articles`.
            function: The operation. Where single documents may be refused, or be there already, it
                handles those errors itself: here they stop the run.

        Raises:
            StoreUnavailableError: the budget is spent.
            StoreError: the server refuses for a cause that waiting does not mend.
        """
        started = time.monotonic()
        retrying = self._retrying(operation)
        try:
            return retrying(function)
        except PyMongoError as error:
            last = error
        # Raised outside of the `except`, so that no driver error, whose text may hold the URI, hangs on it.
        if not is_transient(last):
            raise explain(last, operation, self._hosts())
        raise StoreUnavailableError(
            f"{operation}: no success with MongoDB at {listed(self._hosts())} in "
            f"{retrying.statistics['attempt_number']} attempts over {time.monotonic() - started:.1f} s "
            f"(the last: {code_name(last)}). What was loaded stays; once the server is back, {RESUME}"
        )

    def _retrying(self, operation: str) -> Retrying:
        def tell(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            log.warning(
                "%s: attempt %d failed (%s), trying again in %.1f s",
                operation,
                state.attempt_number,
                code_name(error) if error else "",
                state.next_action.sleep if state.next_action else 0,
            )

        return Retrying(
            retry=retry_if_exception(is_transient),
            stop=stop_before_delay(self._settings.budget_seconds),
            wait=wait_random_exponential(
                multiplier=self._settings.first_wait_seconds, max=self._settings.longest_wait_seconds
            ),
            before_sleep=tell,
            reraise=True,
        )
