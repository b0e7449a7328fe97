"""The bootstrap's first half on a real mongod, started with the compose file's own options."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from etl.errors import ConfigError, StoreError
from etl.load.mongod_binary import find_mongod
from etl.load.schema import COLLECTIONS, Schema
from etl.load.store import connect
from etl.processes import free_port
from tests.command import PROJECT
from tests.compose.composefile import compose
from tests.waiting import until

pytestmark = pytest.mark.mongo

KEY = "k" * 64
SCHEMA = PROJECT / "config/mongo"


@pytest.fixture(scope="module")
def replica_set() -> ModuleType:
    """The module, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("replica_set", PROJECT / "docker/stack/replica_set.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["replica_set"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A mongod as the compose file starts it, with this machine's paths; nobody has initiated it."""
    folder = tmp_path_factory.mktemp("mongod")
    (folder / "key").write_text(KEY + "\n")
    (folder / "key").chmod(0o400)
    port = free_port()
    own = {
        "mongod": str(find_mongod()),
        "--keyFile=/run/mongod/key": f"--keyFile={folder}/key",
        "--dbpath=/data/db": f"--dbpath={folder}",
        "--bind_ip_all": "--bind_ip=127.0.0.1",
    }
    command = [own.pop(word, word) for word in compose()["services"]["mongo"]["command"]]
    assert not own
    with (folder / "log").open("wb") as log:
        mongod = subprocess.Popen([*command, f"--port={port}", "--nounixsocket"], stdout=log, stderr=log)
    yield port
    mongod.terminate()
    mongod.wait(60)


def uri(port: int, password: str = "first", user: str = "loader") -> str:  # noqa: S107
    return f"mongodb://{user}:{password}@127.0.0.1:{port}/?replicaSet=article-etl&authSource=admin"


@pytest.fixture(scope="module")
def provisioned(port: int, replica_set: ModuleType) -> int:
    """The port of that server after a first run of the bootstrap."""
    replica_set.provision_mongo(uri(port), "news", KEY, SCHEMA, 120)
    return port


def writes(port: int) -> int:
    """How many operations the server's log of changes has."""
    system = f"mongodb://__system:{KEY}@127.0.0.1:{port}/?authSource=local&directConnection=true"
    with MongoClient(system) as client:
        return client.local["oplog.rs"].count_documents({"op": {"$ne": "n"}})


def settled_writes(port: int) -> int:
    """The same once it stays: the indexes' commits come a moment after them."""
    seen = [-1]

    def stays() -> bool:
        seen.append(writes(port))
        return seen[-1] == seen[-2]

    until(stays, pause=0.3)
    return seen[-1]


def test_a_second_run_writes_nothing(provisioned: int, replica_set: ModuleType) -> None:
    before = settled_writes(provisioned)
    replica_set.provision_mongo(uri(provisioned), "news", KEY, SCHEMA, 120)
    assert settled_writes(provisioned) == before


def test_the_loaders_user_can_do_all_that_a_load_does(provisioned: int) -> None:
    store = connect(uri(provisioned), "news")
    try:
        schema = Schema.read(SCHEMA)
        schema.prepare(store)
        schema.finish(store)
        assert set(COLLECTIONS) <= set(store.database.list_collection_names())
        scratch = store.database["scratch"]
        scratch.insert_one({"_id": "probe"})
        assert scratch.delete_one({"_id": "probe"}).deleted_count == 1
    finally:
        store.close()


@pytest.mark.parametrize(
    ("database", "command"),
    [
        ("other", {"insert": "things", "documents": [{}]}),
        ("admin", {"usersInfo": 1}),
        ("admin", {"createUser": "more", "pwd": "x", "roles": []}),
        ("admin", {"shutdown": 1}),
        ("admin", {"replSetGetConfig": 1}),
        ("news", {"collMod": "articles", "validator": {}}),
        ("news", {"dropDatabase": 1}),
    ],
)
def test_the_loaders_user_can_do_nothing_else(
    provisioned: int, database: str, command: dict[str, object]
) -> None:
    with MongoClient(uri(provisioned)) as client, pytest.raises(OperationFailure) as caught:
        client[database].command(command)
    assert caught.value.code == 13


def test_without_a_password_nothing_is_to_be_had(provisioned: int) -> None:
    with MongoClient("127.0.0.1", provisioned, directConnection=True) as client:
        with pytest.raises(OperationFailure) as caught:
            client.news.articles.find_one()
        assert caught.value.code == 13
        with pytest.raises(OperationFailure):
            client.admin.command("createUser", "first", pwd="x", roles=["root"])


def test_a_new_password_in_the_secret_is_set(provisioned: int, replica_set: ModuleType) -> None:
    replica_set.provision_mongo(uri(provisioned, "second"), "news", KEY, SCHEMA, 120)
    with MongoClient(uri(provisioned, "second")) as client:
        assert client.news.articles.find_one() is None
    with MongoClient(uri(provisioned, "first")) as client, pytest.raises(OperationFailure):
        client.news.articles.find_one()
    replica_set.provision_mongo(uri(provisioned, "first"), "news", KEY, SCHEMA, 120)


def test_a_user_of_another_name_may_be_asked_for(provisioned: int, replica_set: ModuleType) -> None:
    address = uri(provisioned, "p%40ss%2Fword", "somebody%3A")
    replica_set.provision_mongo(address, "news", KEY, SCHEMA, 120)
    with MongoClient(address) as client:
        assert client.news.articles.find_one() is None


def test_another_key_is_told_apart_from_an_outage(provisioned: int, replica_set: ModuleType) -> None:
    with pytest.raises(StoreError, match="refuses the replica set's key") as caught:
        replica_set.provision_mongo(uri(provisioned), "news", "x" * 64, SCHEMA, 120)
    assert "x" * 64 not in str(caught.value)


def test_another_name_of_the_service_is_told(provisioned: int, replica_set: ModuleType) -> None:
    address = uri(provisioned).replace("127.0.0.1", "localhost")
    with pytest.raises(StoreError, match=rf"was made for 127\.0\.0\.1:{provisioned}.*says localhost"):
        replica_set.provision_mongo(address, "news", KEY, SCHEMA, 120)


def test_no_server_is_said_after_the_time_that_was_given(replica_set: ModuleType) -> None:
    with pytest.raises(StoreError, match="is not usable: it does not answer"):
        replica_set.provision_mongo(uri(free_port()), "news", KEY, SCHEMA, 0.5)


@pytest.mark.parametrize(
    "address",
    [
        "mongodb://loader:secret@mongo:27017/?authSource=admin",
        "mongodb://mongo:27017/?replicaSet=article-etl",
        "mongodb://loader:secret@one:1,two:2/?replicaSet=article-etl",
        "mongodb://loader:sec/ret@mongo:27017/?replicaSet=article-etl",
    ],
)
def test_an_address_that_does_not_serve_is_refused_without_showing_it(
    address: str, replica_set: ModuleType, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="the secret mongo-uri") as caught:
        replica_set.provision_mongo(address, "news", KEY, tmp_path, 1)
    assert "secret@" not in str(caught.value)
    assert "ret@" not in str(caught.value)
