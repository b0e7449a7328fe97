"""Which driver errors pass by themselves, which one record causes, and which must stop the run.

The table is data: only what is named here is retried or held against a record, and an error that
nobody has thought of stops the run. Errors that are not the driver's are no concern of this module.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pymongo.errors import BulkWriteError, ConnectionFailure, OperationFailure, PyMongoError, WriteError


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
        64,  # WriteConcernFailed: a majority did not acknowledge in time
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
        2,  # BadValue, such as an object that is too large
        9,  # FailedToParse
        40,  # ConflictingUpdateOperators
        52,  # DollarPrefixedFieldName
        56,  # EmptyFieldName
        57,  # DottedFieldName
        66,  # ImmutableField
        121,  # DocumentValidationFailure
        10334,  # BSONObjectTooLarge
        17419,  # too large after the update
        17420,  # too large a replacement
    }
)
"""Held against a record only where the server names the very document, in a batch's `writeErrors`."""

DUPLICATE_KEY = 11000

Fault = Mapping[str, Any]
"""One entry of `writeErrors` or `writeConcernErrors`."""


def classify(error: PyMongoError) -> Kind:
    """What to do about an error of the driver.

    A batch is as bad as its worst part: a full disk among refused documents is a full disk.
    """
    if isinstance(error, ConnectionFailure):
        return Kind.TRANSIENT  # by class: NotPrimaryError, for one, carries no code
    if isinstance(error, BulkWriteError):
        return _classify_batch(error)
    if any(error.has_error_label(label) for label in TRANSIENT_LABELS):
        return Kind.TRANSIENT
    if isinstance(error, WriteError):
        return classify_fault(error.details or {"code": error.code})
    if isinstance(error, OperationFailure) and error.code in TRANSIENT_CODES:
        return Kind.TRANSIENT
    return Kind.FATAL


def classify_fault(fault: Fault) -> Kind:
    """What to do about one entry of a batch's `writeErrors`."""
    code = fault.get("code")
    if code == DUPLICATE_KEY:
        # Another unique index than that of `_id` is none of ours: looking the key up would not help.
        ours = "keyPattern" not in fault or list(fault["keyPattern"]) == ["_id"]
        return Kind.EXISTS if ours else Kind.FATAL
    if code in RECORD_CODES:
        return Kind.RECORD
    return Kind.TRANSIENT if code in TRANSIENT_CODES else Kind.FATAL


def worst_fault(error: BulkWriteError) -> Fault:
    """The part of a batch's errors that decides what the whole batch is; empty where it names none."""
    order = (Kind.FATAL, Kind.TRANSIENT, Kind.RECORD, Kind.EXISTS)
    found = sorted(_faults(error), key=lambda pair: order.index(pair[0]))
    return found[0][1] if found else {}


def _classify_batch(error: BulkWriteError) -> Kind:
    kinds = {kind for kind, _ in _faults(error)}
    if Kind.FATAL in kinds:
        return Kind.FATAL
    if Kind.TRANSIENT in kinds or any(error.has_error_label(label) for label in TRANSIENT_LABELS):
        return Kind.TRANSIENT
    if Kind.RECORD in kinds:
        return Kind.RECORD
    return Kind.EXISTS if kinds else Kind.FATAL


def _faults(error: BulkWriteError) -> Iterator[tuple[Kind, Fault]]:
    details = error.details or {}
    for fault in details.get("writeErrors", ()):
        yield classify_fault(fault), fault
    for fault in details.get("writeConcernErrors", ()):
        yield (Kind.TRANSIENT if fault.get("code") in TRANSIENT_CODES else Kind.FATAL), fault
