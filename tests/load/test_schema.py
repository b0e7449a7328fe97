"""Validators and indexes: brought to the server once, and left alone after."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from etl.errors import ConfigError
from etl.load.schema import COLLECTIONS, Schema
from etl.load.store import Store
from tests.command import PROJECT
from tests.load.made import article
from tests.load.shelf import load_all

SHIPPED = PROJECT / "config/mongo"


def indexes(store: Store, name: str) -> set[str]:
    return set(store.database[name].index_information()) - {"_id_"}


def validator(store: Store, name: str) -> Any:
    (found,) = store.database.list_collections(filter={"name": name})
    return found["options"].get("validator")


@pytest.fixture
def bare(own_store: Store) -> Store:
    """A database with nothing in it."""
    own_store.client.drop_database(own_store.database.name)
    return own_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "mongo"))


def edit(folder: Path, name: str, change: dict[str, Any]) -> Schema:
    path = folder / f"{name}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    return Schema.read(folder)


def test_each_collection_has_a_file_and_each_file_a_collection() -> None:
    assert {path.stem for path in SHIPPED.glob("*.json")} == set(COLLECTIONS)


@pytest.mark.mongo
class TestOnAServer:
    def test_a_first_load_has_its_indexes_after_it(self, bare: Store) -> None:
        schema = Schema.read(SHIPPED)
        assert schema.prepare(bare) is True
        assert set(bare.database.list_collection_names()) == set(COLLECTIONS)
        assert indexes(bare, "articles") == set()
        assert "source_dump" in indexes(bare, "loads")
        load_all(bare, [article("k1")], 1)
        schema.finish(bare)
        assert {"published_at", "source_published_at", "title_hash"} <= indexes(bare, "articles")

    def test_a_later_load_finds_all_as_it_should_be(self, bare: Store) -> None:
        schema = Schema.read(SHIPPED)
        schema.prepare(bare)
        load_all(bare, [article("k1")], 1)
        assert schema.prepare(bare) is False
        assert {"published_at", "source_published_at", "title_hash"} <= indexes(bare, "articles")
        before = list(bare.database.list_collections())
        assert schema.prepare(bare) is False
        assert list(bare.database.list_collections()) == before
        for name in COLLECTIONS:
            assert validator(bare, name) == schema.collections[name].validator

    def test_a_changed_validator_is_brought_to_the_server(self, bare: Store, folder: Path) -> None:
        Schema.read(folder).prepare(bare)
        changed = {"$jsonSchema": {"required": ["kind"]}}
        edit(folder, "runs", {"validator": changed}).prepare(bare)
        assert validator(bare, "runs") == changed

    def test_a_new_index_is_built(self, bare: Store, folder: Path) -> None:
        Schema.read(folder).prepare(bare)
        index = {"name": "kind", "key": {"kind": 1}, "sparse": True}
        edit(folder, "runs", {"indexes": [index]}).prepare(bare)
        assert bare.runs.index_information()["kind"]["sparse"] is True

    def test_every_index_of_a_query_is_used(self, own_store: Store) -> None:
        def stages(plan: dict[str, Any]) -> set[str]:
            inner = plan.get("inputStage")
            return {plan["stage"], *(stages(inner) if inner else ())}

        for name, query in (
            ("loads", {"source": "s", "dump": "d", "state": "finished"}),
            ("load_blocks", {"load": "x", "block": {"$gt": 1}}),
            ("quarantine", {"state": "open", "source": "s", "reason": "undated"}),
            ("quarantine", {"sha256": {"$in": ["x"]}, "source": "s", "state": "open"}),
            ("articles", {"source": "s", "published_at": None}),
        ):
            plan = own_store.database[name].find(query).explain()["queryPlanner"]["winningPlan"]
            assert "IXSCAN" in stages(plan), (name, query)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "articles.json"),
        ('{"indexes": []}', "validator"),
        ('{"validator": {}, "indexes": [{}]}', "name"),
    ],
)
def test_a_wrong_file_is_named(folder: Path, text: str, said: str) -> None:
    (folder / "articles.json").write_text(text)
    with pytest.raises(ConfigError, match=r"articles\.json") as caught:
        Schema.read(folder)
    assert said in str(caught.value)


def test_a_file_that_a_folder_lacks_is_the_shipped_one_as_after_an_upgrade(folder: Path) -> None:
    changed = {"$jsonSchema": {"required": ["kind"]}}
    edit(folder, "runs", {"validator": changed})
    (folder / "journal.json").unlink()
    mixed, shipped = Schema.read(folder).collections, Schema.read(SHIPPED).collections
    assert mixed["runs"].validator == changed
    assert {name for name in COLLECTIONS if mixed[name] != shipped[name]} == {"runs"}


def test_a_file_of_no_collection_is_named(folder: Path) -> None:
    (folder / "article.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"article\.json: there is no collection 'article'"):
        Schema.read(folder)
