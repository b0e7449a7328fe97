"""The quarantine: records that could not become articles, with their raw bytes and their place."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import bson
import msgspec
from bson.raw_bson import RawBSONDocument
from pymongo import UpdateOne

from etl.load.entries import load_id, now
from etl.load.store import Document, Store
from etl.load.writes import Write, insert_new, write
from etl.model import DumpStamp, Reason, Rejection

RAW_BYTES = 1 << 20
"""Most raw bytes kept of a record; its true length is kept beside them."""

EntryState = Literal["open", "resolved", "discarded"]


class Selection(msgspec.Struct, frozen=True):
    """Which entries; None selects all."""

    source: str | None = None
    reason: Reason | None = None
    dump: str | None = None
    state: EntryState | None = "open"
    since: datetime | None = None
    """Only entries made at or after this moment (naive UTC)."""
    until: datetime | None = None
    """Only entries made before this moment (naive UTC)."""
    ids: tuple[str, ...] | None = None
    run: str | None = None
    """Only entries that this run made, or made anew."""

    def query(self) -> Document:
        """The selection as a query."""
        wanted = {"source": self.source, "reason": self.reason, "dump": self.dump, "state": self.state}
        wanted["run"] = self.run
        query: Document = {name: str(value) for name, value in wanted.items() if value is not None}
        at = {"$gte": self.since, "$lt": self.until}
        if set(at.values()) != {None}:
            query["at"] = {name: value for name, value in at.items() if value is not None}
        if self.ids is not None:
            query["_id"] = {"$in": list(self.ids)}
        return query


class Entry(msgspec.Struct, frozen=True):
    """One rejected record."""

    id: str
    source: str
    dump: str
    sha256: str
    member: str | None
    record: int
    offset: int | None
    stage: str
    reason: str
    detail: str
    raw: bytes
    raw_bytes: int
    """True length of the record; `raw` holds its head where that is longer."""
    parser: str
    run: str
    at: datetime
    """When it was last rejected; naive UTC."""
    state: EntryState
    resolved_by: str | None = None
    """The run that loaded it, or whoever discarded it."""

    @property
    def truncated(self) -> bool:
        """Whether `raw` is only the head of the record."""
        return self.raw_bytes > len(self.raw)

    def as_json(self) -> dict[str, Any]:
        """The entry for people and scripts; raw bytes that are not UTF-8 are escaped."""
        fields: dict[str, Any] = msgspec.structs.asdict(self)
        return {**fields, "raw": self.raw.decode("utf-8", "backslashreplace")}


class Quarantine:
    """The quarantine of a store. Every method raises `StoreError` when the store is gone or refuses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, stamp: DumpStamp, rejections: Sequence[Rejection]) -> None:
        """Enter rejected records of a dump. The same record gives the same entry, however often.

        One that a newer parser rejects again is brought up to date; what a person has discarded stays
        discarded.
        """
        if not rejections:
            return
        documents = _documents(stamp, rejections)
        there = insert_new(
            self._store,
            "enter rejections",
            self._store.quarantine,
            [RawBSONDocument(bson.encode(document)) for document in documents],
        )
        updates: list[Write] = [_again(documents[place]) for place in sorted(there.exists)]
        write(self._store, "enter rejections again", self._store.quarantine, updates)

    def resolve_load(self, this: str, run: str) -> int:
        """Mark as resolved the open entries of a dump that its load did not reject.

        Args:
            this: The id of the load, which is complete and has entered what it rejects.
            run: Who loaded it.

        Returns:
            How many there were.
        """
        sha256, source, _ = this.split("/", 2)
        query = {"sha256": sha256, "source": source, "state": "open", "load": {"$ne": this}}
        return self._update(query, {"state": "resolved", "resolved_by": run, "resolved_at": now()})

    def resolve(self, stamps: Sequence[DumpStamp]) -> int:
        """Mark as resolved the open entries of dumps that their loads did not reject.

        Args:
            stamps: Dumps of one source and run, complete, whose rejections are entered.

        Returns:
            How many there were.
        """
        if not stamps:
            return 0
        query = {
            "sha256": {"$in": [stamp.sha256 for stamp in stamps]},
            "source": stamps[0].source,
            "state": "open",
            "load": {"$nin": [load_id(stamp) for stamp in stamps]},
        }
        return self._update(query, {"state": "resolved", "resolved_by": stamps[0].run, "resolved_at": now()})

    def mark(self, ids: Sequence[str], state: EntryState, by: str) -> int:
        """Mark entries as discarded, resolved, or open again.

        Args:
            ids: The entries.
            state: What they become.
            by: The run, or the person, that says so.

        Returns:
            How many entries were changed.
        """
        query = {"_id": {"$in": list(ids)}, "state": {"$ne": state}}
        return self._update(query, {"state": state, "resolved_by": by, "resolved_at": now()})

    def renew(self, stamp: DumpStamp, rejections: Mapping[str, Rejection]) -> None:
        """Bring open entries up to date whose records were tried again and rejected again.

        Args:
            stamp: What they were read by.
            rejections: By entry's id, why this time.
        """
        updates: list[Write] = []
        for entry_id, rejection in rejections.items():
            fields = {
                "load": load_id(stamp),
                "stage": rejection.stage.value,
                "reason": rejection.reason.value,
                "detail": storable(rejection.detail),
                "parser": stamp.parser,
                "run": stamp.run,
                "at": now(),
            }
            updates.append(UpdateOne({"_id": entry_id, "state": "open"}, {"$set": fields}))
        write(self._store, "enter rejections again", self._store.quarantine, updates)

    def ids(self, selection: Selection) -> dict[str, list[str]]:
        """Ids of entries by source, those of a dump together and in its order."""
        find = self._store.quarantine.find(selection.query(), {"source": 1})
        order = [("source", 1), ("dump", 1), ("sha256", 1), ("member", 1), ("record", 1)]
        rows = self._store.call("look up the quarantine", lambda: [*find.clone().sort(order)])
        ids: dict[str, list[str]] = {}
        for row in rows:
            ids.setdefault(row["source"], []).append(row["_id"])
        return ids

    def list(self, selection: Selection, *, limit: int = 0) -> Iterator[Entry]:
        """Entries, newest first; all of them where `limit` is 0."""
        find = self._store.quarantine.find(selection.query()).sort([("at", -1), ("_id", 1)]).limit(limit)
        return map(_entry, self._store.call("look up the quarantine", lambda: [*find.clone()]))

    def get(self, entry_id: str) -> Entry | None:
        """The entry of that id."""
        row = self._store.call(
            "look up a quarantine entry", lambda: self._store.quarantine.find_one({"_id": entry_id})
        )
        return _entry(row) if row else None

    def count(self, selection: Selection) -> int:
        """How many entries there are."""
        return self._store.call(
            "count the quarantine", lambda: self._store.quarantine.count_documents(selection.query())
        )

    def reasons(self, selection: Selection) -> dict[str, int]:
        """How many entries there are of each reason, most frequent first."""
        steps = [
            {"$match": selection.query()},
            {"$group": {"_id": "$reason", "n": {"$sum": 1}}},
            {"$sort": {"n": -1, "_id": 1}},
        ]
        rows = self._store.call(
            "count the quarantine by reason", lambda: [*self._store.quarantine.aggregate(steps)]
        )
        return {row["_id"]: row["n"] for row in rows}

    def _update(self, query: Document, fields: Document) -> int:
        result = self._store.call(
            "mark quarantine entries", lambda: self._store.quarantine.update_many(query, {"$set": fields})
        )
        return int(result.modified_count)


