"""A flow's process that is asked to stop or killed, and Prefect's server killed beneath it."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.load.store import Store
from flows.prefect_server import PrefectServer
from tests.faults import loader
from tests.faults.corpus import write_corpus
from tests.faults.oracle import Truth, assert_holds, truth
from tests.faults.slow import slow_inserts
from tests.flows.stack import make_project

pytestmark = [pytest.mark.mongo, pytest.mark.prefect, pytest.mark.faults, pytest.mark.timeout(900)]

RECORDS, DAYS = 60_000, 8


class Project:
    """A project whose nights load eight dumps, into a store of its own."""

    def __init__(self, folder: Path, store: Store, uri: str) -> None:
        config = make_project(folder, 1)
        (config / "sources/archive.toml").unlink()
        paths = write_corpus(folder / "corpus", RECORDS, files=DAYS)
        (config / "sources/wire.toml").write_text('paths = ["corpus/*.jsonl"]\n')
        self.store = store
        self.truth: Truth = truth(paths)
        self._variables = {
            "ARTICLE_ETL_CONFIG": str(config),
            "ARTICLE_ETL_MONGO_URI": uri,
            "ARTICLE_ETL_DATABASE": store.database.name,
        }
        self._home = folder / "home"

    def start(self, api: str) -> loader.Process:
        """Start a night, which has Prefect's server at that address; it leads a group of its own."""
        variables = {**self._variables, "PREFECT_API_URL": api}
        return loader.command(["nightly"], self._home, variables)

    def reach(self, process: loader.Process, dumps: int) -> None:
        """Wait until so many dumps are finished and more is under way."""
        deadline = time.monotonic() + 120
        while self.store.loads.count_documents({"state": "finished"}) < dumps:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def to_the_end(self, api: str) -> None:
        """Load what is left; then all is as it must be."""
        process = self.start(api)
        stdout, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, (stdout, stderr)
        assert_holds(self.store, self.truth)
        assert self.states()[-1] == "completed_with_warnings"

    def states(self) -> list[str]:
        """Of the runs, in their order."""
        return [run["state"] for run in self.store.runs.find().sort("started_at")]


@pytest.fixture
def project(store: Store, tmp_path: Path, mongo_uri: str) -> Project:
    return Project(tmp_path, store, mongo_uri)


def newest_state(api: str) -> Any:
    """The state of the flow run that was started last, as Prefect's server has it."""
    import httpx

    query = {
        "sort": "START_TIME_DESC",
        "limit": 1,
        "flow_runs": {"state": {"type": {"not_any_": ["SCHEDULED"]}}},
    }
    (run,) = httpx.post(f"{api}/flow_runs/filter", json=query, timeout=30).json()
    return run["state"]


@pytest.mark.parametrize(
    "send",
    [
        pytest.param(lambda pid: os.killpg(pid, signal.SIGINT), id="ctrl-c"),
        pytest.param(lambda pid: os.killpg(pid, signal.SIGTERM), id="sigterm-to-all"),
        pytest.param(lambda pid: os.kill(pid, signal.SIGTERM), id="sigterm"),
    ],
)
def test_a_night_that_is_asked_to_stop_closes_its_books_and_the_next_one_goes_on(
    project: Project, prefect_api: str, send: Callable[[int], None]
) -> None:
    process = project.start(prefect_api)
    project.reach(process, 1)
    send(process.pid)
    stdout, stderr = process.communicate(timeout=90)
    assert process.returncode == 1, (stdout, stderr)
    (run,) = project.store.runs.find()
    assert run["state"] == "interrupted", run["report"]["error"]
    counts = run["report"]["counts"]
    assert 0 < counts["read"] < RECORDS
    assert newest_state(prefect_api)["name"] == "Failed"
    assert {row["state"] for row in project.store.loads.find()} <= {"finished", "interrupted"}
    project.to_the_end(prefect_api)


def test_a_night_that_is_asked_twice_ends_at_once_and_the_next_one_goes_on(
    project: Project, prefect_api: str
) -> None:
    process = project.start(prefect_api)
    project.reach(process, 1)
    with slow_inserts(project.store):
        try:
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(2.5)  # a further signal within two seconds is an echo of the first
            assert process.poll() is None
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=12)
        finally:
            process.kill()
            process.communicate()
    assert process.returncode != 0
    project.to_the_end(prefect_api)
    assert project.states() == ["interrupted", "completed_with_warnings"]


def test_a_night_that_is_killed_is_shown_as_interrupted_and_the_next_one_goes_on(
    project: Project, prefect_api: str
) -> None:
    process = project.start(prefect_api)
    project.reach(process, 2)
    loader.kill_group(process)
    assert project.states() == ["running"]  # nobody was left to say otherwise
    project.to_the_end(prefect_api)
    assert project.states() == ["interrupted", "completed_with_warnings"]


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """A Prefect server of the test's own: its API's address, and what kills it."""
    with PrefectServer(tmp_path / "doomed") as server:
        pid = server.pid
        assert pid is not None
        yield server.api_url, lambda: os.kill(pid, signal.SIGKILL)


def test_a_night_whose_prefect_server_is_killed_loads_everything_and_closes_its_books(
    project: Project, doomed: tuple[str, Callable[[], None]]
) -> None:
    api, kill = doomed
    process = project.start(api)
    project.reach(process, 1)
    kill()
    process.communicate(timeout=600)  # how it says that it could not tell Prefect is not this test's affair
    assert project.states() == ["completed_with_warnings"]
    assert_holds(project.store, project.truth)
