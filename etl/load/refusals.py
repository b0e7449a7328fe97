"""Driver errors put into words for people: what MongoDB refused, where, and what to do. No secrets."""

import re
from collections.abc import Iterable

from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
)

from etl.errors import StoreError
from etl.load.taxonomy import Fault, worst_fault

RESUME = "start the run again: it takes up where it stopped"
_DISK = f"the server's disk is full or failing (see its log); make room, then {RESUME}"

HINTS = {
    8: _DISK,
    13: "its user may not do this; it needs the role readWrite on the database",
    18: "it refuses the user name or the password (or the URI's authSource is not where the user is defined)",
    20: "it cannot do this as it is set up; run it as a replica set, even with one node",
    26: f"a collection or database is gone that was there before; find out who dropped it, then {RESUME}",
    96: f"the operation failed inside the server (see its log); then {RESUME}",
    100: "the write concern `majority` cannot be satisfied; check the members of the replica set",
    11000: (
        "a unique index other than that of _id stands in the way; "
        "this loader made none: drop it, or make it one that is not unique"
    ),
    14031: _DISK,
}
"""What an error code means here, and what to do about it."""

_UNKNOWN = (
    f"an error that this loader does not know; no record was rejected for it. When it is mended, {RESUME}"
)
_CREDENTIALS = re.compile(r"//\S*@")
_SHOWN = 300
"""Most characters of a server's own message that are shown."""


def redact(text: str) -> str:
    """The text with user and password removed from the URIs in it."""
    return _CREDENTIALS.sub("//", text)


def code_name(error: BaseException) -> str:
    """An error's class and code, such as `OperationFailure 13 Unauthorized`. Never its text."""
    fault = _fault(error)
    return " ".join(str(x) for x in (type(error).__name__, fault.get("code"), fault.get("codeName")) if x)


def explain(error: PyMongoError, operation: str, hosts: Iterable[str]) -> StoreError:
    """The fatal error as people should read it."""
    where = f"MongoDB at {listed(hosts)}"
    if isinstance(error, ConfigurationError):
        # Its text quotes options, the password among them.
        return StoreError(f"{operation}: the options in the MongoDB URI do not fit {where}")
    if isinstance(error, InvalidOperation):
        return StoreError(f"{operation}: the connection to {where} is already closed")
    fault = _fault(error)
    hint = HINTS.get(fault.get("code", -1), _UNKNOWN)
    said = redact(str(fault.get("errmsg", "")))[:_SHOWN]
    return StoreError(f"{operation}: {where}: {hint} ({code_name(error)}{': ' * bool(said)}{said})")


def listed(hosts: Iterable[str]) -> str:
    """`host:port` addresses in one line."""
    return ", ".join(sorted(hosts)) or "an unknown address"


def _fault(error: BaseException) -> Fault:
    if isinstance(error, BulkWriteError):
        return worst_fault(error)
    if isinstance(error, OperationFailure):
        return {"code": error.code, **(error.details or {})}
    return {}
