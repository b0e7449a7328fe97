"""Whole loads into a real mongod: the books, the ledger, crashes, and every way to run chunks."""

import csv
import gzip
import io
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from etl.errors import StoreError
from etl.load.retry import Retrier
from etl.load.store import Store
from etl.model import Counts
from etl.pipeline.chunk import load_chunk
from etl.pipeline.job import Chunk, ChunkReport, Job, Stop
from etl.pipeline.runners import Here, Processes
from etl.pipeline.workers import Connection
from etl.sources import Source
from etl.transform.normalize import Normalizer
from tests.pipeline.dying import dies
from tests.pipeline.loading import collections, load_paths
from tests.pipeline.records import BAD, Record, records, write_jsonl

pytestmark = pytest.mark.mongo


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """600 records, and 2 that must be rejected."""
    path = write_jsonl(tmp_path / "dump.jsonl", records(600))
    path.write_bytes(path.read_bytes() + BAD)
    return path


def test_every_record_has_one_outcome(store: Store, dump: Path) -> None:
    report = load_paths(store, [dump])
    assert report.state == "completed_with_warnings"
    assert report.counts.balanced()
    assert (report.counts.read, report.counts.rejected) == (602, 2)
    assert report.counts.reasons == {"undated": 1, "malformed": 1}
    assert store.articles.count_documents({}) == report.counts.inserted
    assert store.quarantine.count_documents({"state": "open"}) == 2


def test_a_finished_dump_is_skipped_under_any_name(store: Store, dump: Path, tmp_path: Path) -> None:
    load_paths(store, [dump], "first")
    before = collections(store)
    report = load_paths(store, [dump.rename(tmp_path / "other.jsonl")], "second")
    assert (report.skipped, report.counts) == (1, Counts())
    assert collections(store) == before


def test_a_copy_in_the_same_run_is_read_and_counts_as_duplicates(
    store: Store, dump: Path, tmp_path: Path
) -> None:
    (tmp_path / "copy.jsonl").write_bytes(dump.read_bytes())
    report = load_paths(store, [tmp_path])
    assert report.loaded == 2
    assert report.counts.read == 2 * 602
    assert report.counts.inserted == store.articles.count_documents({})
    assert report.counts.rejected == store.quarantine.count_documents({}) == 4


def test_a_changed_policy_makes_a_dump_due_again_and_settles_its_quarantine(
    store: Store, tmp_path: Path
) -> None:
    dump = tmp_path / "one.jsonl"
    dump.write_bytes(orjson.dumps({"title": "Which day is it", "date": "03/04/2026", "body": "x"}) + b"\n")
    first = load_paths(store, [dump], "first", source=Source(name="wire"))
    assert first.counts.reasons == {"ambiguous_date": 1}
    second = load_paths(store, [dump], "second", source=Source(name="wire", date_order="DMY"))
    assert second.counts.inserted == 1
    assert [entry["state"] for entry in store.quarantine.find()] == ["resolved"]
    article = store.articles.find_one()
    assert article is not None
    assert article["_id"].startswith("2026-04-03/")


class Losing(Here):
    """Forgets the entry of a block before the last chunk, as no run does."""

    def run(self, chunks: Iterable[Chunk], job: Job, stop: Stop) -> Iterator[ChunkReport]:
        *most, last = chunks
        for chunk in most:
            yield load_chunk(chunk, job, self._store, stop)
        self._store.load_blocks.delete_one({"block": 1})
        yield load_chunk(last, job, self._store, stop)


@pytest.mark.usefixtures("blocks")
def test_a_dump_is_not_finished_while_one_of_its_blocks_is_not_in_the_ledger(
    store: Store, dump: Path
) -> None:
    report = load_paths(store, [dump], runner=Losing(store), workers=3)
    assert report.state == "failed"
    assert report.error is not None
    assert "blocks in the ledger" in report.error
    assert [load["state"] for load in store.loads.find()] == ["started"]
    assert load_paths(store, [dump], "again", workers=3).loaded == 1


