"""Taking a run back: the store is then what the other runs add up to, whatever was loaded in between."""

import itertools
import random
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from etl.errors import ConfigError, StoreError
from etl.load.runs import Runs
from etl.load.store import Store
from etl.pipeline.rollback import Rollback, rollback
from etl.sources import Source
from tests.pipeline.dying import dies
from tests.pipeline.loading import collections, load_paths
from tests.pipeline.records import BAD, Record, records, write_jsonl
from tests.sound import assert_sound, check

pytestmark = pytest.mark.mongo

ROWS = records(90, seed=5)


def entries(store: Store) -> list[Any]:
    fields = {"reason": 1, "state": 1, "dump": 1, "record": 1, "raw": 1}
    return list(store.quarantine.find({}, fields).sort("_id"))


def held(store: Store) -> tuple[Any, ...]:
    return (*collections(store), entries(store))


def empty(store: Store) -> None:
    for name in store.database.list_collection_names():
        store.database[name].delete_many({})


def with_bad(path: Path, rows: list[Record]) -> Path:
    write_jsonl(path, rows)
    path.write_bytes(path.read_bytes() + BAD)
    return path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two dumps that overlap in a third of their records, and revise each other's."""
    first = with_bad(tmp_path / "first.jsonl", ROWS[:60])
    later = [{**row, "captured_at": "2026-04-09T00:00:00Z"} for row in ROWS[20:30]]
    other = [{**row, "body": row["body"] + "\n\nOnly here."} for row in ROWS[30:35]]
    return first, with_bad(tmp_path / "second.jsonl", [*ROWS[40:], *later, *other])


def test_a_run_alone_leaves_nothing_and_its_dumps_are_due_again(
    store: Store, pair: tuple[Path, Path]
) -> None:
    load_paths(store, list(pair), "a")
    before = held(store)
    plan = rollback(store, "a")
    assert not plan.done
    assert held(store) == before
    done = rollback(store, "a", dry_run=False)
    assert (done.removed, done.revisions_removed) == (plan.removed, plan.revisions_removed)
    assert done.removed == len(before[0])
    assert held(store) == ([], [], [])
    assert store.loads.count_documents({}) == 0
    run = Runs(store).get("a")
    assert run is not None
    assert run.state == "rolled_back"
    assert_sound(store)
    assert load_paths(store, list(pair), "again").loaded == 2
    assert held(store) == before
    assert_sound(store)


@pytest.mark.parametrize("taken", ["a", "b"])
@pytest.mark.parametrize("swapped", [False, True])
def test_what_another_run_brought_too_stays_also_as_a_duplicate(
    store: Store, pair: tuple[Path, Path], taken: str, swapped: bool
) -> None:
    dumps = dict(zip("ab", reversed(pair) if swapped else pair, strict=True))
    (left,) = set("ab") - {taken}
    load_paths(store, [dumps[left]], left)
    expected = held(store)
    empty(store)
    for name in "ab":
        load_paths(store, [dumps[name]], name)
    plan = rollback(store, taken)
    done = rollback(store, taken, dry_run=False)
    assert plan == Rollback(**{**_fields(done), "done": False})
    assert held(store) == expected
    assert {row["provenance"]["run"] for row in store.articles.find()} == {left}
    assert_sound(store)


