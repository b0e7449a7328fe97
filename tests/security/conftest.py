"""A mongod that asks for passwords, and a loader's user with the least that it needs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from etl.load.local_mongo import EmbeddedMongo
from etl.load.mongod_command import secret
from tests.flows.stack import make_project

PLANTED = "pl4nted-s3cret"
"""The password to look for. It stands in no name, path or text of the tests' own."""


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address (`host:port`) of a mongod with a user `loader`: `readWrite` on `news`, and no more."""
    folder = tmp_path_factory.mktemp("guarded")
    with EmbeddedMongo(folder, cache_gb=0.25) as server:
        address = server.uri.split("@")[1].split("/")[0]
        system: MongoClient[dict[str, Any]] = MongoClient(
            f"mongodb://{address}",
            directConnection=True,
            username="__system",
            password=secret(folder / "key"),
            authSource="local",
        )
        with system:
            roles = [{"role": "readWrite", "db": "news"}]
            system.admin.command("createUser", "loader", pwd=PLANTED, roles=roles)
        yield address


@pytest.fixture
def project_of_days(tmp_path: Path) -> Path:
    """The configuration of a project with two sources and three days of dumps."""
    return make_project(tmp_path / "project", 3)
