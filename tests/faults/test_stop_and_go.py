"""A load that is asked to stop: the batch in hand is finished, the books are closed, the next run goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from etl.load.store import Store
from tests.command import PROJECT, Command

RECORDS = 40_000

Send = Callable[["subprocess.Popen[str]"], None]


def to_the_group(number: int) -> Send:
    """As a terminal's Ctrl-C does."""
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


def started(dump: Path, home: Path, uri: str, database: str) -> "subprocess.Popen[str]":
    variables = {"ARTICLE_ETL_MONGO_URI": uri, "ARTICLE_ETL_DATABASE": database}
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "load", str(dump), "--json"],
        cwd=PROJECT,
        env=Command(home, variables).environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_blocks(store: Store, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 60
    while store.load_blocks.count_documents({"state": "written"}) < 1:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def goes_on(store: Store, dump: Path, home: Path, uri: str, database: str) -> None:
    """The next run loads the rest, and the sums are as if nothing had happened."""
    process = started(dump, home, uri, database)
    stdout, stderr = process.communicate(timeout=110)
    assert process.returncode == 0, stderr
    report = orjson.loads(stdout)
    assert (report["read"], report["inserted"]) == (RECORDS, RECORDS)
    assert store.articles.count_documents({}) == RECORDS
    assert store.load_blocks.count_documents({"state": {"$ne": "written"}}) == 0
    (load,) = store.loads.find()
    assert load["state"] == "finished"


@pytest.mark.mongo
@pytest.mark.parametrize(
    "send",
    [
        pytest.param(to_the_group(signal.SIGINT), id="ctrl-c"),
        pytest.param(to_the_command(signal.SIGINT), id="sigint", marks=pytest.mark.faults),
        pytest.param(to_the_command(signal.SIGTERM), id="sigterm", marks=pytest.mark.faults),
    ],
)
def test_a_signal_ends_a_load_after_the_batch_in_hand(
    store: Store, dump: Path, tmp_path: Path, mongo_uri: str, database: str, send: Send
) -> None:
    process = started(dump, tmp_path, mongo_uri, database)
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
    goes_on(store, dump, tmp_path, mongo_uri, database)


@pytest.mark.mongo
@pytest.mark.faults
def test_a_second_signal_ends_a_load_at_once_and_loses_nothing(
    store: Store, dump: Path, tmp_path: Path, mongo_uri: str, database: str
) -> None:
    process = started(dump, tmp_path, mongo_uri, database)
    wait_for_blocks(store, process)
    admin = store.client.admin
    slow = {"failCommands": ["insert"], "blockConnection": True, "blockTimeMS": 15_000}
    admin.command("configureFailPoint", "failCommand", mode="alwaysOn", data=slow)
    try:
        process.send_signal(signal.SIGTERM)
        time.sleep(2.5)  # a further signal within two seconds is an echo of the first
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=8)
    finally:
        admin.command("configureFailPoint", "failCommand", mode="off")
        process.kill()
        process.communicate()
    assert process.returncode == 128 + signal.SIGTERM
    goes_on(store, dump, tmp_path, mongo_uri, database)
