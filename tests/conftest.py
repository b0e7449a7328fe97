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


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real mongod: a replica set of one node, journaled, with fail points enabled."""
    folder = tmp_path_factory.mktemp("mongo")
    options = ("--setParameter", "enableTestCommands=1")
    with EmbeddedMongo(folder, cache_gb=0.25, auth=False, options=options) as server:
        yield server.uri


@pytest.fixture
def database() -> str:
    """A name that no other test has."""
    return f"test_{uuid.uuid4().hex[:12]}"


@pytest.fixture
def store(mongo_uri: str, database: str) -> Iterator[Store]:
    """An empty store with its validators and indexes, dropped afterwards."""
    retry = RetrySettings(budget_seconds=20, first_wait_seconds=0.05, longest_wait_seconds=0.5)
    store = connect(mongo_uri, database, StoreSettings(server_selection_seconds=10), retry)
    schema = Schema.read(PROJECT / "config/mongo")
    schema.prepare(store)
    schema.finish(store)
    yield store
    store.client.drop_database(database)
    store.close()


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
