"""Validators and indexes, from `config/mongo/<collection>.json`, installed before and after a load."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from pymongo import IndexModel
from pymongo.errors import CollectionInvalid, OperationFailure

from etl.errors import ConfigError
from etl.load.store import Document, Store

log = logging.getLogger(__name__)

_EXISTS = 48
_UNAUTHORIZED = 13


class _Index(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keys: dict[str, int]
    name: str
    after_bulk: bool = False
    """Built after a first bulk load: an index that grows with each insert costs more than it does whole."""


class _Collection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    validator: dict[str, Any] = {}
    indexes: tuple[_Index, ...] = ()


class Schema(msgspec.Struct, frozen=True):
    """What every collection must look like."""

    collections: Mapping[str, _Collection]

    @staticmethod
    def read(folder: Path) -> "Schema":
        """Read one JSON file a collection.

        Raises:
            ConfigError: a file is not what it should be; it is named.
        """
        collections = {}
        for path in sorted(folder.glob("*.json")):
            try:
                collections[path.stem] = msgspec.json.decode(path.read_bytes(), type=_Collection)
            except msgspec.DecodeError as error:
                raise ConfigError(f"{path}: {error}") from None
        return Schema(collections)

    def prepare(self, store: Store) -> bool:
        """Make the collections, their validators and those indexes that a load itself needs.

        Returns:
            Whether there are no articles yet: then `finish` builds the other indexes after the load.
        """
        present = store.call(
            "the list of collections", lambda: {c["name"]: dict(c) for c in store.database.list_collections()}
        )
        for name, wanted in self.collections.items():
            self._install(store, name, wanted, present.get(name))
        fresh = store.call("the count of articles", lambda: store.articles.find_one({}, {"_id": 1})) is None
        self._index(store, after_bulk=False)
        if not fresh:
            self._index(store, after_bulk=True)
        return fresh

    def finish(self, store: Store) -> None:
        """Build the indexes that wait for the end of a first bulk load."""
        self._index(store, after_bulk=True)

    def _install(self, store: Store, name: str, wanted: _Collection, present: Document | None) -> None:
        if present is None:
            options = {"validator": wanted.validator} if wanted.validator else {}
            try:
                store.call(f"the making of {name}", lambda: _create(store, name, options))
            except CollectionInvalid:  # another loader made it meanwhile, by the same schema
                return
        elif present.get("options", {}).get("validator", {}) != wanted.validator:
            _change_validator(store, name, wanted.validator)

    def _index(self, store: Store, *, after_bulk: bool) -> None:
        for name, wanted in self.collections.items():
            models = [
                IndexModel(list(index.keys.items()), name=index.name)
                for index in wanted.indexes
                if index.after_bulk == after_bulk
            ]
            if models:
                _create_indexes(store, name, models)


def _create(store: Store, name: str, options: Document) -> None:
    try:
        store.database.create_collection(name, **options)
    except OperationFailure as error:
        if error.code != _EXISTS:
            raise


def _create_indexes(store: Store, name: str, models: list[IndexModel]) -> None:
    store.call(f"the indexes of {name}", lambda: store.database[name].create_indexes(models))


def _change_validator(store: Store, name: str, validator: Document) -> None:
    try:
        store.database.command("collMod", name, validator=validator)
    except OperationFailure as error:
        if error.code != _UNAUTHORIZED:
            raise
        log.warning(
            "the validator of %s differs from config/mongo/%s.json and this user may not change it; "
            "let an administrator run the loader once",
            name,
            name,
        )
