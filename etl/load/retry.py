"""Retries of store operations: only of transient faults, with one time budget, by tenacity."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from pymongo.errors import PyMongoError
from tenacity import (
    RetryCallState,
    RetryError,
    Retrying,
    retry_if_exception,
    stop_after_delay,
    wait_random_exponential,
)

from etl.errors import StoreError, StoreUnavailableError
from etl.load.faults import Fault, fault_of, worst_code
from etl.settings import RetrySettings

log = logging.getLogger(__name__)

_T = TypeVar("_T")

_ADVICE = {
    8: "the server's disk may be full: make room, then start the run again",
    13: "the user lacks a privilege: it needs readWrite on the database",
    18: "the user name or the password is wrong",
    26: "a collection is missing: start the run again, which makes it",
    14031: "the server's disk is full: make room, then start the run again",
}


class Retrier:
    """Runs operations until they succeed, fail for good, or the budget is spent.

    The operations must be safe to repeat: a failed one may have been applied.
    """

    def __init__(self, settings: RetrySettings) -> None:
        self._settings = settings
        self.retried = 0
        """How many attempts failed and were repeated, of all operations so far."""

    def call(self, name: str, operation: Callable[[], _T]) -> _T:
        """Run an operation; `name` says in messages what it does.

        Raises:
            StoreUnavailableError: transient faults lasted for the whole budget.
            StoreError: a fault that waiting does not mend.
            BulkWriteError: the faults are those of single documents; the caller knows which.
        """
        started = time.monotonic()
        retrying = Retrying(
            stop=stop_after_delay(self._settings.budget_seconds),
            wait=wait_random_exponential(self._settings.first_wait_seconds, self._settings.longest_wait_seconds),
            retry=retry_if_exception(_is_transient),
            before_sleep=self._note(name),
        )
        try:
            return retrying(operation)
        except RetryError as spent:
            attempts = spent.last_attempt.attempt_number
            raise StoreUnavailableError(
                f"MongoDB was out of reach for {name}: {attempts} attempts in "
                f"{time.monotonic() - started:.0f} s, the last one failed with "
                f"{_short(spent.last_attempt.exception())}. Start the run again once the server is back: "
                "it takes up where it was"
            ) from None
        except PyMongoError as error:
            if fault_of(error) is Fault.RECORD:
                raise
            raise StoreError(_message(name, error)) from None

    def _note(self, name: str) -> Callable[[RetryCallState], None]:
        def note(state: RetryCallState) -> None:
            self.retried += 1
            error = state.outcome.exception() if state.outcome else None
            wait = state.next_action.sleep if state.next_action else 0
            log.warning(
                "%s: attempt %d failed with %s, again in %.1f s", name, state.attempt_number, _short(error), wait
            )

        return note


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, PyMongoError) and fault_of(error) is Fault.TRANSIENT


def _short(error: BaseException | None) -> str:
    """Class and code, never the driver's text: it may hold an address with its password."""
    code = worst_code(error) if isinstance(error, PyMongoError) else None
    return type(error).__name__ + (f" (code {code})" if code is not None else "")


def _message(name: str, error: PyMongoError) -> str:
    code = worst_code(error)
    advice = _ADVICE.get(code or 0, "nothing is lost: once the cause is mended, start the run again")
    return f"MongoDB refused {name} with {_short(error)}: {advice}"
