"""A project of its own, a real Prefect server and a real mongod for flows that run in this process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from tests.flows.stack import make_project


@pytest.fixture
def operated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mongo_uri: str, database: str, prefect_api: str
) -> Iterator[Database[Any]]:
    """The environment of flow runs over a project of 30 days, and the database that they load into."""
    monkeypatch.setenv("ARTICLE_ETL_CONFIG", str(make_project(tmp_path, 30)))
    monkeypatch.setenv("ARTICLE_ETL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ARTICLE_ETL_MONGO_URI", mongo_uri)
    monkeypatch.setenv("ARTICLE_ETL_DATABASE", database)
    client: MongoClient[dict[str, Any]] = MongoClient(mongo_uri)
    with client:
        yield client[database]
        client.drop_database(database)
