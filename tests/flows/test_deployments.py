"""The deployments: their forms, their schedule, and the pool that compose runs them in."""

import asyncio
import datetime as dt
import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from etl.model import Reason
from etl.settings import ScheduleSettings

pytestmark = pytest.mark.prefect

BERLIN = ScheduleSettings(cron="30 2 * * *", timezone="Europe/Berlin")


@pytest.fixture(scope="module")
def deployed(prefect_api: str) -> dict[str, Any]:
    """The deployments as the server has them, deployed twice to a pool."""
    from prefect.client.orchestration import get_client

    from flows.deployments import deploy_to_pool

    for _ in range(2):
        deploy_to_pool(BERLIN, "article-etl-test")
    with get_client(sync_client=True) as client:
        pool = client.read_work_pool("article-etl-test")
        found = {d.name: d for d in client.read_deployments() if d.work_pool_name == pool.name}
    return {"pool": pool, **found}


def test_there_are_three_in_a_process_pool_that_takes_one_run_at_a_time(deployed: dict[str, Any]) -> None:
    assert set(deployed) == {"pool", "nightly", "backfill", "replay"}
    assert (deployed["pool"].type, deployed["pool"].concurrency_limit) == ("process", 1)
    for name in ("nightly", "backfill", "replay"):
        assert deployed[name].entrypoint == f"flows.{name}.{name}"
        assert deployed[name].paused is False


def test_only_the_nightly_has_a_schedule_and_it_is_that_of_the_settings(deployed: dict[str, Any]) -> None:
    (scheduled,) = deployed["nightly"].schedules
    assert (scheduled.schedule.cron, scheduled.schedule.timezone) == (BERLIN.cron, BERLIN.timezone)
    assert scheduled.active
    assert deployed["backfill"].schedules == deployed["replay"].schedules == []


def properties(deployment: Any) -> dict[str, Any]:
    found: dict[str, Any] = deployment.parameter_openapi_schema["properties"]
    return found


def test_every_field_of_every_form_says_what_it_is(deployed: dict[str, Any]) -> None:
    for name in ("nightly", "backfill", "replay"):
        for field, schema in properties(deployed[name]).items():
            assert len(schema.get("description", "")) > 20, (name, field)


def test_the_backfills_form_has_pickers_a_select_and_a_switch(deployed: dict[str, Any]) -> None:
    form = properties(deployed["backfill"])
    assert list(form) == ["start_date", "end_date", "sources", "mode", "dry_run"]
    for name in ("start_date", "end_date"):
        assert (form[name]["type"], form[name]["format"]) == ("string", "date")
    assert form["mode"]["enum"] == ["missing", "failed", "all"]
    assert (form["dry_run"]["type"], form["dry_run"]["default"]) == ("boolean", False)
    required = deployed["backfill"].parameter_openapi_schema["required"]
    assert required == ["start_date", "end_date"]


def test_the_replays_form_offers_every_reason(deployed: dict[str, Any]) -> None:
    schema = deployed["replay"].parameter_openapi_schema
    assert schema["definitions"]["Reason"]["enum"] == [reason.value for reason in Reason]


@pytest.fixture(params=["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server's own zone, which must not matter."""
    monkeypatch.setitem(os.environ, "TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("machine_zone")
@pytest.mark.parametrize("change", [dt.date(2027, 3, 28), dt.date(2026, 10, 25)])
def test_every_day_is_scheduled_once_across_a_change_of_the_clocks(
    change: dt.date, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.server.schemas.schedules import CronSchedule

    from flows import nightly as module

    schedule = CronSchedule(cron=BERLIN.cron, timezone=BERLIN.timezone)
    start = dt.datetime.combine(change - dt.timedelta(days=2), dt.time(), dt.UTC)
    moments = asyncio.run(schedule.get_dates(5, start=start))
    days = []
    for moment in moments:
        utc = moment.astimezone(dt.UTC)
        monkeypatch.setattr(module.flow_run, "get_scheduled_start_time", lambda utc=utc: utc)
        days.append(module.scheduled_day(BERLIN.timezone))
    first = change - dt.timedelta(days=2)
    assert days == [first + dt.timedelta(days=n) for n in range(5)]
