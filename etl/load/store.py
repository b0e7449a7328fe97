"""The store: one connection, its collections, and the way every operation on it is run."""

import logging
import os
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import (
    ConfigurationError,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from etl.errors import ConfigError, StoreError, StoreUnavailableError
from etl.load.retry import Retrier
from etl.settings import RetrySettings, StoreSettings

log = logging.getLogger(__name__)

Document = dict[str, Any]
_T = TypeVar("_T")


class Store:
    """A database of articles and its books.

    All collections acknowledge by a majority, journaled. Datetimes are naive and mean UTC.
    """

    def __init__(self, client: MongoClient[Document], database: str, retry: RetrySettings) -> None:
        self.client = client
        self.database: Database[Document] = client[database]
        self.retrier = Retrier(retry)
        self.articles: Collection[Document] = self.database["articles"]
        self.revisions: Collection[Document] = self.database["article_revisions"]
        self.quarantine: Collection[Document] = self.database["quarantine"]
        self.loads: Collection[Document] = self.database["loads"]
        self.blocks: Collection[Document] = self.database["load_blocks"]
        self.runs: Collection[Document] = self.database["runs"]

    def call(self, name: str, operation: Callable[[], _T]) -> _T:
        """Run an operation with retries; see `Retrier.call`."""
        return self.retrier.call(name, operation)

    def count_articles(self) -> int:
        """How many articles there are, by the collection's own books."""
        return self.call("the count of articles", self.articles.estimated_document_count)

    def close(self) -> None:
        """Close the connection; with the server gone this does not wait for it."""
        # MongoClient.close() was seen to block for 30 s when the server was gone.
        closing = threading.Thread(target=self.client.close, daemon=True)
        closing.start()
        closing.join(timeout=2)


def connect(uri: str, database: str, settings: StoreSettings, retry: RetrySettings) -> Store:
    """Connect, and see that the server can be used before any work is begun.

    Raises:
        ConfigError: the address cannot be parsed. It is not repeated: it may hold a password.
        StoreUnavailableError: no server answers; the hosts are named.
        StoreError: the server refuses the credentials.
    """
    store = Store(_client(uri, settings), database, retry)
    try:
        hello = store.client.admin.command("hello")
        store.database.command("ping")
        # The first command that needs the credentials' rights; `hello` needs none.
        store.articles.find_one({}, {"_id": 1})
    except ServerSelectionTimeoutError:
        store.close()
        raise StoreUnavailableError(
            f"no usable MongoDB at {hosts(uri)} within {settings.server_selection_seconds:.0f} s: "
            "is it running, is the replica set's name right, can this machine reach it?"
        ) from None
    except OperationFailure as error:
        store.close()
        why = {13: "the user may not read the database", 18: "the user name or the password is wrong"}
        cause = why.get(error.code or 0, f"error code {error.code}")
        raise StoreError(f"MongoDB at {hosts(uri)} refuses: {cause}") from None
    except PyMongoError as error:
        store.close()
        raise StoreUnavailableError(f"MongoDB at {hosts(uri)}: {type(error).__name__}") from None
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        log.warning(
            "MongoDB at %s is a standalone: a write whose reply is lost cannot be repeated safely by the "
            "driver; run even one node as a replica set",
            hosts(uri),
        )
    return store


def hosts(uri: str) -> str:
    """The hosts of an address, without its credentials."""
    rest = uri.partition("://")[2].split("/", 1)[0].split("?", 1)[0]
    return rest.rpartition("@")[2] or "the configured address"


def _client(uri: str, settings: StoreSettings) -> MongoClient[Document]:
    try:
        return MongoClient(
            uri,
            appname="article-etl",
            retryWrites=True,
            w="majority",
            journal=True,
            wTimeoutMS=int(settings.write_seconds * 1000),
            serverSelectionTimeoutMS=int(settings.server_selection_seconds * 1000),
            connectTimeoutMS=5000,
            socketTimeoutMS=int(settings.socket_seconds * 1000),
            tz_aware=False,
        )
    except (InvalidURI, ConfigurationError, ValueError) as error:
        # The driver's text repeats parts of the address.
        raise ConfigError(
            f"the MongoDB address cannot be used ({type(error).__name__}): see that user name and "
            "password are percent-encoded and the options are spelled right"
        ) from None


_connected: dict[tuple[int, str, str], Store] = {}


def connected(uri: str, database: str, settings: StoreSettings, retry: RetrySettings) -> Store:
    """The store of this process for that address; connected once, kept until the process ends."""
    key = (os.getpid(), uri, database)
    if key not in _connected:
        _connected[key] = connect(uri, database, settings, retry)
    return _connected[key]


__all__ = ["Document", "Store", "connect", "connected", "hosts"]
