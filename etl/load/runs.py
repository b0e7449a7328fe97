"""The runs: one document each, with its whole report."""

import os
import socket
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from etl.load.store import Document, Store


class Run(msgspec.Struct, frozen=True):
    """One execution."""

    id: str
    kind: str
    state: str
    run_date: str
    started_at: datetime
    finished_at: datetime | None
    report: dict[str, Any] | None


class Runs:
    """The runs of a store. Every method raises `StoreError` when the store is gone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def start(self, run: str, *, kind: str, run_date: date) -> None:
        """Enter a run that begins now."""
        document: Document = {
            "_id": run,
            "kind": kind,
            "state": "running",
            "run_date": run_date.isoformat(),
            "started_at": _now(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
        }
        self._store.call(
            "the entry of the run",
            lambda: self._store.runs.update_one({"_id": run}, {"$set": document}, upsert=True),
        )

    def finish(self, run: str, state: str, report: msgspec.Struct) -> None:
        """Enter how a run ended, with its report."""
        fields = {"state": state, "finished_at": _now(), "report": msgspec.to_builtins(report)}
        self._store.call(
            "the report of the run",
            lambda: self._store.runs.update_one({"_id": run}, {"$set": fields}, upsert=True),
        )

    def last(self, n: int) -> list[Run]:
        """The last `n` runs, newest first."""
        rows = self._store.call(
            "the look-up of runs", lambda: list(self._store.runs.find().sort("started_at", -1).limit(n))
        )
        return [
            Run(
                id=row["_id"],
                kind=row.get("kind", ""),
                state=row["state"],
                run_date=row.get("run_date", ""),
                started_at=row["started_at"],
                finished_at=row.get("finished_at"),
                report=row.get("report"),
            )
            for row in rows
        ]


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
