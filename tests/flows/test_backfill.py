"""The backfill flow, on a real Prefect server and a real mongod."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from tests.command import Command
from tests.flows.stack import PER_DAY, artifacts_of, day, run, write_day
from tests.waiting import until

pytestmark = [pytest.mark.mongo, pytest.mark.prefect]


def backfill(first: int, last: int, **parameters: Any) -> tuple[Any, Any]:
    from flows.backfill import backfill

    return run(backfill, day(first), day(last), **parameters)


def test_only_the_missing_days_are_loaded_and_the_plan_says_why(
    operated: Database[Any], tmp_path: Path
) -> None:
    _, first = backfill(0, 2, sources=["wire"])
    assert (first.loaded, first.counts.read) == (3, 3 * PER_DAY)
    path = write_day(tmp_path, day(1))
    path.write_bytes(path.read_bytes() + b'{"title": "Late", "published_at": "2026-03-02", "body": "x"}\n')
    (tmp_path / "dumps" / f"{day(4)}.jsonl").unlink()
    state, report = backfill(0, 5, sources=["wire"])
    assert (report.loaded, report.skipped) == (3, 0)
    assert (report.counts.read, report.counts.inserted) == (3 * PER_DAY + 1, 2 * PER_DAY)
    assert report.counts.balanced()
    assert "dumps: 3 loaded" in state.message
    found = artifacts_of(state.state_details.flow_run_id)
    assert set(found) == {
        "backfill-plan",
        "load-progress",
        "load-report",
        "load-summary",
        "coverage-calendar",
    }
    plan = {row["day"]: (row["take"], row["why"]) for row in json.loads(found["backfill-plan"].data)}
    assert plan == {
        str(day(0)): ("no", "loaded"),
        str(day(1)): ("yes", "changed"),
        str(day(2)): ("no", "loaded"),
        str(day(3)): ("yes", "never seen"),
        str(day(4)): ("", "no dump is there"),
        str(day(5)): ("yes", "never seen"),
    }
    assert "3 of 5 dumps to take (2 never seen, 1 changed)" in found["backfill-plan"].description
    assert found["load-progress"].data == 100.0


def test_the_run_and_its_tasks_are_named_for_people(operated: Database[Any]) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    state, _ = backfill(0, 1, sources=["wire"])
    with get_client(sync_client=True) as client:
        chosen = FlowRunFilter(id=FlowRunFilterId(any_=[state.state_details.flow_run_id]))
        (flow_run,) = client.read_flow_runs(flow_run_filter=chosen)
        tasks = client.read_task_runs(flow_run_filter=chosen)
    assert flow_run.name == "backfill 2026-03-01..2026-03-02"
    assert sorted(task.name for task in tasks) == [
        "wire 2026-03-01: 2026-03-01.jsonl",
        "wire 2026-03-02: 2026-03-02.jsonl",
    ]


def test_a_dry_run_shows_the_plan_and_loads_nothing(operated: Database[Any]) -> None:
    from flows.backfill import backfill

    state = backfill(day(0), day(2), dry_run=True, return_state=True)
    assert state.is_completed()
    assert "4 of 4 dumps to take (4 never seen)" in state.message
    assert set(artifacts_of(state.state_details.flow_run_id)) == {"backfill-plan"}
    assert operated.articles.count_documents({}) == operated.runs.count_documents({}) == 0


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ((day(3), day(1)), "the end date 2026-03-02 is before the start date 2026-03-04: are they swapped?"),
        ((day(0), day(0), ["nowhere"]), "no source 'nowhere'"),
        ((dt.date(1, 1, 1), dt.date(2738, 11, 28)), "are 1,000,000 days; one backfill takes at most 3,660"),
    ],
)
def test_what_cannot_be_is_refused_in_the_words_of_the_state(
    operated: Database[Any], parameters: Any, message: str
) -> None:
    from flows.backfill import backfill

    state = backfill(*parameters, return_state=True)
    assert (state.name, state.is_failed()) == ("Failed", True)
    assert message in state.message


@pytest.mark.timeout(600)
def test_thirty_days_killed_at_a_third_and_started_again_load_what_is_missing_and_balance(
    operated: Database[Any], tmp_path: Path, mongo_uri: str, database: str, prefect_api: str
) -> None:
    variables = {
        "ARTICLE_ETL_CONFIG": str(tmp_path / "config"),
        "ARTICLE_ETL_MONGO_URI": mongo_uri,
        "ARTICLE_ETL_DATABASE": database,
        "PREFECT_API_URL": prefect_api,
    }
    killed = Command(tmp_path / "home", variables).start(
        "backfill", "--from", str(day(0)), "--to", str(day(29)), "--source", "wire"
    )

    def a_third_is_done() -> bool:
        assert killed.poll() is None, killed.communicate()
        return operated.loads.count_documents({"state": "finished"}) >= 10

    try:
        until(a_third_is_done, pause=0.005)
    finally:
        killed.kill()
        killed.communicate()
    done = operated.loads.count_documents({"state": "finished"})
    assert 10 <= done < 30
    state, report = backfill(0, 29, sources=["wire"])
    assert state.name == "Completed"
    assert (report.loaded, report.skipped) == (30 - done, 0)
    assert report.counts.read == (30 - done) * PER_DAY
    assert report.counts.balanced()
    assert operated.loads.count_documents({"state": "finished"}) == 30
    assert operated.articles.count_documents({}) == 30 * PER_DAY - 29
    assert sum(row["counts"]["inserted"] for row in operated.loads.find()) == 30 * PER_DAY - 29
    (plan,) = (
        artifact
        for key, artifact in artifacts_of(state.state_details.flow_run_id).items()
        if key == "backfill-plan"
    )
    assert sum(row["take"] == "no" for row in json.loads(plan.data)) == done


def test_of_an_undated_source_the_articles_published_in_the_range_are_taken(operated: Database[Any]) -> None:
    state, report = backfill(12, 14, sources=["archive"])
    assert state.name == "CompletedWithWarnings"
    assert (report.counts.inserted, report.counts.rejected, report.counts.outside) == (3, 11, 14)
    assert report.counts.read == 14
    assert "14 of other days passed over" in state.message
    days = sorted(str(row["published_at"].date()) for row in operated.articles.find())
    assert days == ["2026-03-13", "2026-03-14", "2026-03-15"]
