"""The runs: one document each, with its whole report."""

import os
import socket
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from etl.errors import StoreError
from etl.load.alive import is_dead, process_mark
from etl.load.entries import now
from etl.load.store import Document, Store


class Run(msgspec.Struct, frozen=True):
    """One execution."""

    id: str
    kind: str
    """Such as `load`, `nightly`, `backfill` or `replay`."""
    state: str
    """`running`, `completed`, `completed_with_warnings`, `failed`, `interrupted`; then `rolling_back` and
    `rolled_back`."""
    run_date: str
    """The run's declared day, ISO 8601."""
    started_at: datetime
    """Naive UTC, like `finished_at`."""
    finished_at: datetime | None
    report: dict[str, Any] | None
    parameters: dict[str, Any] = {}
    host: str = ""
    pid: int | None = None
    """The process that ran it."""
    mark: str = ""
    """The same, told apart from any other (`etl.load.alive.process_mark`)."""
    beat_at: datetime | None = None
    """Last sign of life; naive UTC."""

    def state_at(self, moment: datetime) -> str:
        """The state; `interrupted` for a run that was killed before it could say so."""
        dead = self.state == "running" and is_dead(self.mark, self.beat_at or self.started_at, moment)
        return "interrupted" if dead else self.state


class Runs:
    """The runs of a store. Every method raises `StoreError` when the store is gone or refuses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def start(
        self, run: str, *, kind: str, run_date: date, parameters: Mapping[str, Any] | None = None
    ) -> None:
        """Enter a run that begins now in this process. `parameters` hold no secret."""
        document: Document = {
            "kind": kind,
            "state": "running",
            "run_date": run_date.isoformat(),
            "parameters": dict(parameters or {}),
            "started_at": now(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "mark": process_mark(),
            "beat_at": now(),
        }
        self._store.call(
            "enter the start of the run",
            lambda: self._store.runs.update_one({"_id": run}, {"$set": document}, upsert=True),
        )
        # Looked for after it is entered: a rollback marks itself first and looks for runs then, so that
        # one of the two sees the other.
        undone = self._store.call(
            "look for a rollback",
            lambda: self._store.runs.find_one({"state": "rolling_back"}, {"_id": 1}),
        )
        if undone is not None:
            ended = {"state": "failed", "finished_at": now()}
            self._store.call(
                "enter the end of the run",
                lambda: self._store.runs.update_one({"_id": run}, {"$set": ended}),
            )
            raise StoreError(
                f"run {undone['_id']} is being rolled back; wait for its end, or finish it: "
                f"article-etl rollback {undone['_id']} --yes"
            )

    def finish(self, run: str, state: str, report: msgspec.Struct) -> None:
        """Enter how a run ended, with its report."""
        fields = {"state": state, "finished_at": now(), "report": msgspec.to_builtins(report)}
        self._store.call(
            "enter the end of the run",
            lambda: self._store.runs.update_one({"_id": run}, {"$set": fields}),
        )

    def close_dead(self) -> list[str]:
        """Enter as interrupted the runs that were killed before they could say how they ended: their ids."""
        rows = self._store.call(
            "look for runs that were killed", lambda: list(self._store.runs.find({"state": "running"}))
        )
        dead = [run for run in map(_run, rows) if run.state_at(now()) == "interrupted"]
        for run in dead:
            fields = {"state": "interrupted", "finished_at": run.beat_at or run.started_at, "killed": True}
            self._store.call(
                "enter that a run was killed",
                lambda run=run, fields=fields: self._store.runs.update_one(  # type: ignore[misc]
                    {"_id": run.id, "state": "running"}, {"$set": fields}
                ),
            )
        return [run.id for run in dead]

    def running(self) -> list[Run]:
        """The runs that say they are running, killed ones included."""
        rows = self._store.call(
            "look for runs under way", lambda: list(self._store.runs.find({"state": "running"}))
        )
        return [_run(row) for row in rows]

    def get(self, run: str) -> Run | None:
        """The run of that id."""
        row = self._store.call("look up a run", lambda: self._store.runs.find_one({"_id": run}))
        return _run(row) if row else None

    def fields_before(self, source: str, run: str, most: int = 5) -> list[dict[str, Any]]:
        """The field counts that the last runs but this one kept of a source, newest first."""
        path = f"report.sources.{source}.fields"
        rows = self._store.call(
            "look up the fields of earlier runs",
            lambda: list(
                self._store.runs.find({f"{path}.looked": {"$gt": 0}, "_id": {"$ne": run}}, {path: 1})
                .sort([("started_at", -1)])
                .limit(most)
            ),
        )
        return [row["report"]["sources"][source]["fields"] for row in rows]

    def last_completed(self) -> Run | None:
        """The run that came to a good end last."""
        query = {"state": {"$in": ["completed", "completed_with_warnings"]}}
        row = self._store.call(
            "look up the last finished run",
            lambda: self._store.runs.find_one(query, sort=[("finished_at", -1)]),
        )
        return _run(row) if row else None

    def last(self, n: int, kind: str | None = None) -> list[Run]:
        """The last `n` runs, newest first."""
        query = {} if kind is None else {"kind": kind}
        rows = self._store.call(
            "look up runs",
            lambda: list(self._store.runs.find(query).sort([("started_at", -1), ("_id", -1)]).limit(n)),
        )
        return [_run(row) for row in rows]


def _run(row: Document) -> Run:
    known = {name: row[name] for name in Run.__struct_fields__ if name in row}
    return Run(
        **{**known, "id": row["_id"], "finished_at": row.get("finished_at"), "report": row.get("report")}
    )
