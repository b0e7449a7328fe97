"""The ledger of small whole dumps: many are entered at once, each with an entry of its own in `loads`.

    started, with its outcomes -> (the writes of the batch) -> finished

An entry that is `started` is an intent, as that of a block of a large dump is.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence

from pymongo import UpdateOne

from etl.load.bookkeeping import check, close, entered, intent_of, update
from etl.load.entries import Intent, SmallLoad, load_fields, now, stored
from etl.load.store import Document, Store
from etl.load.writes import Write, write
from etl.model import Counts


class SmallLedger:
    """The same ledger. Every method raises `StoreError` when the store is gone or refuses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, loads: Sequence[SmallLoad]) -> dict[str, Intent]:
        """Enter small whole dumps as started, with the outcomes planned for them: their intents.

        Returns:
            By load id, what was planned; what an attempt before this one planned, where it did not finish.
        """
        if not loads:
            return {}
        attempt = secrets.token_hex(8)  # tells our own entries, when the reply is lost
        documents = {
            load.load_id: _started(load, attempt) for load in reversed(loads)
        }  # of copies, the first

        there = entered(
            self._store, self._store.loads, list(documents.values()), "enter the start of small dumps"
        )
        ours = {load.load_id: load for load in reversed(loads)}
        resumed = {this: row for this, row in there.items() if row["state"] != "finished"}
        if resumed:
            self._reopen(resumed, ours)
        return {
            this: intent_of(load.counts, load.stamp, resumed[this])
            if this in resumed
            else Intent(load.counts, resumed=False)
            for this, load in ours.items()
        }

    def finish(self, books: Mapping[str, Counts], corrected: Iterable[str] = ()) -> None:
        """Enter small whole dumps as finished.

        Args:
            books: Of each load.
            corrected: The loads of which the books came out other than their intents say.

        Raises:
            BooksError: the books of one do not balance, or the quarantine does not hold what was rejected.
        """
        if not books:
            return
        for this, counts in books.items():
            check(self._store, this, counts)
        for this in corrected:
            counted = {"$set": {"counts": stored(books[this])}}
            update(self._store, this, counted, "correct the books of a small dump")
        end = {"$set": {"state": "finished", "finished_at": now()}}
        query = {"_id": {"$in": list(books)}, "state": {"$ne": "finished"}}
        self._store.call("enter the end of small dumps", lambda: self._store.loads.update_many(query, end))

    def fail(self, this: str, error: str, counts: Counts) -> None:
        """Enter that a small dump could not be read to its end."""
        close(self._store, this, "failed", counts, error)

    def _reopen(self, resumed: Mapping[str, Document], loads: Mapping[str, SmallLoad]) -> None:
        updates: list[Write] = []
        for this, row in resumed.items():
            load = loads[this]
            fields = {**load_fields(load.stamp, load.size), "state": "started", "started_at": now()}
            if row["state"] in ("failed", "interrupted"):
                fields["counts"] = stored(load.counts)  # those of the attempt before are in its run's report
            update = {
                "$set": fields,
                "$unset": {"error": "", "finished_at": ""},
                "$inc": {"attempts": 1},
                "$addToSet": {"runs": load.stamp.run},
            }
            updates.append(UpdateOne({"_id": this, "state": {"$ne": "finished"}}, update))
        write(self._store, "enter that small dumps are tried again", self._store.loads, updates)


def _started(load: SmallLoad, attempt: str) -> Document:
    return {
        "_id": load.load_id,
        **load_fields(load.stamp, load.size),
        "state": "started",
        "started_at": now(),
        "attempts": 1,
        "runs": [load.stamp.run],
        "attempt": attempt,
        "counts": stored(load.counts),
        "outcomes": load.outcomes,
    }
