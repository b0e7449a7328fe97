"""Servers of a test's own, to be killed."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from etl.load.local_mongo import EmbeddedMongo
from etl.load.mongod_binary import find_mongod
from etl.load.store import Store, connect
from etl.processes import free_port
from etl.settings import RetrySettings, StoreSettings


class Mongod:
    """A mongod of our own that is killed and started again, on the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: list[EmbeddedMongo] = []
        self.stores: list[Store] = []
        """Those that were opened on it."""

    def __enter__(self) -> "Mongod":
        return self

    def __exit__(self, *error: object) -> None:
        for store in self.stores:
            store.close()
        for server in self._servers:
            server.__exit__(None, None, None)

    def start(self) -> str:
        """Start it, or start it again after a kill; its URI."""
        server = EmbeddedMongo(self._folder, cache_gb=0.25, auth=False)
        server.__enter__()
        self._servers.append(server)
        return server.uri

    def kill(self) -> None:
        pid = self._servers[-1].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def runs(self) -> bool:
        return self._servers[-1].pid is not None

    def store(self) -> Store:
        """The database `faults` of it, with patience enough to meet the server again after a kill."""
        settings = RetrySettings(budget_seconds=60, first_wait_seconds=0.05, longest_wait_seconds=0.5)
        store = connect(self._servers[-1].uri, "faults", StoreSettings(), settings)
        self.stores.append(store)
        return store


class ReplicaSet:
    """Three nodes on loopback; a new primary is elected about two seconds after the old one died."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._nodes: dict[int, subprocess.Popen[bytes]] = {}
        self.ports: list[int] = []

    @property
    def uri(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"mongodb://{hosts}/?replicaSet=three&heartbeatFrequencyMS=500"

    def __enter__(self) -> "ReplicaSet":
        while len(self.ports) < 3:
            port = free_port()
            if port not in self.ports:
                self.ports.append(port)
                self.start(port)
        members = [{"_id": n, "host": f"127.0.0.1:{port}"} for n, port in enumerate(self.ports)]
        config = {"_id": "three", "members": members, "settings": {"electionTimeoutMillis": 2000}}
        deadline = time.monotonic() + 60
        while True:
            try:
                with MongoClient[dict[str, Any]](
                    f"mongodb://127.0.0.1:{self.ports[0]}/?directConnection=true"
                ) as one:
                    one.admin.command("replSetInitiate", config)
                break
            except PyMongoError:
                assert time.monotonic() < deadline
                time.sleep(0.2)
        self.primary()
        return self

    def __exit__(self, *error: object) -> None:
        for port in list(self._nodes):
            self.kill(port)

    def start(self, port: int) -> None:
        """Start a node, or start it again after a kill."""
        folder = self._folder / str(port)
        folder.mkdir(parents=True, exist_ok=True)
        command = [str(find_mongod(None)), "--dbpath", str(folder), "--replSet", "three", "--port", str(port)]
        command += ["--bind_ip", "127.0.0.1", "--nounixsocket", "--oplogSize", "128"]
        command += ["--wiredTigerCacheSizeGB", "0.25", "--logpath", str(folder / "log"), "--logappend"]
        command += ["--setParameter", "diagnosticDataCollectionEnabled=false"]
        self._nodes[port] = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"}, start_new_session=True
        )

    def kill(self, port: int) -> None:
        node = self._nodes.pop(port)
        node.kill()
        node.wait()

    def primary(self) -> int:
        """The port of the node that takes writes; waits for an election."""
        deadline = time.monotonic() + 60
        with MongoClient[dict[str, Any]](self.uri, serverSelectionTimeoutMS=1000) as client:
            while True:
                try:
                    hello = client.admin.command("hello")
                except PyMongoError:
                    hello = {}
                if hello.get("isWritablePrimary"):
                    return int(hello["me"].rpartition(":")[2])
                assert time.monotonic() < deadline
                time.sleep(0.1)

    def step_down(self) -> None:
        """Make the primary give way to another."""
        with MongoClient[dict[str, Any]](self.uri) as client:
            client.admin.command("replSetStepDown", 5, secondaryCatchUpPeriodSecs=2)
