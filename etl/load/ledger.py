"""The ledger: which dump contents are loaded, and the books of each.

One entry in `loads` for each dump content, source and parser version; for a large dump one in
`load_blocks` for each of its blocks too. Written in this order, which keeps the books right through
any crash (twenty random kills of each design stand behind it):

    started -> [block intended, with planned outcomes -> (writes) -> block written]* -> finished

What was intended and not written is done again, and keeps the outcomes of its first intent. Sums are
taken by query from the blocks, never counted up.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from pymongo.errors import BulkWriteError, DuplicateKeyError

from etl.errors import BooksError
from etl.load.faults import DUPLICATE_KEY
from etl.load.store import Document, Store
from etl.model import Counts, DumpStamp


class Finished(msgspec.Struct, frozen=True):
    """Who finished a load."""

    run: str
    dump: str


class Intent(msgspec.Struct, frozen=True):
    """The outcomes that stand for a piece of work."""

    counts: Counts
    resumed: bool
    """Whether an earlier attempt, now gone, intended it already: then its counts stand."""


class SmallLoad(msgspec.Struct, frozen=True):
    """A small whole dump, about to be written in one batch with others."""

    load_id: str
    stamp: DumpStamp
    size: int
    counts: Counts


def load_id(stamp: DumpStamp) -> str:
    """`_id` in `loads`: `<sha256>/<source>/<parser>`."""
    return f"{stamp.sha256}/{stamp.source}/{stamp.parser}"


class Ledger:
    """The ledger of a store. Every method raises `StoreError` when the store is gone or refuses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def finished(self, ids: Sequence[str]) -> dict[str, Finished]:
        """Those of the loads that are finished."""
        query = {"_id": {"$in": list(ids)}, "state": "finished"}
        rows = self._store.call(
            "the look-up of loads", lambda: list(self._store.loads.find(query, {"run": 1, "dump": 1}))
        )
        return {row["_id"]: Finished(row["run"], row["dump"]) for row in rows}

    def begin(self, this: str, stamp: DumpStamp, size: int) -> None:
        """Enter a dump as started; an earlier attempt's blocks stay."""
        fields = {**_fields(stamp, size), "state": "started", "started_at": _now()}
        update = {"$set": fields, "$unset": {"error": "", "finished_at": ""}, "$inc": {"attempts": 1}}
        self._store.call(
            "the ledger's start of a dump",
            lambda: self._store.loads.update_one({"_id": this}, update, upsert=True),
        )

    def blocks_done(self, this: str) -> set[int]:
        """Numbers of the blocks of which every write was acknowledged."""
        query = {"load": this, "state": "written"}
        rows = self._store.call(
            "the look-up of blocks", lambda: list(self._store.load_blocks.find(query, {"block": 1}))
        )
        return {row["block"] for row in rows}

    def intend(self, this: str, block: int, stamp: DumpStamp, counts: Counts) -> Intent:
        """Enter a block before its first write, with the outcomes planned for it."""
        document = {
            "_id": f"{this}#{block}",
            "load": this,
            "block": block,
            "run": stamp.run,
            "dump": stamp.dump,
            "state": "writing",
            "counts": _document(counts),
        }

        def attempt() -> Intent:
            try:
                self._store.load_blocks.insert_one(dict(document))
            except DuplicateKeyError:
                query = {"_id": document["_id"]}
                there = self._store.load_blocks.find_one(query)
                ours = there is None or (there["run"], there["dump"]) == (stamp.run, stamp.dump)
                if there is not None and there["state"] == "cut_short":
                    self._store.load_blocks.replace_one(query, document)
                elif there is not None and not ours:
                    return Intent(counts_of(there["counts"]), resumed=True)
            return Intent(counts, resumed=False)

        return self._store.call("the ledger's intent", attempt)

    def acknowledge(self, this: str, block: int, counts: Counts, *, cut_short: bool = False) -> None:
        """Enter that every write of a block is acknowledged.

        Args:
            cut_short: The dump failed within the block; should the dump be tried again, so is the block.
        """
        fields: Document = {"state": "cut_short" if cut_short else "written", "counts": _document(counts)}
        self._store.call(
            "the ledger's acknowledgement",
            lambda: self._store.load_blocks.update_one({"_id": f"{this}#{block}"}, {"$set": fields}),
        )

    def finish(self, this: str) -> Counts:
        """Close the books of a dump whose blocks are all written: sums by query, `finished` last.

        Raises:
            BooksError: they do not balance, or the quarantine does not hold what was rejected.
        """
        counts = self._sum(this)
        held = self._store.call(
            "the count of the quarantine", lambda: self._store.quarantine.count_documents({"load": this})
        )
        if not counts.balanced() or held < counts.rejected:
            raise BooksError(f"load {this} does not balance: {counts}, {held} in quarantine")
        self._close(this, "finished", counts)
        return counts

    def fail(self, this: str, error: str) -> Counts:
        """Enter that a dump could not be read to its end; what it gave stays loaded."""
        counts = self._sum(this)
        self._close(this, "failed", counts, error)
        return counts

    def interrupt(self, this: str) -> Counts:
        """Enter that a dump was not read to its end because the run was stopped."""
        counts = self._sum(this)
        self._close(this, "interrupted", counts)
        return counts

    def begin_many(self, loads: Sequence[SmallLoad]) -> dict[str, Intent]:
        """Enter small whole dumps as started, with the outcomes planned for them."""
        if not loads:
            return {}
        now = _now()
        documents = [
            {
                "_id": load.load_id,
                **_fields(load.stamp, load.size),
                "state": "started",
                "started_at": now,
                "attempts": 1,
                "counts": _document(load.counts),
            }
            for load in loads
        ]
        there: dict[str, Document] = {}

        def attempt() -> None:
            try:
                self._store.loads.insert_many(documents, ordered=False)
            except BulkWriteError as error:
                details = error.details or {}
                errors = details.get("writeErrors", [])
                if details.get("writeConcernErrors") or any(e["code"] != DUPLICATE_KEY for e in errors):
                    raise
                known = [documents[each["index"]]["_id"] for each in errors]
                for row in self._store.loads.find({"_id": {"$in": known}}):
                    there[row["_id"]] = row

        self._store.call("the ledger's start of small dumps", attempt)
        self._retake(loads, there)
        return {load.load_id: self._intent_of(load, there.get(load.load_id)) for load in loads}

    def finish_many(self, ids: Sequence[str]) -> None:
        """Enter small whole dumps as finished."""
        if ids:
            update = {"$set": {"state": "finished", "finished_at": _now()}}
            self._store.call(
                "the ledger's end of small dumps",
                lambda: self._store.loads.update_many({"_id": {"$in": list(ids)}}, update),
            )

    def fail_small(self, this: str, error: str, counts: Counts) -> None:
        """Enter that a small dump could not be read to its end."""
        self._close(this, "failed", counts, error)

    def _retake(self, loads: Sequence[SmallLoad], there: dict[str, Document]) -> None:
        """Dumps that failed or were cut off before: their counts begin anew with this attempt."""
        for load in loads:
            row = there.get(load.load_id)
            if row is not None and row["state"] not in ("started", "finished"):
                fields = {
                    **_fields(load.stamp, load.size),
                    "state": "started",
                    "counts": _document(load.counts),
                }
                update = {"$set": fields, "$inc": {"attempts": 1}, "$unset": {"error": ""}}
                self._update(load.load_id, update, "the ledger's restart of a small dump")

    @staticmethod
    def _intent_of(load: SmallLoad, row: Document | None) -> Intent:
        # A copy that this very run found under another name has outcomes of its own.
        if row is None or row["run"] == load.stamp.run or row["state"] != "started":
            return Intent(load.counts, resumed=False)
        return Intent(counts_of(row["counts"]), resumed=True)

    def _sum(self, this: str) -> Counts:
        rows = self._store.call(
            "the sum of blocks",
            lambda: list(self._store.load_blocks.find({"load": this, "state": {"$ne": "writing"}}, {"counts": 1})),
        )
        return sum((counts_of(row["counts"]) for row in rows), Counts())

    def _close(self, this: str, state: str, counts: Counts, error: str | None = None) -> None:
        fields: Document = {"state": state, "finished_at": _now(), "counts": _document(counts)}
        if error is not None:
            fields["error"] = error[:2000]
        self._update(this, {"$set": fields}, "the ledger's end of a dump")

    def _update(self, this: str, update: Document, name: str) -> None:
        self._store.call(name, lambda: self._store.loads.update_one({"_id": this}, update))


def _fields(stamp: DumpStamp, size: int) -> Document:
    return {
        "source": stamp.source,
        "dump": stamp.dump,
        "sha256": stamp.sha256,
        "parser": stamp.parser,
        "run": stamp.run,
        "declared": stamp.declared.isoformat() if stamp.declared else None,
        "size": size,
    }


def _document(counts: Counts) -> Document:
    document: Document = msgspec.structs.asdict(counts)
    return {**document, "reasons": dict(counts.reasons)}


def counts_of(document: Any) -> Counts:
    """Books as they were stored."""
    return Counts(**document)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


__all__ = ["Finished", "Intent", "Ledger", "SmallLoad", "load_id"]
