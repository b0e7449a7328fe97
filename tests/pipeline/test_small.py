"""Groups of small dumps whose loader dies while others load: what was decided is what the books say."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from etl.load.entries import now
from etl.load.ledger import Ledger
from etl.load.store import Store
from tests.pipeline.dying import dies, dies_at, meanwhile
from tests.pipeline.loading import load_paths
from tests.pipeline.records import BAD, Record, records, write_jsonl
from tests.sound import assert_sound

pytestmark = pytest.mark.mongo


def record(body: str, hour: int) -> Record:
    return {
        "title": "Ferry late",
        "published_at": "2026-03-01T10:00:00Z",
        "body": body,
        "captured_at": f"2026-04-01T{hour:02d}:00:00Z",
    }


def dump_of(folder: Path, name: str, *rows: Record) -> Path:
    folder.mkdir(exist_ok=True)
    return write_jsonl(folder / f"{name}.jsonl", list(rows))


def inserted(store: Store) -> int:
    """By the ledger, over all dumps."""
    return sum(row["counts"]["inserted"] for row in store.loads.find())


def outcome_of(store: Store, dump: Path) -> Any:
    """What became of the only record of a dump, by its counts."""
    row = store.loads.find_one({"dump": str(dump)})
    assert row is not None
    return [name for name in ("inserted", "revised", "superseded", "duplicate") if row["counts"][name]]


def test_what_a_second_attempt_decides_anew_holds_when_it_dies_too(store: Store, tmp_path: Path) -> None:
    mine = dump_of(tmp_path / "mine", "mine", record("Newer.", 9))
    theirs = dump_of(tmp_path / "theirs", "theirs", record("Older.", 5))
    assert dies_at("insert articles", lambda: load_paths(store, [mine], "first"))  # it meant to insert
    load_paths(store, [theirs], "other")
    assert dies_at("enter the end of small dumps", lambda: load_paths(store, [mine], "second"))  # it revised
    load_paths(store, [mine], "third")
    assert outcome_of(store, mine) == ["revised"]
    assert inserted(store) == store.articles.count_documents({}) == 1
    assert_sound(store)


@pytest.mark.parametrize("torn", [False, True], ids=["whole", "torn"])
def test_copies_in_a_run_that_is_killed_anywhere_are_duplicates_of_the_first(
    store: Store, tmp_path: Path, torn: bool
) -> None:
    first = dump_of(tmp_path / "dumps", "a", *records(12))
    first.write_bytes(first.read_bytes() + BAD)
    if torn:
        import gzip

        first.write_bytes(gzip.compress(first.read_bytes() * 2)[:-9])
    (tmp_path / "dumps/b.jsonl").write_bytes(first.read_bytes())
    clean = load_paths(store, [tmp_path / "dumps"])
    assert clean.counts.inserted == store.articles.count_documents({}) == inserted(store)
    for last in range(3, 100):
        for name in store.database.list_collection_names():
            store.database[name].delete_many({})
        if not dies(last, lambda: load_paths(store, [tmp_path / "dumps"], "first")):
            break
        report = load_paths(store, [tmp_path / "dumps"], "second")
        assert inserted(store) == store.articles.count_documents({}), f"killed after {last} operations"
        if report.counts.read == clean.counts.read:
            assert report.counts == clean.counts, f"killed after {last} operations"
        assert_sound(store)
    assert last > 15


def test_outcomes_that_others_change_to_and_fro_are_those_of_the_last_decision(
    store: Store, tmp_path: Path
) -> None:
    mine = dump_of(tmp_path / "mine", "mine", record("One.", 9))
    load_paths(store, [dump_of(tmp_path / "a", "a", record("One.", 5))], "a")
    others = [
        dump_of(tmp_path / name, name, record(body, n))
        for name, body, n in [("b", "Two.", 6), ("c", "One.", 7)]
    ]
    with meanwhile(
        "replace articles", *(lambda dump=dump: load_paths(store, [dump], dump.stem) for dump in others)
    ):
        assert dies_at("enter the end of small dumps", lambda: load_paths(store, [mine], "first"))
    row = store.loads.find_one({"dump": str(mine)})
    assert row is not None
    assert row["outcomes"] == "d"  # planned so, then a revision, then a duplicate again
    load_paths(store, [mine], "second")
    assert outcome_of(store, mine) == ["duplicate"]
    assert_sound(store)


def test_a_dump_that_is_done_again_keeps_its_outcomes_through_a_crash(store: Store, tmp_path: Path) -> None:
    mine = dump_of(tmp_path / "mine", "mine", record("Once.", 9))
    load_paths(store, [mine], "first")
    store.articles.delete_many({})
    row = store.loads.find_one({})
    assert row is not None
    Ledger(store).reopen([row["_id"]], now() + dt.timedelta(seconds=1))
    assert dies_at("enter the end of small dumps", lambda: load_paths(store, [mine], "second"))
    load_paths(store, [mine], "third")
    assert outcome_of(store, mine) == ["inserted"]
    assert_sound(store)


@pytest.mark.parametrize("small", [True, False])
def test_two_loaders_of_a_dump_agree_though_a_third_comes_between_and_one_dies(
    store: Store, tmp_path: Path, small: bool, request: pytest.FixtureRequest
) -> None:
    if not small:
        request.getfixturevalue("blocks")
    end = "enter the end of small dumps" if small else "enter that blocks are written"
    mine = dump_of(tmp_path / "mine", "mine", record("Newer.", 9))
    theirs = dump_of(tmp_path / "theirs", "theirs", record("Older.", 5))

    def others() -> None:
        load_paths(store, [theirs], "third")
        assert dies_at(end, lambda: load_paths(store, [mine], "second"))

    with meanwhile("insert articles", others):
        report = load_paths(store, [mine], "first")
    assert report.counts.revised == 1
    assert outcome_of(store, mine) == ["revised"]
    assert inserted(store) == store.articles.count_documents({}) == 1
    assert_sound(store)
