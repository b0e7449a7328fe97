"""Whole collections in order, a few documents in memory at a time: what `verify` reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pymongo.collection import Collection

from etl.load.store import Document, Store

_PAGE = 200


def keyed(
    collection: Collection[Any],
    store: Store,
    field: str = "_id",
    first: str = "",
    last: str | None = None,
    projection: Mapping[str, int] | None = None,
) -> Iterator[Document]:
    """Documents in order of a text field that is unique, from `first` on and before `last`.

    Read page by page, so that a server that is gone for a while costs one page.
    """
    bound: Document = {"$gte": first}
    while True:
        wanted: Document = {field: {**bound, **({} if last is None else {"$lt": last})}}
        rows = store.call(
            f"read {collection.name}",
            lambda wanted=wanted: list(  # type: ignore[misc]
                collection.find(wanted, projection).sort(field, 1).limit(_PAGE)
            ),
        )
        yield from rows
        if len(rows) < _PAGE:
            return
        bound = {"$gt": rows[-1][field]}


def strange_ids(store: Store, collection: Collection[Any]) -> list[Any]:
    """Some `_id`s that are no text, which no order by text would meet."""
    query = {"_id": {"$not": {"$type": "string"}}}
    rows = store.call(
        f"look for strange ids in {collection.name}",
        lambda: list(collection.find(query, {"_id": 1}).limit(20)),
    )
    return [row["_id"] for row in rows]


def cuts(store: Store, collection: Collection[Any], each: int) -> list[str]:
    """Ids that cut a collection into stretches of so many: the first of each; that of the first is empty."""
    found = [""]
    while True:
        query: Document = {"_id": {"$gt": found[-1]}}
        row = store.call(
            f"cut {collection.name} into stretches",
            lambda query=query: list(  # type: ignore[misc]
                collection.find(query, {"_id": 1}).sort("_id", 1).skip(each).limit(1)
            ),
        )
        if not row:
            return found
        found.append(row[0]["_id"])


def blocks(store: Store, first: str = "", last: str | None = None) -> Iterator[Document]:
    """The ledger's blocks, in the order of their ids, without what is large."""
    fields = {"load": 1, "block": 1, "state": 1, "counts": 1, "run": 1}
    return keyed(store.load_blocks, store, "_id", first, last, projection=fields)


def loads_by_id(store: Store, ids: Sequence[str]) -> dict[str, Document]:
    """State, run and counts of some loads."""
    rows = store.call(
        "look up loads",
        lambda: list(
            store.loads.find({"_id": {"$in": list(ids)}}, {"state": 1, "run": 1, "counts": 1, "dump": 1})
        ),
    )
    return {row["_id"]: row for row in rows}


def blocks_by_id(store: Store, ids: Sequence[str]) -> dict[str, Document]:
    """State, run and counts of some blocks."""
    rows = store.call(
        "look up blocks",
        lambda: list(
            store.load_blocks.find({"_id": {"$in": list(ids)}}, {"state": 1, "run": 1, "counts": 1})
        ),
    )
    return {row["_id"]: row for row in rows}
