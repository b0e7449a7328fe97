"""The ledger: which dump contents are loaded, and the books of each.

One entry in `loads` for each dump content, source and parser version; for each block of a large dump one
in `load_blocks` too. The order of writes keeps the books right through any crash:

    started -> [block intended, with its outcomes -> (its writes) -> block acknowledged]* -> finished

What was intended and not acknowledged is written again, and what the dead attempt decided still holds for
the articles that it came to write. Sums are taken by query from the blocks, never counted up.
"""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from etl.errors import BooksError, StoreError
from etl.load.bookkeeping import check, close, entered, intent_of
from etl.load.entries import (
    Block,
    BlockDone,
    BlockPlan,
    Finished,
    Intent,
    Load,
    counts_of,
    load_fields,
    load_id,
    load_of,
    now,
    stored,
)
from etl.load.quarantine import Quarantine
from etl.load.store import Document, Store
from etl.load.writes import Write, write
from etl.model import Counts, DumpStamp

_PAGE = 200
"""Blocks read at a time where each may bring kilobytes of digests."""


class Ledger:
    """The ledger of a store. Every method raises `StoreError` when the store is gone or refuses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # -- what is there -------------------------------------------------------------------------------

    def finished(self, ids: Sequence[str]) -> dict[str, Finished]:
        """Those of the loads that are finished."""
        query = {"_id": {"$in": list(ids)}, "state": "finished"}
        rows = self._store.call(
            "look up loads",
            lambda: list(self._store.loads.find(query, {"run": 1, "dump": 1}, batch_size=len(ids) + 1)),
        )
        return {row["_id"]: Finished(row["run"], row["dump"]) for row in rows}

    def looks_finished(self, source: str, dump: str, size: int) -> bool:
        """Whether a dump of that name and size is finished. A hint for what to get ready, and no more."""
        query = {"source": source, "dump": dump, "size": size, "state": "finished"}
        return bool(
            self._store.call(
                "look up a load by its name", lambda: self._store.loads.find_one(query, {"_id": 1})
            )
        )

    def get(self, this: str) -> Load | None:
        """The load of that id."""
        row = self._store.call("look up a load", lambda: self._store.loads.find_one({"_id": this}))
        return load_of(row) if row else None

    def previous(self, stamp: DumpStamp) -> Load | None:
        """The last finished load of the same source, dump name and parser: what the dump held before.

        Loads of only some of its publication days say nothing of the others, and do not count.
        """
        query = {
            "source": stamp.source,
            "dump": stamp.dump,
            "parser": stamp.parser,
            "sha256": {"$ne": stamp.sha256},
            "state": "finished",
            "days": None,
        }
        row = self._store.call(
            "look up the previous load",
            lambda: self._store.loads.find_one(query, sort=[("finished_at", -1)]),
        )
        return load_of(row) if row else None

    def blocks_done(self, this: str) -> set[int]:
        """Numbers of the blocks of which every write was acknowledged."""
        query = {"load": this, "state": "written"}
        rows = self._store.call(
            "look up blocks", lambda: list(self._store.load_blocks.find(query, {"block": 1}))
        )
        return {row["block"] for row in rows}

    def blocks_begun(self, this: str) -> dict[int, int]:
        """Numbers of the blocks that a dead attempt did not finish, each with the first of its group."""
        query = {"load": this, "state": {"$ne": "written"}}
        rows = self._store.call(
            "look up blocks that were begun",
            lambda: list(self._store.load_blocks.find(query, {"block": 1, "group": 1})),
        )
        return {int(row["block"]): int(row["group"] if "group" in row else row["block"]) for row in rows}

    def blocks(self, this: str) -> Iterator[Block]:
        """The acknowledged blocks of a load, in order."""
        for row in self._pages(this, {"block": 1, "counts": 1, "digest": 1}):
            yield Block(row["block"], counts_of(row["counts"]), row.get("digest"))

    def record_digests(self, this: str) -> Iterator[bytes]:
        """The digests of a load's records, joined, block by block; only of blocks that have them."""
        for row in self._pages(this, {"block": 1, "records": 1}):
            if row.get("records"):
                yield row["records"]

    def reopen(self, ids: Sequence[str], before: datetime) -> None:
        """Let loads that were finished before that moment (naive UTC) be done again, from their start."""
        query: Document = {"_id": {"$in": list(ids)}, "state": "finished", "finished_at": {"$lt": before}}
        rows = self._store.call(
            "look up loads to be done again", lambda: list(self._store.loads.find(query, {"_id": 1}))
        )
        again = [row["_id"] for row in rows]
        if not again:
            return
        # Blocks first: a load that is open and has none begins at its start, however often we are killed.
        self._store.call(
            "clear blocks to be done again",
            lambda: self._store.load_blocks.delete_many({"load": {"$in": again}}),
        )
        update = {"$set": {"state": "interrupted"}, "$unset": {"outcomes": ""}}
        self._store.call(
            "enter that loads are done again",
            lambda: self._store.loads.update_many({**query, "_id": {"$in": again}}, update),
        )

    # -- large dumps, block by block -----------------------------------------------------------------

    def begin(self, this: str, stamp: DumpStamp, size: int) -> None:
        """Enter a dump as started; what an earlier attempt has done stays. A finished one stays finished."""
        update = {
            "$set": {**load_fields(stamp, size), "state": "started", "started_at": now()},
            "$unset": {"error": "", "finished_at": "", "counts": ""},
            "$inc": {"attempts": 1},
            "$addToSet": {"runs": stamp.run},
        }
        unfinished = {"_id": this, "state": {"$ne": "finished"}}

        def attempt() -> None:
            try:
                self._store.loads.update_one(unfinished, update, upsert=True)
            except DuplicateKeyError:
                pass  # another run finished it a moment ago

        self._store.call("enter the start of a dump", attempt)

    def intend_many(self, this: str, stamp: DumpStamp, blocks: Sequence[BlockPlan]) -> list[Intent]:
        """Enter blocks that are written together before their first write.

        Args:
            this: The load.
            stamp: Who writes them.
            blocks: In the order of the dump.

        Returns:
            For each, what was planned; what another attempt had planned, where there was one.
        """
        attempt = secrets.token_hex(8)  # tells our own entries, when the reply is lost
        documents: list[Document] = [
            {
                "_id": f"{this}#{block.number}",
                "load": this,
                "block": block.number,
                "group": blocks[0].number,
                "run": stamp.run,
                "dump": stamp.dump,
                "state": "writing",
                "counts": stored(block.counts),
                "outcomes": block.outcomes,
                "attempt": attempt,
            }
            for block in blocks
        ]
        there = entered(self._store, self._store.load_blocks, documents, "enter what blocks will be")
        return [
            intent_of(block.counts, stamp, there[document["_id"]])
            if document["_id"] in there
            else Intent(block.counts, resumed=False)
            for block, document in zip(blocks, documents, strict=True)
        ]

    def acknowledge_many(self, this: str, blocks: Sequence[BlockDone]) -> None:
        """Enter that every write of these blocks is acknowledged. The first to say so is believed.

        In the order given, so that those which are left after a crash never come before one that is done.
        """
        updates: list[Write] = []
        for block in blocks:
            fields: Document = {
                "state": "cut_short" if block.cut_short else "written",
                "counts": stored(block.counts),
            }
            if block.digest is not None:
                fields["digest"] = block.digest
            if block.records:
                fields["records"] = block.records
            unwritten = {"_id": f"{this}#{block.number}", "state": {"$ne": "written"}}
            updates.append(UpdateOne(unwritten, {"$set": fields}))
        refused = write(
            self._store, "enter that blocks are written", self._store.load_blocks, updates, ordered=True
        ).refused
        for why in refused.values():
            raise StoreError(f"load {this}: a block's entry in the ledger is refused: {why}")

    def finish(self, this: str, blocks: int | None = None) -> Counts:
        """Close the books of a dump whose blocks are all written: sums by query, `finished` last.

        Args:
            this: The load.
            blocks: How many blocks it must have, where that is known.

        Raises:
            BooksError: they do not balance, a block is missing, or the quarantine does not hold what was
                rejected.
        """
        rows = self._store.call(
            "sum up blocks",
            lambda: list(self._store.load_blocks.find({"load": this}, {"block": 1, "state": 1, "counts": 1})),
        )
        counts = sum((counts_of(row["counts"]) for row in rows), Counts())
        unwritten = sorted(row["block"] for row in rows if row["state"] != "written")
        if unwritten:
            raise BooksError(f"load {this}: block {unwritten[0]} was never written to its end")
        if blocks is not None and len(rows) != blocks:
            raise BooksError(
                f"load {this}: it has {len(rows)} blocks in the ledger, and {blocks} in the dump"
            )
        check(self._store, this, counts)
        load = self.get(this)
        if load is not None and load.days is None:
            Quarantine(self._store).resolve_load(this, load.run)
        close(self._store, this, "finished", counts)
        return counts

    def fail(self, this: str, error: str) -> Counts:
        """Enter that a dump could not be read to its end; what it gave stays loaded."""
        counts = self._sum(this)
        close(self._store, this, "failed", counts, error)
        return counts

    def interrupt(self, this: str) -> Counts:
        """Enter that a dump was not read to its end because the run was stopped."""
        counts = self._sum(this)
        close(self._store, this, "interrupted", counts)
        return counts

    def _sum(self, this: str) -> Counts:
        rows = self._store.call(
            "sum up blocks",
            lambda: list(
                self._store.load_blocks.find({"load": this, "state": {"$ne": "writing"}}, {"counts": 1})
            ),
        )
        return sum((counts_of(row["counts"]) for row in rows), Counts())

    def _pages(self, this: str, fields: dict[str, int]) -> Iterator[Document]:
        after = -1
        while True:
            query = {"load": this, "state": "written", "block": {"$gt": after}}
            rows = self._store.call(
                "read blocks",
                lambda query=query: list(  # type: ignore[misc]
                    self._store.load_blocks.find(query, fields).sort("block", 1).limit(_PAGE)
                ),
            )
            yield from rows
            if len(rows) < _PAGE:
                return
            after = rows[-1]["block"]


__all__ = ["Block", "BlockDone", "BlockPlan", "Finished", "Intent", "Ledger", "Load", "load_id"]
