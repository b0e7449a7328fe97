"""Driver errors put into words for people: what MongoDB refused, where, and what to do. No secrets."""

import re
from collections.abc import Iterable
from typing import Any

from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    InvalidOperation,
    InvalidURI,
    OperationFailure,
    PyMongoError,
)

from etl.errors import StoreError

_RESUME = "then start the run again: it takes up where it stopped"
_DISK = f"the server's disk is full or failing (see its log); make room, {_RESUME}"

HINTS = {
    8: _DISK,
    13: "its user may not do this: it needs the role readWrite on the database",
    18: "it refuses the user name or the password (or the URI's authSource is not where the user is defined)",
    20: "it cannot do this as it is set up; run it as a replica set, even with one node",
    26: f"a collection or database is gone that was there before; find out who dropped it, {_RESUME}",
    96: f"the operation failed inside the server (see its log); {_RESUME}",
    100: "the write concern `majority` cannot be satisfied; check the members of the replica set",
    11000: (
        "a unique index other than that of _id stands in the way; this loader made none, "
        "drop it or make it non-unique"
    ),
    14031: _DISK,
}
"""What an error code means here and what to do about it."""

_CREDENTIALS = re.compile(r"//[^/@\s]*@|//[^@\s]*@(?=[\w.\[\]:-]+)")
_SHOWN = 300
"""Most characters of a server's own message that are shown."""


def redact(text: str) -> str:
    """The text with user and password removed from any URI in it."""
    return _CREDENTIALS.sub("//", text)


def code_name(error: PyMongoError) -> str:
    """An error's class and code, such as `OperationFailure 13 Unauthorized`. Never its text."""
    code, name = _code(error)
    return " ".join(
        [type(error).__name__, *([str(code)] if code is not None else []), *([name] if name else [])]
    )


def explain(error: PyMongoError, operation: str, hosts: Iterable[str]) -> StoreError:
    """The fatal error as people should read it."""
    where = f"MongoDB at {', '.join(hosts) or 'an unknown address'}"
    if isinstance(error, InvalidURI | ConfigurationError):
        # Their texts quote options, the password among them.
        return StoreError(f"{operation}: the options in the MongoDB URI do not fit {where}")
    if isinstance(error, InvalidOperation):
        return StoreError(f"{operation}: the connection to {where} is already closed")
    code, _ = _code(error)
    hint = HINTS.get(code, f"an error that this loader does not know; nothing was rejected for it; {_RESUME}")
    said = redact(_text(error))[:_SHOWN]
    return StoreError(f"{operation}: {where}: {hint} ({code_name(error)}: {said})")


def _code(error: PyMongoError) -> tuple[int | None, str]:
    if isinstance(error, BulkWriteError):
        culprit = _culprit(error)
        return culprit.get("code"), culprit.get("codeName", "")
    if isinstance(error, OperationFailure):
        return error.code, (error.details or {}).get("codeName", "")
    return None, ""


def _text(error: PyMongoError) -> str:
    if isinstance(error, BulkWriteError):
        return str(_culprit(error).get("errmsg", ""))
    if isinstance(error, OperationFailure):
        return str((error.details or {}).get("errmsg", ""))
    return ""


def _culprit(error: BulkWriteError) -> dict[str, Any]:
    """The part of a batch's errors that decides: the worst one."""
    from etl.load.retry import Kind, classify_write_error

    details = error.details or {}
    errors: list[dict[str, Any]] = [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]
    for kind in (Kind.FATAL, Kind.TRANSIENT, Kind.RECORD, Kind.EXISTS):
        for one in errors:
            if classify_write_error(one) is kind:
                return one
    return {}
