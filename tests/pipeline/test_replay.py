"""Quarantined records through the same way once more."""

import zipfile
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest

from etl.configuration import Configuration, read_configuration
from etl.errors import ConfigError
from etl.load.quarantine import Quarantine, Selection
from etl.load.runs import Runs
from etl.load.store import Store
from etl.model import Reason
from etl.pipeline.job import Job, LoadReport
from etl.pipeline.replay import replay
from etl.sources import Source
from tests.command import PROJECT
from tests.pipeline.loading import DAY, collections, load_paths

pytestmark = pytest.mark.mongo

AMBIGUOUS = {"title": "Which day is it", "date": "03/04/2026", "body": "x"}
EVERYTHING = Selection()
UNDATED = {"title": "No day at all", "body": "x"}


def wire(folder: Path, **policy: Any) -> Source:
    return Source(name="wire", paths=(str(folder / "*.*"),), **policy)


def again(
    store: Store, source: Source | None, selection: Selection = EVERYTHING, **options: Any
) -> LoadReport:
    shipped = read_configuration(PROJECT / "config")
    sources = {source.name: source} if source else {}
    configuration: Configuration = msgspec.structs.replace(shipped, sources=sources)
    return replay(selection, configuration, Job.of(configuration, "replay", DAY), store, **options)


def states(store: Store) -> list[tuple[str, str, str]]:
    rows = store.quarantine.find().sort([("dump", 1), ("record", 1)])
    return [(row["reason"], row["state"], row["run"]) for row in rows]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """Two records that are rejected, a good one between them."""
    path = tmp_path / "wire.jsonl"
    good = {"title": "A good one", "date": "2026-04-01", "body": "x"}
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in (AMBIGUOUS, good, UNDATED)))
    return path


def test_records_come_good_after_the_policy_changed_and_the_others_stay(store: Store, dump: Path) -> None:
    load_paths(store, [dump], source=wire(dump.parent))
    assert states(store) == [("ambiguous_date", "open", "run"), ("undated", "open", "run")]
    dump.unlink()  # its records' own bytes are enough
    report = again(store, wire(dump.parent, date_order="DMY"))
    assert (report.counts.read, report.counts.inserted, report.counts.rejected) == (2, 1, 1)
    assert report.state == "completed_with_warnings"
    assert states(store) == [("ambiguous_date", "resolved", "run"), ("undated", "open", "replay")]
    article = store.articles.find_one({"title": AMBIGUOUS["title"]})
    assert article is not None
    assert article["_id"].startswith("2026-04-03/")
    assert (article["provenance"]["record"], article["provenance"]["offset"]) == (1, 0)
    assert article["provenance"]["dump"] == str(dump)
    kept = Runs(store).last(1)[0]
    assert (kept.kind, kept.state) == ("replay", "completed_with_warnings")


def test_a_replay_ends_where_a_load_under_the_new_policy_does(store: Store, dump: Path) -> None:
    new = wire(dump.parent, date_order="DMY")
    load_paths(store, [dump], source=new)
    expected = collections(store)
    for name in store.database.list_collection_names():
        store.database[name].delete_many({})
    load_paths(store, [dump], source=wire(dump.parent))
    again(store, new)
    assert collections(store) == expected


def test_a_dry_run_says_what_would_be_and_writes_nothing(store: Store, dump: Path) -> None:
    load_paths(store, [dump], source=wire(dump.parent))
    before = collections(store), states(store), store.runs.count_documents({})
    report = again(store, wire(dump.parent, date_order="DMY"), dry_run=True)
    assert (report.counts.inserted, report.counts.rejected) == (1, 1)
    assert (collections(store), states(store), store.runs.count_documents({})) == before


def test_only_what_is_selected_and_open_is_tried(store: Store, dump: Path) -> None:
    load_paths(store, [dump], source=wire(dump.parent))
    new = wire(dump.parent, date_order="DMY")
    assert again(store, new, Selection(reason=Reason.UNDATED)).counts.read == 1
    with pytest.raises(ConfigError, match="no source 'other'"):
        again(store, new, Selection(source="other"))
    (entry,) = Quarantine(store).list(Selection(reason=Reason.AMBIGUOUS_DATE))
    assert Quarantine(store).mark([entry.id], "discarded", "ann") == 1
    assert again(store, new).counts.read == 1
    assert store.articles.count_documents({}) == 1


def test_a_row_of_a_table_and_a_member_of_an_archive_are_read_from_their_dump(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text("title,date,body\nA row,03/04/2026,x\n")
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as pack:
        pack.writestr("in/rows.csv", "title,date,body\nA packed row,05/04/2026,x\n")
    load_paths(store, [tmp_path], source=wire(tmp_path))
    assert store.quarantine.count_documents({"state": "open"}) == 2
    report = again(store, wire(tmp_path, date_order="DMY"))
    assert report.counts.inserted == 2
    assert report.notices == ()
    assert {row["provenance"]["member"] for row in store.articles.find()} == {None, "in/rows.csv"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda path: path.unlink(), "is no longer there"),
        (lambda path: path.write_text("title,date,body\n"), "is no longer what it was"),
    ],
)
def test_what_cannot_be_read_again_stays_and_is_said(
    store: Store, tmp_path: Path, change: Any, why: str
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("title,date,body\nA row,03/04/2026,x\nAnother,05/04/2026,x\n")
    load_paths(store, [tmp_path], source=wire(tmp_path))
    change(path)
    report = again(store, wire(tmp_path, date_order="DMY"))
    assert report.counts.read == 0
    (notice,) = report.notices
    assert f"{path}: 2 of its rejected records stay as they are: it {why}" in notice
    assert [state for _, state, _ in states(store)] == ["open", "open"]


def test_entries_of_a_source_that_is_gone_are_left_and_said(store: Store, dump: Path) -> None:
    load_paths(store, [dump], source=wire(dump.parent))
    report = again(store, None)
    assert report.notices == ("2 entries are of source 'wire', which is no longer configured",)


def test_a_stopped_replay_is_told_from_a_finished_one(store: Store, dump: Path) -> None:
    load_paths(store, [dump], source=wire(dump.parent))
    report = again(store, wire(dump.parent), stop=lambda: True)
    assert (report.state, report.counts.read) == ("interrupted", 0)
