"""MongoDB made ready for the loader: a replica set of one node, one user, collections and indexes.

All of it is done with the replica set's key, as the user that mongod itself is to its own kind. So there
is no administrator whose password could be lost, and the loader's user needs no right beyond `readWrite`:
validators, which take more, are set here.
"""

import logging
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError, ServerSelectionTimeoutError
from pymongo.uri_parser import parse_uri

from etl.errors import ConfigError, StoreError
from etl.load.schema import Schema
from etl.load.store import connect

log = logging.getLogger("stack")

Client = MongoClient[dict[str, Any]]

_AUTHENTICATION_FAILED = 18
_NOT_YET_INITIALIZED = 94
_NOT_WRITABLE = frozenset({91, 189, 10107, 11600, 11602, 13435, 13436})


class Target(msgspec.Struct, frozen=True):
    """What the loader's URI says."""

    host: str
    port: int
    replica_set: str
    user: str
    password: str
    authentication_database: str
    database: str
    """The one that the loader may read and write."""

    @staticmethod
    def of(uri: str, database: str) -> "Target":
        """Read the URI.

        Raises:
            ConfigError: it is no URI, or lacks something; its text, which has a password in it, is not shown.
        """
        try:
            parsed = parse_uri(uri, validate=False)
        except (PyMongoError, ValueError):
            parsed = None
        if parsed is None:
            raise ConfigError("the secret mongo-uri is no MongoDB URI")
        options = parsed["options"]
        name = options.get("replicaSet") or options.get("replicaset")
        if not (parsed["username"] and parsed["password"] and name and len(parsed["nodelist"]) == 1):
            raise ConfigError(
                "the secret mongo-uri must read mongodb://USER:PASSWORD@HOST:PORT/?replicaSet=NAME"
            )
        host, port = parsed["nodelist"][0]
        return Target(
            host=host,
            port=port or 27017,
            replica_set=name,
            user=parsed["username"],
            password=parsed["password"],
            authentication_database=options.get("authSource")
            or options.get("authsource")
            or parsed["database"]
            or "admin",
            database=database,
        )

    @property
    def member(self) -> str:
        """How the replica set's one member is called."""
        return f"{self.host}:{self.port}"


def provision_mongo(uri: str, database: str, key: str, schema: Path, patience: float) -> None:
    """Bring the server to the state that the loader needs; where it is in it, nothing is written.

    Args:
        uri: The loader's: its user and password are the ones that are made.
        database: The one that the user may read and write.
        key: Text of the replica set's key file.
        schema: Folder with validators and indexes.
        patience: Seconds to wait for the server.

    Raises:
        ConfigError: the URI or the schema is wrong.
        StoreError: the server is not there, or refuses.
    """
    target = Target.of(uri, database)
    deadline = time.monotonic() + patience
    with _system(target, key) as system:
        _make_primary(system, target, deadline)
        if _loader_is_ready(target):
            log.info("mongo: the user %s may read and write %s", target.user, database)
        else:
            _set_user(system, target)
            log.info("mongo: set the user %s, who may read and write %s", target.user, database)
    store = connect(_system_uri(target, key), database, app_name="bootstrap")
    try:
        Schema.read(schema).prepare(store)
    finally:
        store.close()
    log.info("mongo: collections, validators and indexes are as config/mongo says")


def _make_primary(system: Client, target: Target, deadline: float) -> None:
    """Initiate the replica set where that was not done, and wait until it takes writes."""
    fault = "it takes no writes yet"
    while time.monotonic() < deadline:
        try:
            hello = system.admin.command("hello")
            if hello.get("isWritablePrimary"):
                if hello["me"] != target.member:
                    raise StoreError(
                        f"MongoDB's replica set was made for {hello['me']}, and the secret mongo-uri says "
                        f"{target.member}: give the service its old name again"
                    )
                return
            _initiate(system, target)
        except (AutoReconnect, ServerSelectionTimeoutError):
            fault = "it does not answer"
        except OperationFailure as error:
            if error.code == _AUTHENTICATION_FAILED:
                raise StoreError(
                    f"MongoDB at {target.member} refuses the replica set's key: it was started with another "
                    "one; recreate its container after a change of the secret mongo-key"
                ) from None
            if error.code not in _NOT_WRITABLE:
                raise StoreError(f"MongoDB at {target.member} refuses: code {error.code}") from None
        time.sleep(0.1)
    raise StoreError(f"MongoDB at {target.member} is not usable: {fault}")


def _initiate(system: Client, target: Target) -> None:
    try:
        system.admin.command("replSetGetConfig")
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
    else:
        return  # it is on its way to becoming primary
    member = {"_id": 0, "host": target.member}
    # After a restart it is primary again in 2 s, not in 10.
    settings = {"electionTimeoutMillis": 2000}
    system.admin.command(
        "replSetInitiate", {"_id": target.replica_set, "members": [member], "settings": settings}
    )
    log.info("mongo: initiated the replica set %s", target.replica_set)


def _roles(target: Target) -> list[dict[str, str]]:
    return [{"role": "readWrite", "db": target.database}]


def _loader_is_ready(target: Target) -> bool:
    """Whether the loader's password is taken, with just the rights that it is to have."""
    with _client(target, target.user, target.password, target.authentication_database) as loader:
        try:
            status = loader.admin.command("connectionStatus")
        except OperationFailure as error:
            if error.code != _AUTHENTICATION_FAILED:
                raise
            return False
    return bool(status["authInfo"]["authenticatedUserRoles"] == _roles(target))


def _set_user(system: Client, target: Target) -> None:
    database = system[target.authentication_database]
    known = database.command("usersInfo", target.user)["users"]
    command = "updateUser" if known else "createUser"
    database.command(command, target.user, pwd=target.password, roles=_roles(target))


def _system(target: Target, key: str) -> Client:
    return _client(target, "__system", key, "local")


def _client(target: Target, user: str, password: str, database: str) -> Client:
    """A client of this one server, whatever the state of its replica set; to be closed."""
    return MongoClient(
        target.host,
        target.port,
        username=user,
        password=password,
        authSource=database,
        directConnection=True,
        appname="bootstrap",
        serverSelectionTimeoutMS=2000,
        connectTimeoutMS=2000,
        socketTimeoutMS=20_000,
    )


def _system_uri(target: Target, key: str) -> str:
    return (
        f"mongodb://__system:{quote(key, safe='')}@{target.member}/"
        f"?replicaSet={target.replica_set}&authSource=local"
    )
