"""A user who may read and write one database, and nothing else, is enough for every command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from etl.load.local_mongo import EmbeddedMongo
from tests.command import PROJECT, Command

pytestmark = pytest.mark.mongo

PASSWORD = "planted-secret"


@pytest.fixture
def loader(tmp_path: Path) -> Iterator[Command]:
    """The command with the credentials of a user that has the role readWrite on its database."""
    folder = tmp_path / "server"
    with EmbeddedMongo(folder, cache_gb=0.25) as server:
        address = server.uri.partition("@")[2].partition("/")[0]
        root: MongoClient[dict[str, object]] = MongoClient(
            f"mongodb://{address}/?directConnection=true",
            username="__system",
            password=(folder / "key").read_text(),
            authSource="local",
        )
        with root:
            role = {"role": "readWrite", "db": "news"}
            root.admin.command("createUser", "loader", pwd=PASSWORD, roles=[role])
        uri = tmp_path / "uri"
        uri.write_text(f"mongodb://loader:{PASSWORD}@{address}/?replicaSet=article-etl&authSource=admin")
        variables = {"ARTICLE_ETL_MONGO_URI_FILE": str(uri), "ARTICLE_ETL_DATABASE": "news"}
        yield Command(tmp_path / "home", variables)


@pytest.mark.timeout(300)
def test_every_command_does_its_work_as_a_user_who_may_only_read_and_write(loader: Command) -> None:
    samples = str(PROJECT / "samples/harbour-post")
    first = loader.json("load", samples, "--json")
    assert first["inserted"] > 0
    assert first["rejected"] > 0
    assert loader.lines("inspect", samples, "--against-store")
    loader.run("status")
    loader.run("check")
    (entry, *_) = loader.lines("quarantine", "list", "--json")
    loader.run("quarantine", "show", entry["id"])
    loader.run("quarantine", "discard", entry["id"])
    loader.run("quarantine", "replay", "--source", "adhoc", "--json")
    loader.run("backfill", "--from", "2026-03-01", "--to", "2026-03-02", "--dry-run")
    assert loader.json("verify", "--json")["sound"]
    plan = loader.json("rollback", first["run"], "--json")
    assert (plan["done"], plan["removed"]) == (False, first["inserted"])
    assert loader.json("rollback", first["run"], "--yes", "--json")["removed"] == first["inserted"]
    assert loader.json("verify", "--json")["articles"] == 0
    assert loader.json("load", samples, "--json")["inserted"] == first["inserted"]
    assert loader.json("verify", "--sample", "20", "--json")["sound"]
