"""A load that is asked to stop: the batch in hand is finished, the books are closed, the next run goes on."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from etl.load.store import Store
from tests.faults import loader
from tests.faults.slow import slow_inserts

pytestmark = pytest.mark.mongo

RECORDS = 100_000

Send = Callable[[loader.Process], None]


def to_the_group(number: int) -> Send:
    """As a terminal's Ctrl-C does, and a service manager's SIGTERM."""
    return lambda process: os.killpg(process.pid, number)


def to_the_command(number: int) -> Send:
    return lambda process: process.send_signal(number)


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump that is worth worker processes."""
    path = tmp_path_factory.mktemp("dumps") / "large.jsonl"
    with path.open("wb") as file:
        for n in range(RECORDS):
            made = {
                "title": f"Report {n} of the harbour",
                "published_at": f"2026-03-{n % 28 + 1:02d}T10:00:00Z",
                "body": "The boats came in late, and nobody was surprised. " * 5,
            }
            file.write(orjson.dumps(made) + b"\n")
    return path


@pytest.fixture
def start(store: Store, dump: Path, tmp_path: Path, mongo_uri: str) -> Callable[[], loader.Process]:
    """Starts to load the dump."""
    return lambda: loader.start([dump], tmp_path, mongo_uri, store.database.name)


def wait_for_blocks(store: Store, process: loader.Process) -> None:
    deadline = time.monotonic() + 60
    while store.load_blocks.count_documents({"state": "written"}) < 1:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def goes_on(store: Store, process: loader.Process) -> None:
    """This run loads the rest, and the sums are as if nothing had happened."""
    report = loader.end(process)
    assert (report["read"], report["inserted"]) == (RECORDS, RECORDS)
    assert store.articles.count_documents({}) == RECORDS
    assert store.load_blocks.count_documents({"state": {"$ne": "written"}}) == 0
    (load,) = store.loads.find()
    assert load["state"] == "finished"
    states = [run["state"] for run in store.runs.find().sort("started_at")]
    assert states == ["interrupted", "completed"]


@pytest.mark.parametrize(
    "send",
    [
        pytest.param(to_the_group(signal.SIGINT), id="ctrl-c"),
        pytest.param(to_the_group(signal.SIGTERM), id="sigterm-to-all", marks=pytest.mark.faults),
        pytest.param(to_the_command(signal.SIGINT), id="sigint", marks=pytest.mark.faults),
        pytest.param(to_the_command(signal.SIGTERM), id="sigterm", marks=pytest.mark.faults),
    ],
)
def test_a_signal_ends_a_load_after_the_batch_in_hand(
    store: Store, start: Callable[[], loader.Process], send: Send
) -> None:
    process = start()
    wait_for_blocks(store, process)
    send(process)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 1, stderr
    report = orjson.loads(stdout)
    assert 0 < report["read"] < RECORDS
    assert report["inserted"] == report["read"] == store.articles.count_documents({})
    assert "start the same command again" in stderr
    (run,) = store.runs.find()
    assert run["state"] == "interrupted"
    goes_on(store, start())


@pytest.mark.faults
@pytest.mark.parametrize(
    ("send", "status"),
    [
        pytest.param(to_the_command(signal.SIGTERM), 128 + signal.SIGTERM, id="sigterm"),
        pytest.param(to_the_group(signal.SIGTERM), 128 + signal.SIGTERM, id="sigterm-to-all"),
        pytest.param(to_the_group(signal.SIGINT), 128 + signal.SIGINT, id="ctrl-c"),
    ],
)
def test_a_second_signal_ends_a_load_at_once_and_loses_nothing(
    store: Store, start: Callable[[], loader.Process], send: Send, status: int
) -> None:
    process = start()
    wait_for_blocks(store, process)
    with slow_inserts(store):
        try:
            send(process)
            time.sleep(2.5)  # a further signal within two seconds is an echo of the first
            assert process.poll() is None
            send(process)
            process.wait(timeout=8)
        finally:
            process.kill()
            _, stderr = process.communicate()
    assert process.returncode == status, stderr
    assert "Traceback" not in stderr
    assert loader.group(process.pid) == []
    goes_on(store, start())
