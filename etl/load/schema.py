"""Validators and indexes, kept as data in `config/mongo/<collection>.json`, brought to the server.

A file holds `{"validator": {…}, "indexes": [{"name", "key": {field: 1 or -1}, …other options}]}`.
Running it again changes nothing. Indexes of `articles` that a first bulk load would have to keep up
record by record are built after it, in one pass.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from pymongo import IndexModel
from pymongo.errors import CollectionInvalid, OperationFailure

from etl.configuration import SHIPPED
from etl.errors import ConfigError, StoreError
from etl.load.store import Store

log = logging.getLogger(__name__)

COLLECTIONS = (
    "articles",
    "article_revisions",
    "quarantine",
    "loads",
    "load_blocks",
    "journal",
    "runs",
    "alarms",
)
BULK = "articles"
"""The collection whose indexes wait for the end of a first load."""

_UNAUTHORIZED = 13
_NAMESPACE_EXISTS = 48


class Index(msgspec.Struct, frozen=True):
    """A secondary index."""

    name: str
    key: dict[str, int]
    options: dict[str, Any]
    """As `createIndexes` takes them, such as `partialFilterExpression`."""

    def model(self) -> IndexModel:
        """As the driver takes it."""
        return IndexModel(list(self.key.items()), name=self.name, **self.options)


class CollectionSchema(msgspec.Struct, frozen=True):
    """What one collection must have."""

    validator: dict[str, Any]
    indexes: tuple[Index, ...]


class Difference(msgspec.Struct, frozen=True):
    """Something that is not on the server as `config/mongo/` has it."""

    collection: str
    what: str
    found: str
    expected: str


class Schema(msgspec.Struct, frozen=True):
    """Validators and indexes of every collection."""

    collections: Mapping[str, CollectionSchema]

    @staticmethod
    def read(folder: Path) -> "Schema":
        """Read `<folder>/<collection>.json` of each collection; the shipped file where there is none.

        So a folder of one's own stays good when an upgrade adds a collection.

        Raises:
            ConfigError: a file is wrong, or of no collection; the text says which and how.
        """
        for path in sorted(folder.glob("*.json")):
            if path.stem not in COLLECTIONS:  # misspelt, it would be without effect
                raise ConfigError(
                    f"{path}: there is no collection {path.stem!r}, only {', '.join(COLLECTIONS)}"
                )
        shipped = SHIPPED / "mongo"
        files = {name: f"{name}.json" for name in COLLECTIONS}
        return Schema(
            {
                name: _read(folder / file if (folder / file).exists() else shipped / file)
                for name, file in files.items()
            }
        )

    def prepare(self, store: Store) -> bool:
        """Make collections, validators and indexes as they should be.

        Returns:
            Whether `articles` is empty: then its indexes wait, and `finish` is to be called after the load.

        Raises:
            StoreError: a validator on the server differs and our user may not change it.
        """
        there = store.call("list collections", lambda: _validators(store))
        for name, schema in self.collections.items():
            if name not in there:
                store.call(f"create {name}", partial(_create, store, name, schema.validator))
            elif there[name] != schema.validator:
                store.call(f"alter {name}", partial(_alter, store, name, schema.validator, there[name]))
        fresh = store.call("look at articles", lambda: store.articles.find_one({}, {"_id": 1})) is None
        self._index(store, [name for name in self.collections if name != BULK or not fresh])
        return fresh

    def differences(self, store: Store) -> Iterator[Difference]:
        """What the server does not have as it should be. Further indexes are nobody's fault."""
        there = store.call("list collections", lambda: _options(store))
        for name, schema in self.collections.items():
            options = there.get(name)
            if options is None:
                yield Difference(name, "collection", "none", "a collection")
                continue
            if options.get("validator", {}) != schema.validator:
                found = str(options.get("validator"))[:300]
                yield Difference(name, "validator", found, f"config/mongo/{name}.json")
            level, action = options.get("validationLevel", "strict"), options.get("validationAction", "error")
            if (level, action) != ("strict", "error"):
                yield Difference(name, "validation", f"{level}, {action}", "strict, error")
            yield from self._differing(store, name)

    def _differing(self, store: Store, name: str) -> Iterator[Difference]:
        there = store.call(f"list indexes of {name}", store.database[name].index_information)
        for index in self.collections[name].indexes:
            found = there.get(index.name)
            wanted = str({**index.key, **index.options})
            if found is None:
                yield Difference(name, f"index {index.name}", "none", wanted)
            elif dict(found["key"]) != index.key or any(found.get(k) != v for k, v in index.options.items()):
                yield Difference(name, f"index {index.name}", str(dict(found)), wanted)

    def finish(self, store: Store) -> None:
        """Build the indexes that waited for the end of a first load."""
        self._index(store, [BULK])

    def _index(self, store: Store, names: list[str]) -> None:
        due = {name: missing for name in names if (missing := self._missing(store, name))}
        if not due:
            return
        with store.patient() as database:
            for name, indexes in due.items():
                models = [index.model() for index in indexes]
                store.call(f"build indexes of {name}", partial(database[name].create_indexes, models))

    def _missing(self, store: Store, name: str) -> list[Index]:
        there = store.call(f"list indexes of {name}", lambda: set(store.database[name].index_information()))
        return [index for index in self.collections[name].indexes if index.name not in there]


def _read(path: Path) -> CollectionSchema:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        indexes = tuple(
            Index(
                index["name"],
                dict(index["key"]),
                {k: v for k, v in index.items() if k not in ("name", "key")},
            )
            for index in raw["indexes"]
        )
        return CollectionSchema(dict(raw["validator"]), indexes)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f'{path}: not {{"validator": {{…}}, "indexes": [{{"name", "key"}}]}} ({error})'
        ) from error


def _validators(store: Store) -> dict[str, dict[str, Any]]:
    return {name: options.get("validator", {}) for name, options in _options(store).items()}


def _options(store: Store) -> dict[str, dict[str, Any]]:
    return {found["name"]: found.get("options", {}) for found in store.database.list_collections()}


def _create(store: Store, name: str, validator: dict[str, Any]) -> None:
    try:
        store.database.create_collection(name, validator=validator, check_exists=False)
    except CollectionInvalid:
        pass
    except OperationFailure as error:
        if error.code != _NAMESPACE_EXISTS:  # another loader was quicker
            raise


def _alter(store: Store, name: str, validator: dict[str, Any], standing: dict[str, Any]) -> None:
    try:
        store.database.command("collMod", name, validator=validator)
    except OperationFailure as error:
        if error.code != _UNAUTHORIZED:
            raise
    else:
        return
    if standing:
        raise StoreError(
            f"the validator of {name} differs from config/mongo/{name}.json, and our MongoDB user may not "
            "change it: load once as a user with the role dbAdmin, or grant that role"
        )
    log.warning(
        "%s has no validator, and our MongoDB user may not set one (role dbAdmin): going on without", name
    )


__all__ = ["BULK", "COLLECTIONS", "CollectionSchema", "Index", "Schema"]
