"""What alarms were told already: one document each, so that every state is told once.

`_id` is the alarm's key. Whoever opens it, of all processes that look at the same time, tells it; it is
closed when the state is over, and opened anew should the state come back.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from etl.load.entries import now
from etl.load.store import Document, Store

_TELLING = timedelta(minutes=5)
"""After so long without a word that it was told, an opened alarm is told by whoever comes next."""


class ToldAlarms:
    """The alarms of a store. Every method raises `StoreError` when the store is gone or refuses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, key: str, text: str) -> bool:
        """Enter that a state is there: whether it is for the caller to tell."""
        moment = now()
        nobody = [
            {"open": {"$ne": True}},
            {"told_at": None, "opened_at": {"$lt": moment - _TELLING}},
        ]
        query: Document = {"_id": key, "$or": nobody}
        by = secrets.token_hex(8)  # tells our own entry, when the reply is lost
        fields: Document = {"open": True, "text": text, "opened_at": moment, "told_at": None, "by": by}

        def attempt() -> bool:
            try:
                done = self._store.alarms.update_one(query, {"$set": fields}, upsert=True)
            except DuplicateKeyError:  # it is open, and told or being told
                return self._store.alarms.count_documents({"_id": key, "by": by}) > 0
            return bool(done.upserted_id or done.modified_count)

        return self._store.call("enter an alarm", attempt)

    def told(self, key: str) -> None:
        """Enter that it was told."""
        self._set({"_id": key}, {"told_at": now()})

    def untold(self, key: str) -> None:
        """Enter that it could not be told: the next one to look tries again."""
        self._set({"_id": key}, {"open": False})

    def close_others(self, keys: Collection[str], before: datetime) -> None:
        """Enter that all states but these are over, of those opened before that moment (naive UTC)."""
        query: Document = {"open": True, "_id": {"$nin": list(keys)}, "opened_at": {"$lt": before}}
        self._set(query, {"open": False})

    def _set(self, query: Document, fields: Document) -> None:
        self._store.call(
            "enter what became of an alarm", lambda: self._store.alarms.update_many(query, {"$set": fields})
        )
