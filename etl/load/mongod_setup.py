"""Makes a running mongod ours: a 1-node replica set with one user, and its writable primary awaited.

Every step looks first and can be repeated: a command that was killed half-way is continued by the next.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError, ServerSelectionTimeoutError

REPLICA_SET = "article-etl"
USER = "article-etl"

# Reads and writes, indexes and validators, the server's counters; no users, no shutdown, no cluster.
_ROLES = ["readWriteAnyDatabase", "dbAdminAnyDatabase", "clusterMonitor"]

_AUTHENTICATION_FAILED = 18
_NOT_YET_INITIALIZED = 94
_NOT_WRITABLE = frozenset({91, 189, 10107, 11600, 11602, 13435, 13436})

Client = MongoClient[dict[str, Any]]


def make_ready(
    port: int, key: str | None, password: str | None, deadline: float, check: Callable[[], None]
) -> None:
    """Return when the server on `port` takes writes from our user.

    `key` is the replica set's key file's text and `password` our user's; both None for a server
    without authentication. `deadline` is in the clock of `time.monotonic`; `check` is called between
    attempts and raises where going on is of no use (the process has ended).

    Raises:
        TimeoutError: the deadline has passed.
        OperationFailure: the server refuses for a reason that waiting does not mend.
    """
    while True:
        check()
        try:
            if _attempt(port, key, password):
                return
        except (AutoReconnect, ServerSelectionTimeoutError):
            pass  # not listening yet, or closing connections while it changes its state
        except OperationFailure as error:
            if error.code not in _NOT_WRITABLE:
                raise
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)


def keep_no_history(port: int, key: str | None) -> None:
    """Let the server on `port` forget an old version of a document once nobody reads it any more.

    It would keep every version for five minutes, for reads of a past moment, which nobody here makes: a
    fifth of what an update costs it. For as long as it runs; a server before 5.0 keeps none anyway. What it
    can restore after a crash is the same. Without a key it is left as it is.
    """
    if key is None:
        return
    try:
        with _client(port, "__system", key, "local") as system:
            system.admin.command({"setParameter": 1, "minSnapshotHistoryWindowInSeconds": 0})
    except PyMongoError:
        pass  # it works without, only slower


def _attempt(port: int, key: str | None, password: str | None) -> bool:
    with _client(port, USER, password, "admin") as client:
        try:
            hello = client.admin.command("hello")
            if hello.get("isWritablePrimary"):
                return hello.get("me") == _address(port)
        except OperationFailure as error:
            if error.code != _AUTHENTICATION_FAILED:
                raise
    with _client(port, "__system", key, "local") as system:
        if not system.admin.command("hello").get("isWritablePrimary"):
            _configure(system, port)
        elif password is not None:
            _set_user(system, password)
    return False


def _configure(system: Client, port: int) -> None:
    """Initiate the replica set, or give its one member the port that it has now."""
    member = {"_id": 0, "host": _address(port)}
    try:
        config = system.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        # An interrupted server is primary again after 2 s, not after 10.
        settings = {"electionTimeoutMillis": 2000}
        system.admin.command(
            "replSetInitiate", {"_id": REPLICA_SET, "members": [member], "settings": settings}
        )
        return
    if config["members"][0]["host"] != member["host"]:
        config["members"] = [member]
        config["version"] += 1
        system.admin.command("replSetReconfig", config, force=True)


def _set_user(system: Client, password: str) -> None:
    known = system.admin.command("usersInfo", USER)["users"]
    system.admin.command("updateUser" if known else "createUser", USER, pwd=password, roles=_ROLES)


def _address(port: int) -> str:
    return f"127.0.0.1:{port}"


@contextmanager
def _client(port: int, user: str, password: str | None, database: str) -> Iterator[Client]:
    given: dict[str, Any] = {}
    if password is not None:
        given = {"username": user, "password": password, "authSource": database}
    client: Client = MongoClient(
        "127.0.0.1",
        port,
        directConnection=True,
        serverSelectionTimeoutMS=200,
        connectTimeoutMS=2000,
        socketTimeoutMS=20_000,
        **given,
    )
    try:
        yield client
    finally:
        client.close()
