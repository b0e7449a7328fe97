"""Blocks that are written together keep the books of each, whoever goes on with them."""

from pathlib import Path

import pytest

from etl.load.store import Store
from tests.pipeline.dying import dies
from tests.pipeline.loading import collections, load_paths
from tests.pipeline.records import BAD, records, write_jsonl

pytestmark = pytest.mark.mongo

GROUP = 14_000


@pytest.fixture(autouse=True)
def small_blocks(blocks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("etl.pipeline.plan", "etl.pipeline.cutting", "etl.extract.dump", "etl.extract.lines"):
        monkeypatch.setattr(f"{module}.BLOCK_BYTES", 5000)
    monkeypatch.setattr("etl.pipeline.blocks.GROUP_BYTES", GROUP)
    monkeypatch.setattr("etl.pipeline.group.RECORD_BYTES", 0)


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """Articles of which each comes again in a later block, captured later, some of them twice."""
    first = [row for row in records(60) if row["captured_at"]]
    again = [{**row, "captured_at": "2026-04-20T00:00:00Z"} for row in first]
    path = write_jsonl(tmp_path / "dump.jsonl", [*first, *again, *again[::3]])
    path.write_bytes(path.read_bytes() + BAD)
    return path


def test_few_operations_write_blocks_of_which_little_is_new(store: Store, dump: Path) -> None:
    load_paths(store, [dump], "first")
    dump.write_bytes(dump.read_bytes().replace(b"report 7:", b"report seven:", 1))
    calls: list[str] = []
    call = store.retrier.call
    store.retrier.call = lambda name, *rest: calls.append(name) or call(name, *rest)  # type: ignore[method-assign,func-returns-value]
    report = load_paths(store, [dump], "second")
    assert store.load_blocks.count_documents({"run": "second"}) > 1
    assert calls.count("enter what blocks will be") == calls.count("enter that blocks are written") == 1
    assert report.counts.inserted == 1


@pytest.mark.parametrize("then", [1, GROUP, 1 << 20])
def test_a_group_that_died_is_taken_up_as_it_was_whatever_the_next_run_would_gather(
    store: Store, dump: Path, monkeypatch: pytest.MonkeyPatch, then: int
) -> None:
    clean = load_paths(store, [dump])
    expected = collections(store)
    assert store.load_blocks.count_documents({}) > 5
    deaths = 0
    for last in range(5, 200, 4):
        for name in store.database.list_collection_names():
            store.database[name].delete_many({})
        monkeypatch.setattr("etl.pipeline.blocks.GROUP_BYTES", GROUP)
        if not dies(last, lambda: load_paths(store, [dump], "first")):
            break
        deaths += 1
        monkeypatch.setattr("etl.pipeline.blocks.GROUP_BYTES", then)
        report = load_paths(store, [dump], "second")
        assert collections(store) == expected, f"died after {last} operations"
        if report.loaded:
            assert report.counts == clean.counts, f"died after {last} operations"
    assert deaths > 3
