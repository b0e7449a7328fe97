"""The runs: each with its report."""

from datetime import date

import msgspec
import pytest

from etl.load.runs import Runs
from etl.load.store import Store
from etl.model import Counts

pytestmark = pytest.mark.mongo


class Report(msgspec.Struct):
    counts: Counts
    day: date


def test_a_run_is_kept_from_its_start_to_its_report(store: Store) -> None:
    runs = Runs(store)
    runs.start("r1", kind="nightly", run_date=date(2026, 3, 1), parameters={"sources": ["harbour"]})
    run = runs.get("r1")
    assert run is not None
    assert (run.state, run.kind, run.run_date, run.report) == ("running", "nightly", "2026-03-01", None)
    assert run.parameters == {"sources": ["harbour"]}
    assert run.pid
    assert run.host
    runs.finish("r1", "completed", Report(Counts(read=1, inserted=1), date(2026, 3, 1)))
    run = runs.get("r1")
    assert run is not None
    assert run.state == "completed"
    assert run.finished_at is not None
    assert run.finished_at >= run.started_at
    assert run.report is not None
    assert run.report["counts"]["inserted"] == 1
    assert run.report["day"] == "2026-03-01"


def test_the_last_runs_come_newest_first(store: Store) -> None:
    runs = Runs(store)
    for n in range(4):
        runs.start(f"r{n}", kind="load" if n % 2 else "nightly", run_date=date(2026, 3, 1))
    assert [run.id for run in runs.last(3)] == ["r3", "r2", "r1"]
    assert [run.id for run in runs.last(9, kind="load")] == ["r3", "r1"]


def test_an_unknown_run_is_none(store: Store) -> None:
    assert Runs(store).get("nothing") is None
