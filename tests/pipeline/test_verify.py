"""The integrity check: it finds what was damaged, and nothing in what loads, stops and replays left."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from etl.load.quarantine import Quarantine, Selection
from etl.load.schema import COLLECTIONS, Schema
from etl.load.store import Store
from etl.model import Days
from tests.command import PROJECT
from tests.pipeline.dying import dies
from tests.pipeline.loading import load_paths
from tests.pipeline.records import BAD, records, write_jsonl
from tests.sound import assert_sound, check

pytestmark = pytest.mark.mongo


def write_dump(path: Path, n: int = 300, **options: Any) -> Path:
    write_jsonl(path, records(n, **options))
    path.write_bytes(path.read_bytes() + BAD)
    return path


@pytest.fixture(scope="module")
def kept() -> dict[str, list[Any]]:
    """The documents of `loaded`, by collection, once loaded: to put them back takes a tenth of the time."""
    return {}


@pytest.fixture
def loaded(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: dict[str, list[Any]]
) -> Store:
    """A store of a small dump, a large one of several blocks, and an overlap."""
    if kept:
        for name, documents in kept.items():
            store.database[name].insert_many(documents)
        return store
    load_paths(store, [write_dump(tmp_path / "small.jsonl", 100)], "small")
    with monkeypatch.context() as patch:
        patch.setattr("etl.extract.dump.SMALL_BYTES", 0)
        for module in ("etl.extract.dump", "etl.extract.lines"):
            patch.setattr(f"{module}.BLOCK_BYTES", 20_000)
        load_paths(store, [write_dump(tmp_path / "large.jsonl", 300, seed=8)], "large")
    assert store.load_blocks.count_documents({}) > 3
    assert store.revisions.count_documents({}) > 5
    found = {name: list(store.database[name].find()) for name in COLLECTIONS}
    kept.update({name: documents for name, documents in found.items() if documents})
    return store


def one(collection: Any, **query: Any) -> Any:
    found = collection.find_one(query)
    assert found is not None
    return found


def change(collection: str, query: dict[str, Any] | None = None, **fields: Any) -> Callable[[Store], Any]:
    def damage(store: Store) -> None:
        where = store.database[collection]
        found = where.find_one(query or {})
        assert found is not None
        where.with_options().database.command(
            "update",
            collection,
            updates=[{"q": {"_id": found["_id"]}, "u": {"$set": fields}}],
            bypassDocumentValidation=True,
        )

    return damage


def remove(collection: str, query: dict[str, Any] | None = None) -> Callable[[Store], Any]:
    return lambda store: store.database[collection].delete_one(query or {})


def rekey(store: Store) -> None:
    article = one(store.articles)
    store.articles.delete_one({"_id": article["_id"]})
    day = "2026-03-30T00:00:00Z"
    store.articles.insert_one({**article, "_id": f"{day}/{article['title_hash']}"})


def shift(store: Store) -> None:
    article = one(store.articles)
    moved = article["published_at"] + dt.timedelta(hours=1)
    store.articles.update_one({"_id": article["_id"]}, {"$set": {"published_at": moved}})


def add(store: Store) -> None:
    from etl.transform.identity import title_hash
    from etl.transform.titles import normal_form

    article = one(store.articles)
    title = "Put in by hand"
    hashed = title_hash(normal_form(title))
    key = f"{article['_id'].partition('/')[0]}/{hashed}"
    store.articles.insert_one({**article, "_id": key, "title": title, "title_hash": hashed})


def lift_revision(store: Store) -> None:
    revision = one(store.revisions)
    rank = "9999" + revision["rank"][4:]
    store.revisions.update_one({"_id": revision["_id"]}, {"$set": {"rank": rank}})


def orphan_revision(store: Store) -> None:
    revision = one(store.revisions)
    store.articles.delete_one({"_id": revision["article"]})


def swap_counts(collection: str) -> Callable[[Store], Any]:
    """One insert less and one duplicate more: the books still balance."""
    more = {"$inc": {"counts.inserted": -1, "counts.duplicate": 1}}
    return lambda store: store.database[collection].update_one({"counts.inserted": {"$gt": 0}}, more)


def half_finished(store: Store) -> None:
    store.load_blocks.update_one({"block": 1}, {"$set": {"state": "writing"}})


def strange(store: Store) -> None:
    article = one(store.articles)
    store.database.command(
        "insert", "articles", documents=[{**article, "_id": ObjectId()}], bypassDocumentValidation=True
    )


LARGE = {"run": "large"}
DAMAGE: dict[str, Callable[[Store], Any]] = {
    "a title edited": change("articles", title="Another headline"),
    "a body edited": change("articles", body="Another text."),
    "a letter's case in a title edited": lambda s: s.articles.update_one(
        {}, [{"$set": {"title": {"$toUpper": "$title"}}}]
    ),
    "an author added": change("articles", authors=["Nobody"]),
    "a tag added": change("articles", tags=["late"]),
    "an unrecognized field added to extra": change("articles", extra={"late": 1}),
    "a field of no article added": change("articles", late=1),
    "a key changed": rekey,
    "published_at shifted": shift,
    "published_at removed": change("articles", published_at=None),
    "the raw date edited": change("articles", **{"published.raw": "yesterday"}),
    "a source renamed": change("articles", source="other"),
    "a capture time edited": change("articles", captured_at=dt.datetime(2020, 1, 1)),
    "a flag added": change("articles", flags=["no_body"]),
    "a title hash altered": change("articles", title_hash="0" * 32),
    "a content hash altered": change("articles", content_hash="0" * 32),
    "a rank altered": change("articles", rank="-/00000001/x/y"),
    "an article removed": remove("articles"),
    "an article added by hand": add,
    "an article with a strange _id": strange,
    "an article of a wrong type": change("articles", body=7),
    "tags of a wrong type": change("articles", tags="one"),
    "another schema version": change("articles", schema_version=2),
    "a record number in provenance edited": change("articles", **{"provenance.record": 9999}),
    "a run in provenance that there is not": change("articles", **{"provenance.run": "nobody"}),
    "a digest in provenance edited": change("articles", **{"provenance.sha256": "0" * 64}),
    "a revision removed": remove("article_revisions"),
    "a revision edited": change("article_revisions", body="Another text."),
    "a revision of higher rank than its article": lift_revision,
    "a revision without its article": orphan_revision,
    "a revision's article edited": change("article_revisions", article="2026-01-01/none"),
    "a quarantine entry removed": remove("quarantine"),
    "a quarantine entry's bytes edited": change("quarantine", raw=b"{}"),
    "a quarantine entry's reason edited": change("quarantine", {"reason": "undated"}, reason="no_title"),
    "a quarantine entry added": lambda s: s.quarantine.insert_one({**one(s.quarantine), "_id": "f" * 24}),
    "a ledger entry's counts changed": change("loads", **{"counts.read": 1}),
    "a small dump's counts changed, in balance": lambda s: s.loads.update_one(
        {"run": "small"}, {"$inc": {"counts.read": 1, "counts.duplicate": 1}}
    ),
    "a large dump's counts swapped": lambda s: s.loads.update_one(
        LARGE, {"$inc": {"counts.inserted": -1, "counts.duplicate": 1}}
    ),
    "a small dump's counts swapped": lambda s: s.loads.update_one(
        {"run": "small"}, {"$inc": {"counts.inserted": -1, "counts.duplicate": 1}}
    ),
    "a block's counts swapped": swap_counts("load_blocks"),
    "a block's counts changed": change("load_blocks", **{"counts.read": 1}),
    "a load finished whose blocks are not": half_finished,
    "a block in the middle removed": remove("load_blocks", {"block": 1}),
    "the last block removed": lambda s: s.load_blocks.find_one_and_delete({}, sort=[("block", -1)]),
    "all blocks removed": lambda s: s.load_blocks.delete_many({}),
    "a load removed": remove("loads"),
    "a load's parser edited": change("loads", parser="1-000000000000"),
    "a run removed": remove("runs"),
    "a page of the journal removed": remove("journal"),
    "a page of the journal damaged": change("journal", parts=b"nothing"),
    "an index dropped": lambda s: s.articles.drop_index("title_hash"),
    "an index of the ledger dropped": lambda s: s.loads.drop_index("run"),
    "a validator dropped": lambda s: s.database.command("collMod", "articles", validator={}),
    "a validator off": lambda s: s.database.command("collMod", "articles", validationLevel="off"),
    "a validator that only warns": lambda s: s.database.command("collMod", "runs", validationAction="warn"),
}


@pytest.fixture
def repaired(loaded: Store) -> Any:
    """Validators and indexes are put back after a test that took them away."""
    yield loaded
    for name in ("articles", "runs"):
        loaded.database.command("collMod", name, validationLevel="strict", validationAction="error")
    schema = Schema.read(PROJECT / "config/mongo")
    schema.prepare(loaded)
    schema.finish(loaded)


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_found_and_said(repaired: Store, kind: str) -> None:
    DAMAGE[kind](repaired)
    found = check(repaired)
    assert not found.sound
    assert found.findings
    for finding in found.findings:
        assert finding.id
        assert finding.rule
        assert finding.expected
        assert finding.next_step


def test_a_store_that_was_loaded_is_sound(loaded: Store) -> None:
    assert_sound(loaded)
    found = check(loaded)
    assert found.articles == loaded.articles.count_documents({})
    assert found.revisions == loaded.revisions.count_documents({})
    assert found.loads == 2
    assert found.quarantine == 4


def test_an_empty_store_is_sound(store: Store) -> None:
    assert_sound(store)


def test_a_sample_looks_at_about_so_many_and_finds_nothing_in_a_sound_store(loaded: Store) -> None:
    found = check(loaded, sample=40, seed=3)
    assert found.sound, found.findings[:3]
    assert 20 <= found.articles <= 80
    loaded.articles.delete_many({})
    assert not check(loaded, sample=40).sound


def test_stretches_of_keys_find_the_same_as_one(loaded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.pipeline.verify.STRETCH", 37)
    assert_sound(loaded)
    assert check(loaded).articles == loaded.articles.count_documents({})
    loaded.articles.find_one_and_delete({})
    assert check(loaded).total >= 1


@pytest.mark.usefixtures("blocks")
def test_growth_changes_copies_and_reloads_leave_a_sound_store(store: Store, tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "dump.jsonl")
    load_paths(store, [dump], "first")
    dump.write_bytes(dump.read_bytes() + write_dump(tmp_path / "b.jsonl", 50, seed=9).read_bytes())
    load_paths(store, [dump], "grown")
    dump.write_bytes(dump.read_bytes().replace(b"report 7:", b"report seven:", 1))
    load_paths(store, [dump, tmp_path / "b.jsonl"], "changed", workers=3)
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/a.jsonl").write_bytes(dump.read_bytes())
    load_paths(store, [tmp_path / "copy"], "copy")
    assert_sound(store)


def test_small_copies_in_one_run_leave_a_sound_store(store: Store, tmp_path: Path) -> None:
    for n in range(3):
        write_dump(tmp_path / f"{n}.jsonl", 40)
    write_dump(tmp_path / "3.jsonl", 60)
    load_paths(store, [tmp_path], "copies")
    assert_sound(store)


@pytest.mark.parametrize("small", [True, False])
def test_a_store_is_sound_after_a_kill_anywhere_and_after_its_resumption(
    store: Store,
    tmp_path: Path,
    small: bool,
    request: pytest.FixtureRequest,
) -> None:
    if not small:
        request.getfixturevalue("blocks")
    dump = write_dump(tmp_path / "dump.jsonl", 120)
    crashes = 0
    for last in range(9, 300, 3):
        for name in store.database.list_collection_names():
            store.database[name].delete_many({})
        if not dies(last, lambda: load_paths(store, [dump], "first")):
            break
        crashes += 1
        assert_sound(store)
        load_paths(store, [dump], "second")
        assert_sound(store)
    assert crashes > 3


def test_discards_and_days_leave_a_sound_store(store: Store, tmp_path: Path) -> None:
    import msgspec

    from etl.extract.find import find_dumps
    from etl.pipeline.run import load
    from etl.pipeline.runners import Here
    from etl.sources import ADHOC
    from tests.pipeline.loading import job

    dump = write_dump(tmp_path / "dump.jsonl")
    schema = Schema.read(PROJECT / "config/mongo")
    for n, days in enumerate((Days(dt.date(2026, 3, 1), dt.date(2026, 3, 9)), None)):
        mine = msgspec.structs.replace(job(f"days-{n}"), days=days)
        load([(ADHOC, find_dumps([str(dump)]))], mine, store, schema, Here(store))
        assert_sound(store)
    quarantine = Quarantine(store)
    quarantine.mark([entry.id for entry in quarantine.list(Selection())], "discarded", "ann")
    assert_sound(store)
