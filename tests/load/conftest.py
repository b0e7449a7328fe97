"""Faults for the real mongod, and a store that is all in memory."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import bson
import mongomock
import pytest
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from etl.load.schema import COLLECTIONS, Schema
from etl.load.store import Store, connect
from etl.settings import RetrySettings, StoreSettings
from tests.command import PROJECT


class Point:
    """A fail point that was set."""

    times = 0
    """How often it made something fail; known once it is off."""


FailPoint = Callable[..., AbstractContextManager[Point]]


@pytest.fixture
def fail_point(mongo_uri: str) -> Iterator[FailPoint]:
    """Make the server fail on purpose: `with fail_point({"times": 2}, failCommands=[...], errorCode=91):`."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongo_uri)

    @contextmanager
    def point(mode: Any, *, name: str = "failCommand", **data: Any) -> Iterator[Point]:
        set_point = Point()
        before = client.admin.command("configureFailPoint", name, mode=mode, data=data)["count"]
        try:
            yield set_point
        finally:
            after = client.admin.command("configureFailPoint", name, mode="off")["count"]
            set_point.times = after - before

    yield point
    client.close()


RETRY = RetrySettings(budget_seconds=20, first_wait_seconds=0.05, longest_wait_seconds=0.3)


@pytest.fixture(scope="module")
def _module_store(mongo_uri: str) -> Iterator[Store]:
    yield from _prepared(mongo_uri, f"test_{uuid.uuid4().hex[:12]}")


@pytest.fixture
def store(_module_store: Store) -> Store:
    """An empty store, prepared once a module; tests that change validators or indexes take `own_store`."""
    for name in COLLECTIONS:
        _module_store.database[name].delete_many({})
    return _module_store


@pytest.fixture
def own_store(mongo_uri: str, database: str) -> Iterator[Store]:
    """An empty store that no other test uses."""
    yield from _prepared(mongo_uri, database)


def _prepared(uri: str, database: str) -> Iterator[Store]:
    # A server that said it was shutting down, and was not, is looked at again soon.
    opened = connect(f"{uri}&heartbeatFrequencyMS=500", database, StoreSettings(), RETRY)
    schema = Schema.read(PROJECT / "config/mongo")
    schema.prepare(opened)
    schema.finish(opened)
    yield opened
    opened.client.drop_database(database)
    opened.close()


@pytest.fixture
def mock_store(monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store on mongomock. It takes no encoded documents, so they are decoded for it."""
    insert_many = mongomock.collection.Collection.insert_many

    def decoding(self: Any, documents: list[Any], **options: Any) -> Any:
        plain = [bson.decode(one.raw) if isinstance(one, RawBSONDocument) else one for one in documents]
        return insert_many(self, plain, **options)

    monkeypatch.setattr(mongomock.collection.Collection, "insert_many", decoding)
    return Store(mongomock.MongoClient(), "mock", RetrySettings(budget_seconds=1))
