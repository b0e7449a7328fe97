"""The open store: one database, the settings that it is written with, and its collections."""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

import pymongo
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database

from etl.load.preflight import check, client_for
from etl.load.retry import Retrier
from etl.settings import RetrySettings, StoreSettings

log = logging.getLogger(__name__)

Document = dict[str, Any]
T = TypeVar("T")


class Store:
    """A database of articles and of their books.

    Safe to share between threads; a forked or new process opens its own (`connected`).
    """

    def __init__(
        self, client: MongoClient[Document], database: str, retry: RetrySettings, uri: str = ""
    ) -> None:
        """Wrap a client; `connect` is what makes one with the right options."""
        self.client = client
        self.database: Database[Document] = client[database]
        self.retrier = Retrier(retry, self.hosts)
        self._uri = uri

    def __repr__(self) -> str:
        return f"Store({self.database.name!r} at {', '.join(self.hosts())})"

    def hosts(self) -> list[str]:
        """The server's `host:port` addresses, as far as they are known; never with credentials."""
        return [f"{host}:{port}" for host, port in self.client.topology_description.server_descriptions()]

    @cached_property
    def articles(self) -> Collection[Document]:
        """One document an article."""
        return self.database["articles"]

    @cached_property
    def revisions(self) -> Collection[Document]:
        """Every other content that was ever loaded for a key."""
        return self.database["article_revisions"]

    @cached_property
    def quarantine(self) -> Collection[Document]:
        """Records that could not become articles."""
        return self.database["quarantine"]

    @cached_property
    def loads(self) -> Collection[Document]:
        """The ledger: one document for each dump content, source and parser."""
        return self.database["loads"]

    @cached_property
    def load_blocks(self) -> Collection[Document]:
        """The ledger's documents for blocks of large dumps."""
        return self.database["load_blocks"]

    @cached_property
    def journal(self) -> Collection[Document]:
        """Which versions each run's records gave."""
        return self.database["journal"]

    @cached_property
    def runs(self) -> Collection[Document]:
        """The report of every run."""
        return self.database["runs"]

    @cached_property
    def alarms(self) -> Collection[Document]:
        """Which alarms were told."""
        return self.database["alarms"]

    def call(self, operation: str, function: Callable[[], T]) -> T:
        """Run an operation with retries; see `Retrier.call`."""
        return self.retrier.call(operation, function)

    def count_articles(self) -> int:
        """How many articles there are, by the collection's own books."""
        return self.call("count articles", self.articles.estimated_document_count)

    @contextmanager
    def patient(self) -> Iterator[Database[Document]]:
        """The same database without a limit on how long a reply may take: for building indexes."""
        if not self._uri:
            yield self.database
            return
        client = client_for(self._uri, StoreSettings(), patient=True)
        try:
            yield client[self.database.name]
        finally:
            _close(client)

    def close(self) -> None:
        """Give the connections back. Quick even where the server is gone."""
        _close(self.client)


def _close(client: MongoClient[Document]) -> None:
    # The driver tells the server that its sessions end, and waits half a minute for one that is gone.
    with pymongo.timeout(1):
        client.close()


def connect(
    uri: str,
    database: str,
    store: StoreSettings | None = None,
    retry: RetrySettings | None = None,
    app_name: str = "article-etl",
) -> Store:
    """Open a store and make sure that it can be used.

    Every write is acknowledged by a majority from its journal, whatever the URI says.

    Raises:
        ConfigError: the URI is not a MongoDB URI.
        StoreUnavailableError: no usable server within the settings' wait.
        StoreError: wrong host name, replica set name or credentials.
    """
    store = store or StoreSettings()
    client = client_for(uri, store, app_name=app_name)
    opened = Store(client, database, retry or RetrySettings(), uri)
    try:
        check(client, uri, database, store.server_selection_seconds)
    except BaseException:
        opened.close()
        raise
    return opened


_opened: dict[tuple[int, str, str], Store] = {}
_opening = threading.Lock()


def connected(
    uri: str,
    database: str,
    store: StoreSettings | None = None,
    retry: RetrySettings | None = None,
    app_name: str = "article-etl",
) -> Store:
    """The store of this process for that database: opened at the first call, kept for the next ones.

    Raises:
        As `connect` does.
    """
    key = (os.getpid(), uri, database)  # a client does not survive a fork
    with _opening:
        if key not in _opened:
            _opened[key] = connect(uri, database, store, retry, app_name)
        return _opened[key]
