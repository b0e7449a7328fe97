"""Batches of writes that may be repeated at will, and what the server said of each document."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from bson.raw_bson import RawBSONDocument
from pymongo import DeleteOne, ReplaceOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from etl.load.store import Store
from etl.load.taxonomy import Fault, Kind, classify, classify_fault

Write = ReplaceOne[Any] | UpdateOne | DeleteOne

_Item = TypeVar("_Item")

COMMAND_BYTES = 5 << 19
"""Documents of one command: the driver holds up to three copies of them while it sends them."""


class Written(msgspec.Struct, frozen=True):
    """What became of the documents of a batch, by their place in it. The rest were written."""

    exists: frozenset[int] = frozenset()
    """There was a document of that `_id`: another's, or our own from an attempt whose reply was lost."""
    refused: Mapping[int, str] = msgspec.field(default_factory=dict)
    """Refused for its content, with the server's words."""
    changed: int = 0
    """How many updates changed their document in this attempt: too few if some did not, or not now."""


def insert_new(
    store: Store, operation: str, collection: Collection[Any], documents: Sequence[RawBSONDocument]
) -> Written:
    """Insert those documents whose `_id` is not there yet.

    Raises:
        StoreError: the server is gone, or refuses for a cause that is no document's own.
    """
    exists: set[int] = set()
    refused: dict[int, str] = {}
    for first, some in commands(documents, lambda document: len(document.raw)):

        def attempt(some: Sequence[RawBSONDocument] = some) -> Written:
            try:
                collection.insert_many(some, ordered=False)
            except BulkWriteError as error:
                return _judged(error)
            return Written()

        written = store.call(operation, attempt)
        exists.update(first + place for place in written.exists)
        refused.update({first + place: why for place, why in written.refused.items()})
    return Written(frozenset(exists), refused)


def commands(
    items: Sequence[_Item], size_of: Callable[[_Item], int]
) -> Iterator[tuple[int, Sequence[_Item]]]:
    """What each of several commands is to take, so that none takes much more than `COMMAND_BYTES`, with the
    place of its first item."""
    first = size = 0
    for place, item in enumerate(items):
        if size >= COMMAND_BYTES:
            yield first, items[first:place]
            first, size = place, 0
        size += size_of(item)
    if items:
        yield first, items[first:]


def write(
    store: Store,
    operation: str,
    collection: Collection[Any],
    writes: Sequence[Write],
    *,
    ordered: bool = False,
) -> Written:
    """Apply guarded updates, each of which changes nothing where its guard does not hold any more.

    `ordered` ones are applied one after another, and none after one that is refused.

    Raises:
        StoreError: the server is gone, or refuses for a cause that is no document's own.
    """
    if not writes:
        return Written()

    def attempt() -> Written:
        try:
            result = collection.bulk_write(writes, ordered=ordered)
        except BulkWriteError as error:
            return _judged(error)
        return Written(changed=result.modified_count)

    return store.call(operation, attempt)


def _judged(error: BulkWriteError) -> Written:
    if classify(error) not in (Kind.EXISTS, Kind.RECORD):
        raise error
    faults = {fault["index"]: fault for fault in error.details["writeErrors"]}
    exists = {i for i, fault in faults.items() if classify_fault(fault) is Kind.EXISTS}
    return Written(
        exists=frozenset(exists),
        refused={i: in_words(fault) for i, fault in faults.items() if i not in exists},
        changed=error.details["nModified"],
    )


def in_words(fault: Fault) -> str:
    """Why the server refuses a document; for a validator, which of its rules."""
    text = f"MongoDB refuses the document: {fault.get('errmsg', '')} (code {fault.get('code')})"
    details = (fault.get("errInfo") or {}).get("details") or {}
    rules = details.get("schemaRulesNotSatisfied", ())
    return f"{text}: {', '.join(_rule(rule) for rule in rules)}" if rules else text


def _rule(rule: Mapping[str, Any]) -> str:
    name = rule.get("operatorName")
    if name == "required":
        return f"it lacks {', '.join(rule.get('missingProperties', ()))}"
    broken = [
        f"{one.get('propertyName')} breaks {_names(one.get('details', ()))}"
        for one in rule.get("propertiesNotSatisfied", ())
    ]
    return ", ".join(broken) or str(name)


def _names(details: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(str(detail.get("specifiedAs") or detail.get("operatorName")) for detail in details)