def entry_id(stamp: DumpStamp, rejection: Rejection, nth: int = 0) -> str:
    """`_id` of a record's entry: 24 hex digits over source, dump, content and position.

    `nth` tells apart records of one position, such as several objects on one line.
    """
    place = (stamp.source, stamp.dump, stamp.sha256, rejection.member, rejection.record, nth)
    return hashlib.sha256(repr(place).encode("utf-8", "backslashreplace")).hexdigest()[:24]


def entry_ids(stamp: DumpStamp, rejections: Sequence[Rejection]) -> list[str]:
    """`_id` of each entry that `Quarantine.write` makes of these, in their order."""
    seen: Counter[tuple[str | None, int]] = Counter()
    ids = []
    for rejection in rejections:
        place = (rejection.member, rejection.record)
        ids.append(entry_id(stamp, rejection, seen[place]))
        seen[place] += 1
    return ids


def _documents(stamp: DumpStamp, rejections: Sequence[Rejection]) -> list[Document]:
    documents = []
    at = now()
    this = load_id(stamp)
    for this_id, rejection in zip(entry_ids(stamp, rejections), rejections, strict=True):
        documents.append(
            {
                "_id": this_id,
                "load": this,
                "source": stamp.source,
                "dump": stamp.dump,
                "sha256": stamp.sha256,
                "member": rejection.member,
                "record": rejection.record,
                "offset": rejection.offset,
                "stage": rejection.stage.value,
                "reason": rejection.reason.value,
                "detail": storable(rejection.detail),
                "raw": rejection.raw[:RAW_BYTES],
                "raw_bytes": len(rejection.raw),
                "parser": stamp.parser,
                "run": stamp.run,
                "at": at,
                "state": "open",
            }
        )
    return documents


def _again(document: Mapping[str, Any]) -> UpdateOne:
    """What brings an entry up to date: all of it, and open again unless a person discarded it."""
    fields: Document = {
        name: {"$literal": value} for name, value in document.items() if name not in ("_id", "state")
    }
    state = {"$cond": [{"$eq": ["$state", "discarded"]}, "discarded", "open"]}
    for name in ("resolved_by", "resolved_at"):
        fields[name] = {"$cond": [{"$eq": ["$state", "discarded"]}, f"${name}", "$$REMOVE"]}
    return UpdateOne({"_id": document["_id"]}, [{"$set": {**fields, "state": state}}])


def storable(text: str) -> str:
    """A detail may quote the very half character that the record was rejected for."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _entry(row: Document) -> Entry:
    known = {name: row.get(name) for name in Entry.__struct_fields__}
    return Entry(**{**known, "id": row["_id"]})


__all__ = ["RAW_BYTES", "Entry", "EntryState", "Quarantine", "Selection", "entry_id", "entry_ids", "storable"]
