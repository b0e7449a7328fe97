"""Which driver errors pass by themselves, which one record causes, and which must stop the run.

The table is data: only what is named here is retried or held against a record, and an error that
nobody has thought of stops the run. Errors that are not the driver's propagate untouched.
"""

import logging
import time
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
    WriteError,
)
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_before_delay,
    wait_random_exponential,
)

from etl.errors import StoreError, StoreUnavailableError
from etl.load.refusals import code_name, explain
from etl.settings import RetrySettings

log = logging.getLogger(__name__)

T = TypeVar("T")


class Kind(StrEnum):
    """What to do about a driver error."""

    TRANSIENT = "transient"
    """The same operation is tried again, with growing waits."""
    RECORD = "record"
    """One document was refused for its content: it goes to the quarantine."""
    EXISTS = "exists"
    """A document of that `_id` is there already: look it up and decide anew."""
    FATAL = "fatal"
    """The run stops; waiting does not mend it."""


TRANSIENT_CODES = frozenset(
    {
        6,  # HostUnreachable
        7,  # HostNotFound
        24,  # LockTimeout
        46,  # LockBusy
        50,  # MaxTimeMSExpired
        64,  # WriteConcernFailed: not yet acknowledged by a majority
        89,  # NetworkTimeout
        91,  # ShutdownInProgress
        112,  # WriteConflict
        189,  # PrimarySteppedDown
        262,  # ExceededTimeLimit
        462,  # IngressRequestRateLimitExceeded
        9001,  # SocketException
        10107,  # NotWritablePrimary
        11600,  # InterruptedAtShutdown
        11602,  # InterruptedDueToReplStateChange
        13435,  # NotPrimaryNoSecondaryOk
        13436,  # NotPrimaryOrSecondary
    }
)

TRANSIENT_LABELS = ("RetryableWriteError", "TransientTransactionError", "SystemOverloadedError")

RECORD_CODES = frozenset(
    {
        2,  # BadValue: object to insert too large
        9,  # FailedToParse
        40,  # ConflictingUpdateOperators
        52,  # DollarPrefixedFieldName
        56,  # EmptyFieldName
        57,  # DottedFieldName
        66,  # ImmutableField
        121,  # DocumentValidationFailure
        10334,  # BSONObjectTooLarge
        17419,  # the document would be too large after the update
        17420,  # the replacement is too large
    }
)
"""Held against a record only where the server names the very document, as a write error of a batch."""

DUPLICATE_KEY = 11000


def classify(error: PyMongoError) -> Kind:
    """What to do about an error of the driver.

    A batch is as bad as its worst part: a full disk among refused documents is a full disk.
    """
    if isinstance(error, ConnectionFailure):
        return Kind.TRANSIENT
    if isinstance(error, BulkWriteError):
        return _classify_batch(error)
    if any(error.has_error_label(label) for label in TRANSIENT_LABELS):
        return Kind.TRANSIENT
    if isinstance(error, WriteError):
        return classify_write_error(error.details or {"code": error.code})
    if isinstance(error, OperationFailure) and error.code in TRANSIENT_CODES:
        return Kind.TRANSIENT
    return Kind.FATAL


def classify_write_error(write_error: Any) -> Kind:
    """What to do about one entry of a batch's `writeErrors`."""
    code = write_error.get("code")
    if code == DUPLICATE_KEY:
        # Another unique index than that of `_id` is none of ours: looking the key up would not help.
        ours = "keyPattern" not in write_error or list(write_error["keyPattern"]) == ["_id"]
        return Kind.EXISTS if ours else Kind.FATAL
    if code in RECORD_CODES:
        return Kind.RECORD
    return Kind.TRANSIENT if code in TRANSIENT_CODES else Kind.FATAL


def _classify_batch(error: BulkWriteError) -> Kind:
    details = error.details or {}
    kinds = {classify_write_error(write_error) for write_error in details.get("writeErrors", ())}
    for concern in details.get("writeConcernErrors", ()):
        kinds.add(Kind.TRANSIENT if concern.get("code") in TRANSIENT_CODES else Kind.FATAL)
    if Kind.FATAL in kinds:
        return Kind.FATAL
    if Kind.TRANSIENT in kinds or any(error.has_error_label(label) for label in TRANSIENT_LABELS):
        return Kind.TRANSIENT
    if Kind.RECORD in kinds:
        return Kind.RECORD
    return Kind.EXISTS if kinds else Kind.FATAL


class Retrier:
    """Runs store operations: waits and repeats where that helps, explains where it does not."""

    def __init__(self, settings: RetrySettings, hosts: Callable[[], Iterable[str]]) -> None:
        """`hosts` gives the server's `host:port` addresses, for messages."""
        self._settings = settings
        self._hosts = hosts

    def call(self, operation: str, function: Callable[[], T]) -> T:
        """Run an operation that may be repeated any number of times.

        Args:
            operation: What it is, for messages, such as `insert articles`.
            function: The operation. A `BulkWriteError` of kind `record` or `exists` is its own to
                handle; here it counts as fatal.

        Raises:
            StoreUnavailableError: the budget is spent.
            StoreError: the server refuses for a cause that waiting does not mend.
        """
        try:
            return function()
        except PyMongoError as error:
            first = error
        # Raised outside of any `except`: no driver error, whose text may hold the URI, hangs on ours.
        if classify(first) is not Kind.TRANSIENT:
            raise explain(first, operation, self._hosts())
        return self._again(operation, function, first)

    def _again(self, operation: str, function: Callable[[], T], first: PyMongoError) -> T:
        started = time.monotonic()
        attempts = Attempts(function, first)
        retrying = Retrying(
            retry=retry_if_exception(lambda e: isinstance(e, PyMongoError) and classify(e) is Kind.TRANSIENT),
            stop=stop_before_delay(self._settings.budget_seconds),
            wait=wait_random_exponential(
                multiplier=self._settings.first_wait_seconds, max=self._settings.longest_wait_seconds
            ),
            before_sleep=lambda state: self._log(operation, state),
            reraise=True,
        )
        try:
            return retrying(attempts)
        except PyMongoError as error:
            last = error
        if classify(last) is not Kind.TRANSIENT:
            raise explain(last, operation, self._hosts())
        raise StoreUnavailableError(
            f"{operation}: MongoDB at {', '.join(self._hosts()) or 'an unknown address'} gave no success in "
            f"{attempts.made} attempts over {time.monotonic() - started:.0f} s (last: {code_name(last)}); "
            "what was loaded stays. Start the run again once the server is back: it takes up where it stopped"
        )

    def _log(self, operation: str, state: RetryCallState) -> None:
        error = state.outcome and state.outcome.exception()
        wait = state.next_action.sleep if state.next_action else 0.0
        log.warning(
            "%s: %s; attempt %d failed, the next one in %.1f s",
            operation,
            code_name(error) if isinstance(error, PyMongoError) else error,
            state.attempt_number,
            wait,
        )


class Attempts:
    """An operation of which one attempt has already failed: the first call here gives that failure."""

    def __init__(self, function: Callable[[], Any], first: PyMongoError) -> None:
        self._function = function
        self._first: PyMongoError | None = first
        self.made = 1

    def __call__(self) -> Any:
        if self._first is not None:
            first, self._first = self._first, None
            raise first
        self.made += 1
        return self._function()


__all__ = [
    "DUPLICATE_KEY",
    "RECORD_CODES",
    "TRANSIENT_CODES",
    "TRANSIENT_LABELS",
    "Kind",
    "Retrier",
    "WriteConcernError",
    "classify",
    "classify_write_error",
]