def test_many_keys_are_worked_on_in_groups_and_counted_once(
    store: Store, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_paths(store, [pair[0]], "a")
    load_paths(store, [pair[1]], "b")
    at_once = rollback(store, "b")
    assert at_once.removed > 0
    assert at_once.reverted + at_once.kept > 0
    monkeypatch.setattr("etl.pipeline.rollback.keys.KEYS", 7)
    assert rollback(store, "b") == at_once
    done = rollback(store, "b", dry_run=False)
    assert at_once == Rollback(**{**_fields(done), "done": False})
    assert_sound(store)


def _fields(report: Rollback) -> dict[str, Any]:
    import msgspec

    return msgspec.structs.asdict(report)


Step = tuple[str, str, Any]


class Story:
    """A random sequence of loads and rollbacks, told to a store; and to another, without what was undone."""

    def __init__(self, folder: Path, seed: int, *, stops: bool) -> None:
        self.folder = folder
        self.rng = random.Random(seed)
        self.stops = stops
        self.loads: dict[str, tuple[str, bytes, int | None]] = {}
        self._stopped: set[bytes] = set()

    def dump(self) -> tuple[str, bytes]:
        """One of three dumps, as it may be today: whole, grown, changed in a part."""
        name = self.rng.choice(["x", "y", "z"])
        rng = random.Random(name)
        mine = [row for row in ROWS if rng.random() < 0.6]
        kind = self.rng.choice(["whole", "grown", "changed"])
        if kind == "whole":
            mine = mine[:40]
        if kind == "changed":
            mine[7] = {**mine[7], "body": "Changed.", "captured_at": "2026-04-08T00:00:00Z"}
        return name, b"".join(orjson.dumps(row) + b"\n" for row in mine) + BAD

    def load(self, store: Store, run: str, name: str, data: bytes, most: int | None) -> Any:
        path = self.folder / f"{name}.jsonl"
        path.write_bytes(data)
        asked = itertools.count()
        stop: Callable[[], bool] = lambda: most is not None and next(asked) >= most  # noqa: E731
        return load_paths(store, [path], run, stop=stop)

    def tell(self, store: Store, steps: int) -> None:
        for n in range(steps):
            done = list(self.loads)
            if done and self.rng.random() < 0.35:
                run = self.rng.choice(done)
                rollback(store, run, dry_run=False)
                del self.loads[run]
            else:
                name, data = self.dump()
                most = None
                if self.stops and data not in self._stopped and self.rng.random() < 0.3:
                    most = self.rng.randint(0, 1)
                    self._stopped.add(data)
                report = self.load(store, f"run-{n}", name, data, most)
                if report.skipped:
                    continue  # it brought nothing
                self.loads[f"run-{n}"] = (name, data, most)
            found = check(store)
            assert found.sound, (n, [str(f) for f in found.findings[:5]])

    def tell_the_rest(self, store: Store) -> None:
        for run, (name, data, most) in self.loads.items():
            self.load(store, run, name, data, most)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("small", [True, False])
def test_any_sequence_of_loads_and_rollbacks_is_as_if_the_undone_runs_had_never_been(
    store: Store, tmp_path: Path, request: pytest.FixtureRequest, seed: int, small: bool
) -> None:
    if not small:
        request.getfixturevalue("blocks")
    story = Story(tmp_path, seed, stops=not small)
    story.tell(store, 9)
    found = held(store)
    empty(store)
    story.tell_the_rest(store)
    for ours, theirs in zip(found, held(store), strict=True):
        assert ours == theirs


@pytest.mark.parametrize("small", [True, False])
def test_a_rollback_that_is_killed_anywhere_ends_the_same_when_it_is_started_again(
    store: Store,
    pair: tuple[Path, Path],
    request: pytest.FixtureRequest,
    small: bool,
) -> None:
    if not small:
        request.getfixturevalue("blocks")
    grown = pair[0].read_bytes().removesuffix(BAD) + pair[1].read_bytes()

    def prepare() -> None:
        empty(store)
        load_paths(store, [pair[1]], "b")
        load_paths(store, [pair[0]], "a")
        kept = pair[0].read_bytes()
        pair[0].write_bytes(grown)
        load_paths(store, [pair[0]], "c")
        pair[0].write_bytes(kept)

    prepare()
    rollback(store, "a", dry_run=False)
    expected = held(store)
    crashes = 0
    for last in range(1, 400, 4):
        prepare()
        if not dies(last, lambda: rollback(store, "a", dry_run=False)):
            break
        crashes += 1
        run = Runs(store).get("a")
        assert run is not None
        if run.state != "rolled_back":
            rollback(store, "a", dry_run=False)
        assert held(store) == expected, f"killed after {last} operations"
        assert_sound(store)
    assert crashes > 5


def test_no_load_begins_while_a_rollback_is_unfinished(store: Store, pair: tuple[Path, Path]) -> None:
    load_paths(store, [pair[0]], "a")
    store.runs.update_one({"_id": "a"}, {"$set": {"state": "rolling_back"}})
    with pytest.raises(StoreError, match="article-etl rollback a --yes"):
        load_paths(store, [pair[1]], "b")
    with pytest.raises(ConfigError, match="finish the rollback of run a first"):
        rollback(store, "b", dry_run=False)
    assert rollback(store, "a", dry_run=False).done
    assert_sound(store)


def test_a_run_under_way_is_not_undone_beneath_it(store: Store, pair: tuple[Path, Path]) -> None:
    load_paths(store, [pair[0]], "a")
    store.runs.insert_one({**_run(store, "a"), "_id": "other", "state": "running", "host": uuid.uuid4().hex})
    with pytest.raises(ConfigError, match="run other is under way"):
        rollback(store, "a", dry_run=False)
    assert _run(store, "a")["state"] == "completed_with_warnings"
    assert rollback(store, "a", dry_run=False, force=True).done


def _run(store: Store, name: str) -> Any:
    return store.runs.find_one({"_id": name})


@pytest.mark.parametrize(("run", "why"), [("nobody", "no run 'nobody'"), ("a", "rolled back already")])
def test_what_cannot_be_taken_back_is_said(store: Store, pair: tuple[Path, Path], run: str, why: str) -> None:
    load_paths(store, [pair[0]], "a")
    rollback(store, "a", dry_run=False)
    with pytest.raises(ConfigError, match=why):
        rollback(store, run)


def test_entries_that_a_corrected_policy_resolved_are_open_again(store: Store, tmp_path: Path) -> None:
    dump = tmp_path / "one.jsonl"
    dump.write_bytes(orjson.dumps({"title": "Which day", "date": "03/04/2026", "body": "x"}) + b"\n")
    load_paths(store, [dump], "a", source=Source(name="wire"))
    before = held(store)
    load_paths(store, [dump], "b", source=Source(name="wire", date_order="DMY"))
    assert [row["state"] for row in entries(store)] == ["resolved"]
    assert rollback(store, "b", dry_run=False).rejections_reopened == 1
    assert held(store) == before
    assert_sound(store)
