"""What an error of the driver means: wait, quarantine the record, or stop.

Sorted by class, code and label from what real servers were seen to send. Only what is listed is
transient or a record's fault; anything unknown is fatal, for a guess either way loses data.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
    WriteConcernError,
    WTimeoutError,
)


class Fault(StrEnum):
    """What to do about an error."""

    TRANSIENT = "transient"
    """The same operation again, later."""
    RECORD = "record"
    """The document is at fault: quarantine it."""
    FATAL = "fatal"
    """Stop; waiting does not mend it."""


TRANSIENT_CODES = frozenset(
    {6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436}  # network, stepping down, shutting down
    | {24, 46, 50, 112, 462}  # lock timeout, lock busy, time limit, write conflict, ingress limit
)
TRANSIENT_CONCERN_CODES = frozenset({64, 91, 50})
"""A write that was applied, but not acknowledged by a majority in time."""
TRANSIENT_LABELS = ("RetryableWriteError", "TransientTransactionError", "SystemOverloadedError")
RECORD_CODES = frozenset({40, 56, 66, 121, 10334, 17420} | {2, 9, 52, 57, 17419})
"""Codes of single documents in a bulk write, which no waiting mends."""
DUPLICATE_KEY = 11000


def fault_of(error: PyMongoError) -> Fault:
    """The fault behind an error of a whole operation. A bulk error is as bad as its worst part."""
    if isinstance(error, BulkWriteError):
        return _fault_of_bulk(error)
    if any(error.has_error_label(label) for label in TRANSIENT_LABELS):
        return Fault.TRANSIENT
    # NotPrimaryError carries no code: its class says what it is.
    if isinstance(error, ConnectionFailure | AutoReconnect | WaitQueueTimeoutError):
        return Fault.TRANSIENT
    if isinstance(error, WTimeoutError | WriteConcernError):
        return Fault.TRANSIENT if error.code in TRANSIENT_CONCERN_CODES else Fault.FATAL
    if isinstance(error, OperationFailure) and error.code in TRANSIENT_CODES:
        return Fault.TRANSIENT
    return Fault.FATAL


def fault_of_write(write_error: Mapping[str, Any]) -> Fault:
    """The fault behind one entry of `writeErrors`. A duplicate key is no fault and is not asked here."""
    code = write_error.get("code")
    if code in TRANSIENT_CODES:
        return Fault.TRANSIENT
    return Fault.RECORD if code in RECORD_CODES else Fault.FATAL


def _fault_of_bulk(error: BulkWriteError) -> Fault:
    details = error.details or {}
    faults = {
        fault_of_write(each) for each in details.get("writeErrors", ()) if each.get("code") != DUPLICATE_KEY
    }
    faults |= set(_concern_faults(details.get("writeConcernErrors", ()), details))
    for worst in (Fault.FATAL, Fault.TRANSIENT, Fault.RECORD):
        if worst in faults:
            return worst
    return Fault.RECORD


def _concern_faults(concerns: Iterable[Mapping[str, Any]], details: Mapping[str, Any]) -> Iterable[Fault]:
    labels = {*details.get("errorLabels", ())}
    for concern in concerns:
        labelled = {*concern.get("errorLabels", ()), *labels} & set(TRANSIENT_LABELS)
        known = concern.get("code") in TRANSIENT_CONCERN_CODES | TRANSIENT_CODES
        yield Fault.TRANSIENT if labelled or known else Fault.FATAL


def worst_code(error: PyMongoError) -> int | None:
    """The error code to name in a message."""
    if isinstance(error, BulkWriteError):
        details = error.details or {}
        parts = [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]
        codes = [part.get("code") for part in parts if part.get("code") != DUPLICATE_KEY]
        fatal = [c for c in codes if c not in TRANSIENT_CODES | TRANSIENT_CONCERN_CODES | RECORD_CODES]
        return next(iter([*fatal, *codes]), None)
    code: int | None = getattr(error, "code", None)
    return code