@pytest.mark.usefixtures("blocks")
def test_blocks_spans_and_stripes_give_the_same_collections_as_one_batch(
    store: Store, dump: Path, tmp_path: Path, mongo_uri: str
) -> None:
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(dump.read_bytes()))
    ends = []
    for path, workers in ((dump, 1), (dump, 3), (packed, 1), (packed, 3)):
        for name in store.database.list_collection_names():
            store.database[name].delete_many({})
        report = load_paths(store, [path], workers=workers)
        assert report.counts.balanced()
        assert (report.loaded, report.counts.read) == (1, 602)
        assert store.load_blocks.count_documents({"state": "written"}) > 5
        ends.append(collections(store))
    assert all(end == ends[0] for end in ends)


def as_array(path: Path, rows: list[Record]) -> None:
    path.write_bytes(orjson.dumps(rows))


def as_table(path: Path, rows: list[Record]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def as_archive(path: Path, rows: list[Record]) -> None:
    """Members of a hundred records each, behind a folder."""
    with tarfile.open(path, "w:gz") as archive:
        folder = tarfile.TarInfo("day")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for n in range(0, len(rows), 100):
            data = b"".join(orjson.dumps(row) + b"\n" for row in rows[n : n + 100])
            member = tarfile.TarInfo(f"day/{n}.jsonl")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


STRIPED: dict[str, Callable[[Path, list[Record]], None]] = {
    "rows.json": as_array,
    "rows.csv": as_table,
    "rows.tar.gz": as_archive,
}


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("name", STRIPED)
def test_several_workers_share_a_dump_that_each_must_read_from_its_start(
    store: Store, tmp_path: Path, name: str
) -> None:
    dump = tmp_path / name
    STRIPED[name](dump, records(600))
    ends = []
    for workers in (1, 3):
        for collection in store.database.list_collection_names():
            store.database[collection].delete_many({})
        reports: list[ChunkReport] = []
        report = load_paths(store, [dump], workers=workers, on_report=reports.append)
        assert (report.loaded, report.counts.read, report.counts.rejected) == (1, 600, 0)
        assert len([one for one in reports if one.size]) == workers
        ends.append(collections(store))
    assert ends[0] == ends[1]


@pytest.mark.usefixtures("blocks")
def test_a_dump_that_several_workers_share_fails_once(store: Store, tmp_path: Path) -> None:
    dump = tmp_path / "rows.tar.gz"
    as_archive(dump, records(600))
    dump.write_bytes(dump.read_bytes()[:-3000])
    ends = []
    for workers in (1, 3):
        for collection in store.database.list_collection_names():
            store.database[collection].delete_many({})
        report = load_paths(store, [dump], workers=workers)
        assert (report.failed, len(report.failures)) == (1, 1)
        assert 100 < report.counts.read < 600
        ends.append((report.counts.read, collections(store)))
    assert ends[0] == ends[1]


def test_worker_processes_end_in_the_same_collections(
    store: Store, dump: Path, tmp_path: Path, mongo_uri: str, database: str
) -> None:
    load_paths(store, [dump])
    expected = collections(store)
    for name in store.database.list_collection_names():
        store.database[name].delete_many({})
    halves = records(600)
    paths = [write_jsonl(tmp_path / f"part-{i}.jsonl", halves[i::3]) for i in range(3)]
    report = load_paths(store, paths, runner=Processes(Connection(mongo_uri, database), 2), workers=2)
    assert (report.loaded, report.counts.read) == (3, 600)
    assert collections(store) == expected


def test_a_dump_cut_off_fails_and_what_it_gave_stays(store: Store, dump: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(gzip.compress(dump.read_bytes())[:-2000])
    report = load_paths(store, [torn, dump])
    assert report.state == "failed"
    assert (report.loaded, report.failed) == (1, 1)
    assert "torn.jsonl.gz" in report.failures[0].dump
    assert report.counts.balanced()
    again = load_paths(store, [torn], "again")
    assert (again.loaded, again.skipped, again.failed) == (0, 0, 1)


def test_a_stopped_run_takes_up_where_it_was(store: Store, dump: Path, blocks: None) -> None:
    first = load_paths(store, [dump], "first", stop=lambda: store.load_blocks.count_documents({}) >= 3)
    assert first.state == "interrupted"
    assert 0 < first.counts.read < 602
    assert first.counts.balanced()
    second = load_paths(store, [dump], "second")
    assert (second.loaded, second.counts.read) == (1, 602)
    assert second.counts.inserted == store.articles.count_documents({})


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("workers", [1, 3])
def test_a_dump_that_grew_or_changed_costs_its_changed_part(
    store: Store, dump: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    load_paths(store, [dump], "first")
    lines = dump.read_bytes().split(b"\n")[:-1]
    lines[100] = lines[100].replace(b"first text", b"second text").replace(b"2026-04-0", b"2026-05-0")
    new = orjson.dumps({"title": "A new one", "published_at": "2026-04-02T00:00:00Z", "body": "New."})
    dump.write_bytes(b"\n".join([*lines, new]) + b"\n")
    parsed = 0
    call = Normalizer.__call__

    def counting(self: Normalizer, *arguments: Any) -> Any:
        nonlocal parsed
        parsed += 1
        return call(self, *arguments)

    monkeypatch.setattr(Normalizer, "__call__", counting)
    report = load_paths(store, [dump], "second", workers=workers)
    assert report.counts.balanced()
    assert (report.counts.read, report.counts.rejected) == (603, 2)
    assert report.counts.inserted == 1
    assert report.counts.revised + report.counts.superseded == 1
    assert parsed == 3  # the new one, the changed one, and the one that was rejected for its date
    assert store.quarantine.count_documents({}) == 4


@pytest.mark.usefixtures("blocks")
def test_a_change_after_a_growth_costs_its_changed_part_too(
    store: Store, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump.write_bytes(dump.read_bytes().removesuffix(BAD))
    load_paths(store, [dump], "first")
    with dump.open("ab") as file:
        file.write(
            orjson.dumps({"title": "New", "published_at": "2026-04-02T00:00:00Z", "body": "."}) + b"\n"
        )
    load_paths(store, [dump], "grown")
    dump.write_bytes(dump.read_bytes().replace(b"report 7:", b"report seven:", 1))
    parsed = 0
    call = Normalizer.__call__

    def counting(self: Normalizer, *arguments: Any) -> Any:
        nonlocal parsed
        parsed += 1
        return call(self, *arguments)

    monkeypatch.setattr(Normalizer, "__call__", counting)
    report = load_paths(store, [dump], "changed")
    assert (report.counts.read, report.counts.inserted) == (601, 1)
    assert parsed == 1


@pytest.mark.parametrize("small", [True, False])
def test_a_crash_between_any_two_operations_leaves_no_trace(
    store: Store, tmp_path: Path, small: bool, request: pytest.FixtureRequest
) -> None:
    if not small:
        request.getfixturevalue("blocks")
    dump = write_jsonl(tmp_path / "dump.jsonl", records(120))
    dump.write_bytes(dump.read_bytes() + BAD)
    clean = load_paths(store, [dump])
    expected = collections(store)
    crashes = 0
    for last in range(3, 200, 2):
        for name in store.database.list_collection_names():
            store.database[name].delete_many({})
        if not dies(last, lambda: load_paths(store, [dump], "first")):
            break
        crashes += 1
        report = load_paths(store, [dump], "second")
        assert collections(store) == expected, f"crash after {last} operations"
        if report.loaded:
            assert report.counts == clean.counts, f"crash after {last} operations"
        assert store.quarantine.count_documents({}) == 2
    assert crashes > 5


def test_a_store_that_refuses_stops_the_run_and_blames_no_record(
    store: Store, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Retrier.call

    def refusing(self: Retrier, operation: str, *arguments: Any, **options: Any) -> Any:
        if "insert" in operation:
            raise StoreError("MongoDB refused: the disk is full")
        return call(self, operation, *arguments, **options)

    monkeypatch.setattr(Retrier, "call", refusing)
    report = load_paths(store, [dump])
    assert report.state == "failed"
    assert report.error is not None
    assert "disk is full" in report.error
    monkeypatch.undo()
    assert store.articles.count_documents({}) == 0
    assert load_paths(store, [dump], "again").counts.read == 602
