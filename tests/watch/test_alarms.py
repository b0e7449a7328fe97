"""What is wrong now: found from runs as they were kept."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from etl.configuration import Configuration, read_configuration
from etl.load.alarms import ToldAlarms
from etl.load.entries import now
from etl.load.runs import Run, Runs
from etl.load.store import Store
from etl.model import Counts
from etl.pipeline.job import Failure, LoadReport, Miss, SourceReport, State
from etl.sources import Source
from etl.watch.alarms import failed_runs, find_alarms, missed_expectations, no_finished_run
from tests.command import PROJECT

AT = datetime(2026, 3, 9, 8)


def report(state: State = "completed", loaded: int = 1, **fields: Any) -> LoadReport:
    sources = {"wire": SourceReport(loaded=loaded)}
    return LoadReport("r", state, Counts(), loaded, 0, 0, 1.0, sources, **fields)


def run(id: str, state: State = "completed", kind: str = "nightly", **fields: Any) -> Run:
    whole = msgspec.to_builtins(report(state, **fields))
    return Run(id, kind, state, "2026-03-09", AT - timedelta(hours=1), AT, whole)


def torn(id: str, kind: str = "nightly") -> Run:
    return run(id, "failed", kind, failures=(Failure("a.jsonl", "torn"),))


def test_the_last_run_of_each_kind_is_what_counts() -> None:
    found = list(failed_runs([run("n2"), torn("n1"), torn("b1", "backfill"), torn("b0", "backfill")], AT))
    assert [alarm.key for alarm in found] == ["failed run/b1"]
    assert "a.jsonl: torn" in found[0].text


def test_a_run_that_was_killed_is_a_failed_run_and_one_that_goes_on_is_not() -> None:
    going = Run("n1", "nightly", "running", "2026-03-09", AT, None, None, beat_at=AT)
    assert list(failed_runs([going, run("n0")], AT + timedelta(seconds=60))) == []
    (alarm,) = failed_runs([going, run("n0")], AT + timedelta(seconds=130))
    assert "killed before it could report" in alarm.text


def test_a_missed_expectation_stands_until_the_source_meets_it() -> None:
    miss = Miss("wire", "min_records", "3 records on 2026-03-09, at least 500 expected")
    missed = run("n1", "completed_with_warnings", misses=(miss,))
    idle = run("n2", loaded=0)
    (alarm,) = missed_expectations([idle, missed])
    assert alarm.key == "expectation missed/wire/min_records"
    assert "at least 500 expected" in alarm.text
    assert list(missed_expectations([run("n3"), idle, missed])) == []


def test_a_run_that_failed_only_by_its_expectations_is_told_once_as_those() -> None:
    missed = run("n1", "failed", misses=(Miss("wire", "min_records", "few"),))
    assert list(failed_runs([missed], AT)) == []
    assert len(list(missed_expectations([missed]))) == 1


@pytest.mark.parametrize(("hours", "alarms"), [(25, 0), (27, 1)])
def test_no_run_that_finished_in_time_is_an_alarm(hours: float, alarms: int) -> None:
    assert len(list(no_finished_run(run("n1"), AT + timedelta(hours=hours), 26))) == alarms


@pytest.fixture
def configuration() -> Configuration:
    whole = read_configuration(PROJECT / "config")
    source = Source(name="wire", paths=("{date:%Y-%m-%d}.jsonl",))
    return msgspec.structs.replace(whole, sources={"wire": source})


@pytest.mark.mongo
class TestInTheStore:
    def test_a_store_without_a_run_says_so(self, store: Store, configuration: Configuration) -> None:
        (alarm,) = find_alarms(configuration, store, AT)
        assert (alarm.kind, alarm.text) == (
            "no finished run",
            "no run has ever finished (article-etl status)",
        )

    def test_a_silent_source_is_found_in_the_ledger(self, store: Store, configuration: Configuration) -> None:
        Runs(store).start("r", kind="nightly", run_date=date(2026, 3, 9))
        Runs(store).finish("r", "completed", report())
        assert find_alarms(configuration, store, now()) == []
        row = {
            "source": "wire",
            "dump": "a",
            "sha256": "0",
            "parser": "1",
            "state": "finished",
            "attempts": 1,
        }
        at = datetime(2026, 3, 1, 3)
        store.loads.insert_one({**row, "declared": "2026-03-01", "finished_at": at, "started_at": at})
        assert [alarm.key for alarm in find_alarms(configuration, store, now())] == ["silent source/wire"]


@pytest.mark.mongo
class TestTold:
    def test_a_state_is_opened_once_until_it_is_over(self, store: Store) -> None:
        told = ToldAlarms(store)
        assert told.open("a", "text")
        assert not told.open("a", "text")
        told.told("a")
        assert not told.open("a", "text")
        told.close_others(["a"], before=now() + timedelta(seconds=1))
        assert not told.open("a", "text")
        told.close_others([], before=now() + timedelta(seconds=1))
        assert told.open("a", "text")

    def test_what_could_not_be_told_is_tried_again(self, store: Store) -> None:
        told = ToldAlarms(store)
        assert told.open("a", "text")
        told.untold("a")
        assert told.open("a", "text")

    def test_what_somebody_opened_and_died_before_telling_is_told_by_the_next(self, store: Store) -> None:
        told = ToldAlarms(store)
        assert told.open("a", "text")
        store.alarms.update_one({"_id": "a"}, {"$set": {"opened_at": now() - timedelta(minutes=6)}})
        assert told.open("a", "text")

    def test_what_was_opened_after_the_look_began_is_not_closed_by_it(self, store: Store) -> None:
        told = ToldAlarms(store)
        before = now()
        assert told.open("a", "text")
        told.close_others([], before=before)
        assert not told.open("a", "text")


@pytest.mark.mongo
def test_of_two_that_open_an_alarm_in_the_same_millisecond_one_tells_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 4, 10, 3, 0)
    monkeypatch.setattr("etl.load.alarms.now", lambda: moment)
    assert [ToldAlarms(store).open("silent", "wire is silent") for _ in range(3)] == [True, False, False]
