"""The indexes that wait for a first load are built beside its last chunks."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from etl.errors import StoreError
from etl.load.schema import Schema
from etl.load.store import Store
from etl.pipeline.chunk import load_chunk
from etl.pipeline.job import Chunk, ChunkReport, Job, Stop
from etl.pipeline.runners import Here
from tests.pipeline.loading import collections, load_paths
from tests.pipeline.records import records, write_jsonl

pytestmark = [pytest.mark.mongo, pytest.mark.usefixtures("blocks")]

INDEXES = {"published_at", "source_published_at", "title_hash"}


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "dump.jsonl", records(400))


class Ahead(Here):
    """Takes all chunks at once, as worker processes do towards the end, and waits before the last."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.indexed: list[bool] = []

    def run(self, chunks: Iterable[Chunk], job: Job, stop: Stop) -> Iterator[ChunkReport]:
        *most, last = list(chunks)
        for chunk in most:
            yield load_chunk(chunk, job, self._store, stop)
            self.indexed.append(self._has_indexes())
        deadline = time.monotonic() + 30
        while not self._has_indexes() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.indexed.append(self._has_indexes())
        yield load_chunk(last, job, self._store, stop)

    def _has_indexes(self) -> bool:
        return set(self._store.articles.index_information()) >= INDEXES


def test_indexes_are_built_while_the_last_chunks_of_a_first_load_are_written(
    store: Store, dump: Path
) -> None:
    store.database.drop_collection("articles")
    runner = Ahead(store)
    report = load_paths(store, [dump], runner=runner, workers=3)
    assert (report.error, report.loaded) == (None, 1)
    assert (runner.indexed[0], runner.indexed[-1]) == (False, True)
    indexed = collections(store)
    assert store.articles.count_documents({}, hint="title_hash") == report.counts.inserted

    store.database.drop_collection("articles")
    for name in store.database.list_collection_names():
        store.database[name].delete_many({})
    load_paths(store, [dump], workers=3)
    assert collections(store) == indexed
    assert set(store.articles.index_information()) >= INDEXES


@pytest.mark.parametrize("ahead", [True, False])
def test_a_build_that_fails_fails_the_run(
    store: Store, dump: Path, monkeypatch: pytest.MonkeyPatch, ahead: bool
) -> None:
    def refuse(self: Schema, store: Store) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Schema, "finish", refuse)
    monkeypatch.setattr(Ahead, "_has_indexes", lambda self: True)
    report = load_paths(store, [dump], runner=Ahead(store) if ahead else None, workers=3)
    assert (report.state, report.error) == ("failed", "the disk is full")
    assert report.counts.read == 400
