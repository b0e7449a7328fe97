"""What entering large dumps and small ones in the ledger has in common."""

from collections.abc import Sequence

from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from etl.errors import BooksError
from etl.load.entries import Intent, counts_of, now, stored
from etl.load.store import Document, Store
from etl.load.taxonomy import Kind, classify
from etl.model import Counts, DumpStamp


def entered(
    store: Store, collection: Collection[Document], documents: Sequence[Document], operation: str
) -> dict[str, Document]:
    """Insert entries; by id, those of others that are there already and stay as they are."""

    def attempt() -> list[Document]:
        try:
            collection.insert_many(list(documents), ordered=False)
        except BulkWriteError as error:
            if classify(error) is not Kind.EXISTS:
                raise
            there = [documents[fault["index"]]["_id"] for fault in error.details["writeErrors"]]
            return list(collection.find({"_id": {"$in": there}}, {"records": 0}))
        return []

    own = {one["_id"]: one["attempt"] for one in documents}
    found = store.call(operation, attempt)
    return {row["_id"]: row for row in found if row["attempt"] != own[row["_id"]]}


def intent_of(counts: Counts, stamp: DumpStamp, there: Document) -> Intent:
    """What stands for a piece of work that another attempt had intended."""
    if there["run"] == stamp.run and there["dump"] != stamp.dump:
        # A copy that this very run found under another name has outcomes of its own.
        return Intent(counts, resumed=False, copy=True)
    planned = counts_of(there["counts"])
    same = there["state"] in ("writing", "written", "started") and planned.read == counts.read
    return Intent(planned if same else counts, resumed=True, outcomes=there.get("outcomes"))


def check(store: Store, this: str, counts: Counts) -> None:
    """Raise BooksError where books do not balance, or the quarantine does not hold what was rejected."""
    if not counts.balanced():
        raise BooksError(f"load {this} does not balance: {counts}")
    if counts.rejected:
        # Not by load: the dump may be loaded by publication days at the same time, and a record has
        # one entry.
        sha256, source, parser = this.split("/")[:3]
        query = {"sha256": sha256, "source": source, "parser": parser}
        held = store.call("count what is in quarantine", lambda: store.quarantine.count_documents(query))
        if held < counts.rejected:
            raise BooksError(f"load {this} rejected {counts.rejected} and quarantine holds {held} of them")


def close(store: Store, this: str, state: str, counts: Counts, error: str | None = None) -> None:
    """Enter how a load ended, with its books."""
    fields: Document = {"state": state, "finished_at": now(), "counts": stored(counts)}
    if error is not None:
        fields["error"] = error[:2000]
    update(store, this, {"$set": fields}, f"enter that a dump is {state}")


def update(store: Store, this: str, change: Document, operation: str) -> None:
    """Change the entry of a load; never over `finished`, for another run that loads the same dump at the same
    time may be ahead."""
    query = {"_id": this, "state": {"$ne": "finished"}}
    store.call(operation, lambda: store.loads.update_one(query, change))
