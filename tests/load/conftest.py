"""Faults for the real mongod, and a store that is all in memory."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import bson
import mongomock
import pytest
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from etl.load.store import Store
from etl.settings import RetrySettings

FailPoint = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def fail_point(mongo_uri: str) -> Iterator[FailPoint]:
    """Make the server fail on purpose: `with fail_point({"times": 2}, failCommands=[...], errorCode=91):`."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongo_uri)

    @contextmanager
    def point(mode: Any, *, name: str = "failCommand", **data: Any) -> Iterator[None]:
        client.admin.command("configureFailPoint", name, mode=mode, data=data)
        try:
            yield
        finally:
            client.admin.command("configureFailPoint", name, mode="off")

    yield point
    client.close()


@pytest.fixture
def mock_store(monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store on mongomock. It takes no encoded documents, so they are decoded for it."""
    insert_many = mongomock.collection.Collection.insert_many

    def decoding(self: Any, documents: list[Any], **options: Any) -> Any:
        plain = [bson.decode(one.raw) if isinstance(one, RawBSONDocument) else one for one in documents]
        return insert_many(self, plain, **options)

    monkeypatch.setattr(mongomock.collection.Collection, "insert_many", decoding)
    return Store(mongomock.MongoClient(), "mock", RetrySettings(budget_seconds=1))
