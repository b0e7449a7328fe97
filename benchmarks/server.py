"""The one server that every contender loads into: the embedded 1-node replica set, on the same cores."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from benchmarks.processes import cpu_of
from etl.load.local_mongo import EmbeddedMongo

DATABASE = "benchmark"


class Server:
    """A running server and its one database."""

    def __init__(self, uri: str, pid: int) -> None:
        self.uri = uri
        self.pid = pid
        self._client: MongoClient[dict[str, Any]] = MongoClient(uri)
        self.database = self._client[DATABASE]

    @property
    def environment(self) -> dict[str, str]:
        """Where to load to, as every contender is told."""
        return {
            "ARTICLE_ETL_MONGO_URI": self.uri,
            "ARTICLE_ETL_DATABASE": DATABASE,
            "BENCHMARK_SERVER_PID": str(self.pid),
        }

    def cpu(self) -> float:
        """CPU seconds that the server has taken so far."""
        return cpu_of(self.pid)

    def sizes(self) -> dict[str, Any]:
        """What the articles take, in bytes: as documents, on disk, and each index."""
        stats = self.database.command("collStats", "articles")
        return {
            "documents": stats["count"],
            "document_bytes": stats["size"],
            "storage_bytes": stats["storageSize"],
            "index_bytes": dict(stats["indexSizes"]),
        }

    def empty(self) -> None:
        """Drop the database."""
        self._client.drop_database(DATABASE)

    def settle(self, patience: float = 30) -> None:
        """Let the server come to rest, so that a run pays little for the one before.

        Its checkpoint, once a minute, cannot be asked for with the rights that the loader has; it falls
        into some runs, of whichever contender, which is what medians are for.
        """
        deadline = time.monotonic() + patience
        before = self.cpu()
        while time.monotonic() < deadline:
            time.sleep(0.5)
            now = self.cpu()
            if now - before <= 0.03:
                return
            before = now

    def version(self) -> str:
        """The server's release, such as `6.0.5`."""
        return str(self._client.server_info()["version"])

    def close(self) -> None:
        self._client.close()


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server with its data in `folder`, for as long as the block runs."""
    with EmbeddedMongo(folder) as embedded:
        assert embedded.pid is not None  # noqa: S101 - it was just started
        server = Server(embedded.uri, embedded.pid)
        try:
            yield server
        finally:
            server.close()
