"""The quarantine: records that could not become articles, with their raw bytes and their place."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from pymongo import ReplaceOne

from etl.load.ledger import load_id
from etl.load.store import Document, Store
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

    def query(self) -> Document:
        """The selection as a query."""
        wanted = {"source": self.source, "reason": self.reason, "dump": self.dump, "state": self.state}
        return {name: str(value) for name, value in wanted.items() if value is not None}


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
    state: EntryState

    def as_json(self) -> dict[str, Any]:
        """The entry for people and scripts; raw bytes that are not UTF-8 are escaped."""
        fields: dict[str, Any] = msgspec.structs.asdict(self)
        return {**fields, "raw": self.raw.decode("utf-8", "backslashreplace")}


class Quarantine:
    """The quarantine of a store. Every method raises `StoreError` when the store is gone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, stamp: DumpStamp, rejections: Sequence[Rejection]) -> None:
        """Enter rejected records of a dump. The same record gives the same entry, however often."""
        now = datetime.now(UTC).replace(tzinfo=None)
        this = load_id(stamp)
        operations = []
        for rejection in rejections:
            document = _document(stamp, this, rejection, now)
            operations.append(ReplaceOne({"_id": document["_id"]}, document, upsert=True))
        if operations:
            self._store.call(
                "the write of the quarantine",
                lambda: self._store.quarantine.bulk_write(operations, ordered=False),
            )

    def resolve(self, stamps: Sequence[DumpStamp]) -> None:
        """Mark entries of dumps that a newer parser has loaded since; what it rejects was entered anew."""
        by_parser: dict[tuple[str, str, str], list[str]] = {}
        for stamp in stamps:
            by_parser.setdefault((stamp.source, stamp.parser, stamp.run), []).append(stamp.sha256)
        for (source, parser, run), digests in by_parser.items():
            query = {"sha256": {"$in": digests}, "source": source, "parser": {"$ne": parser}, "state": "open"}
            self._update(query, {"state": "resolved", "resolved_by": run})

    def _update(self, query: Document, fields: Document) -> int:
        return self._store.call(
            "the update of the quarantine",
            lambda: self._store.quarantine.update_many(query, {"$set": fields}).modified_count,
        )

    def list(self, selection: Selection, *, limit: int = 0) -> Iterator[Entry]:
        """Entries, newest first; all of them where `limit` is 0."""
        find = self._store.quarantine.find(selection.query()).sort([("at", -1), ("_id", 1)]).limit(limit)
        rows = self._store.call("the look-up of the quarantine", lambda: list(find.clone()))
        return map(_entry, rows)

    def get(self, entry_id: str) -> Entry | None:
        """The entry of that id."""
        row = self._store.call(
            "the look-up of the quarantine", lambda: self._store.quarantine.find_one({"_id": entry_id})
        )
        return _entry(row) if row else None

    def count(self, selection: Selection) -> int:
        """How many entries there are."""
        return self._store.call(
            "the count of the quarantine", lambda: self._store.quarantine.count_documents(selection.query())
        )


def entry_id(stamp: DumpStamp, rejection: Rejection) -> str:
    """`_id` of a record's entry: 24 hex digits over source, dump, content and position."""
    place = (stamp.source, stamp.dump, stamp.sha256, rejection.member, rejection.record)
    return hashlib.sha256(repr(place).encode("utf-8", "backslashreplace")).hexdigest()[:24]


def _document(stamp: DumpStamp, this: str, rejection: Rejection, now: datetime) -> Document:
    return {
        "_id": entry_id(stamp, rejection),
        "load": this,
        "source": stamp.source,
        "dump": stamp.dump,
        "sha256": stamp.sha256,
        "member": rejection.member,
        "record": rejection.record,
        "offset": rejection.offset,
        "stage": rejection.stage.value,
        "reason": rejection.reason.value,
        "detail": rejection.detail,
        "raw": rejection.raw[:RAW_BYTES],
        "raw_bytes": len(rejection.raw),
        "parser": stamp.parser,
        "run": stamp.run,
        "at": now,
        "state": "open",
    }


def _entry(row: Document) -> Entry:
    return msgspec.convert({**row, "id": row["_id"]}, Entry, strict=False)
