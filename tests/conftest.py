"""Real servers, shared by all tests of a session: one mongod, one Prefect server."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.load.local_mongo import EmbeddedMongo
from etl.load.schema import Schema
from etl.load.store import Store, connect
from etl.settings import RetrySettings, StoreSettings
from flows.prefect_server import prefect_server
from tests.command import PROJECT
from tests.waiting import until


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real mongod: a replica set of one node, journaled, with fail points enabled."""
    folder = tmp_path_factory.mktemp("mongo")
    options = ("--setParameter", "enableTestCommands=1")
    with EmbeddedMongo(folder, cache_gb=0.25, auth=False, options=options) as server:
        yield server.uri


_SHARED = f"test_{uuid.uuid4().hex[:12]}"
"""The database of `store`: made once, as that takes ten times as long as to empty it."""


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The name of the test's database: that of `store` where the test has it, else one of its own."""
    return _SHARED if "store" in request.fixturenames else f"test_{uuid.uuid4().hex[:12]}"


@pytest.fixture
def store(mongo_uri: str, database: str) -> Iterator[Store]:
    """An empty store with its validators and indexes."""
    retry = RetrySettings(budget_seconds=20, first_wait_seconds=0.05, longest_wait_seconds=0.5)
    store = connect(mongo_uri, database, StoreSettings(server_selection_seconds=10), retry)
    _empty(store)
    yield store
    store.close()


def _empty(store: Store) -> None:
    """Bring the database back to nothing but the schema, whatever the test before has done to it."""
    # What a process that was killed had asked for is applied all the same.
    until(lambda: not _under_way(store))
    schema = Schema.read(PROJECT / "config/mongo")
    for name in store.database.list_collection_names():
        if name in schema.collections:
            store.database[name].delete_many({})
        else:
            store.database.drop_collection(name)
    indexes = {name: {"_id_", *(i.name for i in each.indexes)} for name, each in schema.collections.items()}
    if list(schema.differences(store)) or any(
        set(store.database[name].index_information()) != wanted for name, wanted in indexes.items()
    ):
        store.client.drop_database(store.database.name)
        schema.prepare(store)
        schema.finish(store)


def _under_way(store: Store) -> list[object]:
    mine = {"ns": {"$regex": f"^{store.database.name}\\."}, "active": True}
    return list(store.client.admin.aggregate([{"$currentOp": {}}, {"$match": mine}]))


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the real Prefect server: commands that are given it share the server."""
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="session")
def prefect_api(prefect_home: Path) -> Iterator[str]:
    """A real Prefect server; its API's URL."""
    with prefect_server(prefect_home) as url:
        yield url


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see no server and no configuration that this machine's user has set."""
    for name in [name for name in os.environ if name.startswith("ARTICLE_ETL_")]:
        if name != "ARTICLE_ETL_SHARED":
            monkeypatch.delenv(name)


@pytest.fixture
def project() -> Path:
    """The top of the project."""
    return PROJECT


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--screenshots FOLDER`, for `make screenshots`."""
    parser.addoption("--screenshots", metavar="FOLDER", help="where the browser test leaves its pictures")
