"""`article-etl up`, as people start and end it: the whole stack in a process of its own."""

import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.configuration import read_configuration
from etl.load.local_mongo import EmbeddedMongo
from etl.load.schema import Schema
from etl.load.store import Store, connect
from etl.pipeline.job import Job
from etl.pipeline.listing import Listing
from etl.pipeline.run import load
from etl.pipeline.runners import Here
from tests.command import PROJECT, Command
from tests.flows.stack import PER_DAY, day, make_project
from tests.flows.up import Up, await_scheduled, final, left_behind
from tests.pipeline.loading import collections

pytestmark = [
    pytest.mark.mongo,
    pytest.mark.prefect,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked for in /proc"),
]

LAST = 24


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return make_project(tmp_path, LAST + 1)


@pytest.fixture
def serial(store: Store, config: Path) -> tuple[list[Any], list[Any]]:
    """The collections after one load of everything, one dump after another."""
    configuration = read_configuration(config)
    sources = configuration.sources
    work = [
        (sources["wire"], Listing(_found(sources["wire"], config))),
        (sources["archive"], Listing(_found(sources["archive"], config))),
    ]
    job = Job.of(configuration, "serial", day(LAST))
    load(work, job, store, Schema.read(PROJECT / "config/mongo"), Here(store))
    return collections(store)


def _found(source: Any, config: Path) -> Iterator[Any]:
    from etl.extract.find import find_dumps

    return find_dumps(source.paths, day=day(0), last_day=day(LAST), root=config.parent)


def test_nightly_and_backfill_at_once_then_ctrl_c_then_up_again(
    tmp_path: Path, config: Path, serial: tuple[list[Any], list[Any]]
) -> None:
    home = tmp_path / "home"
    up = Up(home, config)
    assert {"nightly", "backfill", "replay"} == {d["name"] for d in up.ask("/deployments/filter", {})}
    backfill = up.trigger("backfill", start_date=str(day(0)), end_date=str(day(LAST)), sources=["wire"])
    nightly = up.trigger("nightly", date=str(day(LAST)))
    ends = {name: up.await_state(run, final) for name, run in [("nightly", nightly), ("backfill", backfill)]}
    assert {name: end["state"]["type"] for name, end in ends.items()} == dict.fromkeys(ends, "COMPLETED")
    assert ends["nightly"]["name"] == f"nightly {day(LAST)}"
    # The backfill came first, and let the nightly pass: it ends later, in the same run, and its report
    # has both of its parts.
    states = up.ask(f"/flow_run_states/?flow_run_id={backfill}")
    assert "GaveWay" in [state["name"] for state in states]
    assert ends["nightly"]["end_time"] < ends["backfill"]["end_time"]
    read = (LAST + 1) * PER_DAY - PER_DAY  # of the last day, the nightly was quicker
    assert f"{read} read: " in ends["backfill"]["state"]["message"]
    with EmbeddedMongo(home / "mongo") as server:
        store = connect(server.uri, "article_etl")
        try:
            assert collections(store) == serial
        finally:
            store.close()

    up.end(signal.SIGINT)
    assert left_behind(home) == []

    again = Up(home, config)
    assert again.ui == up.ui
    assert again.ask(f"/flow_runs/{backfill}")["state"]["type"] == "COMPLETED"
    deployment = again.deployment("nightly")
    assert deployment["paused"] is False
    assert [schedule["active"] for schedule in deployment["schedules"]] == [True]
    await_scheduled(again)

    # Ended while a run is under way.
    parameters = {"start_date": str(day(0)), "end_date": str(day(LAST)), "mode": "all"}
    run = again.trigger("backfill", **parameters)
    again.await_state(run, lambda state: state == "RUNNING")
    second = Command(home).run("up", status=1)
    assert "`article-etl up` already runs" in second.stderr
    again.end(signal.SIGTERM)
    assert left_behind(home) == []
    with sqlite3.connect(home / "prefect/prefect.db") as database:
        (state,) = database.execute("select state_type from flow_run where id = ?", (run,)).fetchone()
    assert state in ("FAILED", "CANCELLED", "COMPLETED")
