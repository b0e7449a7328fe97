"""The outcomes that are entered for a piece of work, which everybody who works on it amends together.

A dead attempt's outcomes hold for what it came to write, so they are entered before that is written. Two
loaders may be at the same piece at the same time, and a third may change what stands between them. Then each
amends what it decided anew and leaves what the other did, and what another wrote has the outcomes that are
entered by the time it is seen to be written.
"""

from collections.abc import Sequence
from typing import Any, Self

from pymongo.collection import Collection

from etl.load.entries import Intent
from etl.load.store import Document, Store


class Decided:
    """The outcomes (as `Plan.letters`) of a block, or of a small dump. Methods raise `StoreError`."""

    def __init__(
        self, store: Store, collection: Collection[Any], query: Document, intent: Intent, planned: str
    ) -> None:
        self._store = store
        self._collection = collection
        self._query = query
        self._copy = intent.copy
        self.before = intent.outcomes if intent.resumed else planned
        """As they were when the work was intended."""
        self._known = self._entered = self.before

    @classmethod
    def block(cls, store: Store, this: str, number: int, intent: Intent, planned: str) -> Self:
        """Those of a block of a load, intended so."""
        query: Document = {"_id": f"{this}#{number}", "state": "writing"}
        return cls(store, store.load_blocks, query, intent, planned)

    @classmethod
    def small(cls, store: Store, this: str, intent: Intent, planned: str) -> Self:
        """Those of a small dump, intended so."""
        query: Document = {"_id": this, "state": {"$ne": "finished"}}
        return cls(store, store.loads, query, intent, planned)

    def recall(self) -> str | None:
        """The outcomes as they are entered now; None where there are none."""
        if self._copy:
            return None
        row = self._store.call(
            "look up outcomes",
            lambda: self._collection.find_one({"_id": self._query["_id"]}, {"outcomes": 1}),
        )
        return None if row is None else row.get("outcomes")

    def amend(self, outcomes: str) -> None:
        """Enter outcomes before what they describe is written. Work that is closed stays as it is."""
        while not self._copy and self._entered != (wanted := _merged(self._known, outcomes, self._entered)):
            query = {**self._query, "outcomes": self._entered}
            update = {"$set": {"outcomes": wanted}}
            written = self._store.call(
                "amend outcomes",
                lambda q=query, u=update: self._collection.update_one(q, u),  # type: ignore[misc]
            )
            if written.matched_count:
                self._entered = wanted
                break
            row = self._store.call("look up outcomes", lambda: self._collection.find_one(self._query))
            if row is None:
                break
            self._entered = row.get("outcomes")
        self._known = outcomes


def outcomes_of_small(store: Store, ids: Sequence[str]) -> dict[str, str | None]:
    """The outcomes of small dumps as they are entered now."""
    rows = store.call(
        "look up outcomes of small dumps",
        lambda: list(store.loads.find({"_id": {"$in": list(ids)}}, {"outcomes": 1})),
    )
    entered = {row["_id"]: row.get("outcomes") for row in rows}
    return {this: entered.get(this) for this in ids}


def _merged(known: str | None, now: str, entered: str | None) -> str:
    """What was decided anew since `known`, and of the rest what is entered.

    >>> _merged("iii", "iri", "iis")
    'irs'
    """
    if known is None or entered is None or not len(known) == len(now) == len(entered):
        return now
    return "".join(n if n != k else e for k, n, e in zip(known, now, entered, strict=True))
