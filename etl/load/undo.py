"""The writes of a rollback. Each may be repeated at will."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pymongo import DeleteOne, ReplaceOne

from etl.errors import StoreError
from etl.load.encode import revision_id
from etl.load.entries import counts_of, now, stored
from etl.load.runs import Runs
from etl.load.store import Document, Store
from etl.load.writes import Write, write
from etl.model import Counts

Contents = dict[str, Document]
"""Documents of one key by their content's hash, as articles have them."""


def mark(store: Store, run: str, state: str) -> None:
    """Enter how far the rollback of a run is."""
    fields = {"state": state, "rolled_back_at": now()}
    store.call("enter a rollback", lambda: store.runs.update_one({"_id": run}, {"$set": fields}))


def others_under_way(store: Store, run: str) -> list[str]:
    """Runs that say they are running, those left out that were killed."""
    return [
        other.id for other in Runs(store).running() if other.id != run and other.state_at(now()) == "running"
    ]


def other_rollback(store: Store, run: str) -> str | None:
    """A run whose rollback is not finished."""
    query = {"state": "rolling_back", "_id": {"$ne": run}}
    row = store.call("look for a rollback", lambda: store.runs.find_one(query, {"_id": 1}))
    return str(row["_id"]) if row else None


def loads_with(store: Store, run: str) -> list[Document]:
    """The ledger's entries that a run worked on."""
    query = {"$or": [{"run": run}, {"runs": run}]}
    return store.call("look up loads by run", lambda: list(store.loads.find(query, {"outcomes": 0})))


def contents_of(store: Store, keys: Mapping[str, Iterable[str]]) -> dict[str, tuple[str | None, Contents]]:
    """What there is of some keys, by content; first which content stands.

    Args:
        store: The store.
        keys: By key, the contents that may be there.
    """
    articles = store.call("look up articles", lambda: list(store.articles.find({"_id": {"$in": list(keys)}})))
    ids = [revision_id(key, content) for key, own in keys.items() for content in own]
    revisions = store.call("look up revisions", lambda: list(store.revisions.find({"_id": {"$in": ids}})))
    found: dict[str, tuple[str | None, Contents]] = {key: (None, {}) for key in keys}
    for one in revisions:
        document = {**one, "_id": one["article"]}
        del document["article"]
        found[one["article"]][1][one["content_hash"]] = document
    for one in articles:
        own = found[one["_id"]][1]
        own[one["content_hash"]] = one
        found[one["_id"]] = (one["content_hash"], own)
    return found


def keep_revisions(store: Store, documents: Sequence[Document]) -> None:
    """Put versions into `article_revisions`, whatever is there of them."""
    writes: list[Write] = []
    for one in documents:
        name = revision_id(one["_id"], one["content_hash"])
        writes.append(ReplaceOne({"_id": name}, {**one, "_id": name, "article": one["_id"]}, upsert=True))
    _all_written(write(store, "restore revisions", store.revisions, writes).refused)


def put_articles(store: Store, documents: Sequence[Document], gone: Sequence[str]) -> None:
    """Let these documents stand, and remove the articles of the keys that are `gone`."""
    writes: list[Write] = [ReplaceOne({"_id": one["_id"]}, one, upsert=True) for one in documents]
    writes += [DeleteOne({"_id": key}) for key in gone]
    _all_written(write(store, "restore articles", store.articles, writes).refused)


def drop_revisions(store: Store, ids: Sequence[str]) -> None:
    """Remove versions from `article_revisions`."""
    write(store, "remove revisions", store.revisions, [DeleteOne({"_id": name}) for name in ids])


def hand_over(store: Store, load: Document, run: str) -> None:
    """Let a load that another run went on with be that run's alone."""
    to = {"$set": {"run": load["run"]}}
    store.call(
        "hand blocks over", lambda: store.load_blocks.update_many({"load": load["_id"], "run": run}, to)
    )
    own = {
        "provenance.run": run,
        "provenance.sha256": load["sha256"],
        "provenance.parser": load["parser"],
    }
    renamed = {"$set": {"provenance.run": load["run"]}}
    for collection in (store.articles, store.revisions):
        store.call("hand articles over", lambda it=collection: it.update_many(own, renamed))  # type: ignore[misc]
    store.call(
        "hand a load over",
        lambda: store.loads.update_one({"_id": load["_id"]}, {"$pull": {"runs": run}}),
    )


def take_back(store: Store, load: Document, run: str) -> None:
    """Remove a load that only this run worked on; else let it be as the run before left it."""
    this = load["_id"]
    before = [other for other in load.get("runs", ()) if other != run]
    if not before:
        store.call("remove blocks", lambda: store.load_blocks.delete_many({"load": this}))
        store.call("remove a load", lambda: store.loads.delete_one({"_id": this}))
        return
    large = store.load_blocks.find_one({"load": this}, {"_id": 1}) is not None
    store.call("remove blocks", lambda: store.load_blocks.delete_many({"load": this, "run": run}))
    fields: Document = {
        "run": before[-1],
        "runs": before,
        "state": "failed" if load["state"] == "failed" else "interrupted",
    }
    if large:
        rows = store.call(
            "sum up blocks",
            lambda: list(store.load_blocks.find({"load": this, "state": {"$ne": "writing"}}, {"counts": 1})),
        )
        fields["counts"] = stored(sum((counts_of(row["counts"]) for row in rows), Counts()))
    store.call("give a load back", lambda: store.loads.update_one({"_id": this}, {"$set": fields}))


def restore_entry(store: Store, entry: str, run: str, fields: Document) -> None:
    """Let an entry of the quarantine say what another run says of its record."""
    store.call(
        "restore a quarantine entry",
        lambda: store.quarantine.update_one({"_id": entry, "run": run}, {"$set": fields}),
    )


def drop_entries(store: Store, ids: Sequence[str]) -> int:
    """Remove entries of the quarantine."""
    query = {"_id": {"$in": list(ids)}}
    return int(store.call("remove entries", lambda: store.quarantine.delete_many(query)).deleted_count)


def resolved_by(store: Store, run: str) -> list[Document]:
    """Entries that this run resolved."""
    fields = {"sha256": 1, "source": 1, "load": 1, "at": 1}
    query = {"state": "resolved", "resolved_by": run}
    return store.call("look up resolved entries", lambda: list(store.quarantine.find(query, fields)))


def reopen_entry(store: Store, entry: Document, run: str) -> None:
    """Open an entry again, unless a later load of its dump did not reject its record either."""
    query: Document = {
        "sha256": entry["sha256"],
        "source": entry["source"],
        "state": "finished",
        "days": None,
        "run": {"$ne": run},
        "_id": {"$ne": entry.get("load")},
        "finished_at": {"$gt": entry["at"]},
    }
    later = store.call("look for a later load", lambda: store.loads.find_one(query, {"run": 1}))
    update: Document = (
        {"$set": {"resolved_by": later["run"]}}
        if later
        else {"$set": {"state": "open"}, "$unset": {"resolved_by": "", "resolved_at": ""}}
    )
    where = {"_id": entry["_id"], "resolved_by": run}
    store.call("open an entry again", lambda: store.quarantine.update_one(where, update))


def _all_written(refused: Mapping[int, Any]) -> None:
    if refused:
        raise StoreError(f"a rollback cannot restore an article: {next(iter(refused.values()))}")
