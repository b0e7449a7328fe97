"""The database's password is in no output, file, argument list or document of a run; readWrite is enough."""

import datetime as dt
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bson
import pytest
from pymongo import MongoClient

from etl.processes import free_port
from tests.command import Command
from tests.pipeline.records import records, write_jsonl
from tests.security.conftest import PLANTED

pytestmark = [pytest.mark.mongo, pytest.mark.prefect]

WRONG = "pl4nted-wr0ng"
DAYS = ("--from", "2026-03-01", "--to", "2026-03-03")


def command_of(project: Path, address: str, password: str, home: Path) -> Command:
    uri = f"mongodb://loader:{password}@{address}/?authSource=admin&directConnection=true"
    variables = {
        "ARTICLE_ETL_MONGO_URI": uri,
        "ARTICLE_ETL_DATABASE": "news",
        "ARTICLE_ETL_CONFIG": str(project),
    }
    return Command(home, variables)


@contextmanager
def argument_lists() -> Iterator[set[bytes]]:
    """The argument lists of all processes of the machine, looked at again and again."""
    seen: set[bytes] = set()
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.05):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(path.read_bytes())
                except OSError:
                    pass  # it ended

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()


def files_with(folder: Path, secret: str) -> list[str]:
    """Files below a folder whose bytes have the secret: Prefect's database, logs, results, all of it."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "prefect.db" for path in found), "Prefect's database is not there"
    return [str(path) for path in found if secret.encode() in path.read_bytes()]


def watched(command: Command) -> list[str]:
    """Watch until a run that was killed long ago is closed; what was said meanwhile."""
    with MongoClient[dict[str, Any]](command.variables["ARTICLE_ETL_MONGO_URI"]) as client:
        runs = client.news.runs
        run = runs.find_one({})
        assert run is not None
        long_ago = run["started_at"] - dt.timedelta(days=30)
        killed = {**run, "_id": "killed", "state": "running", "host": "gone", "beat_at": long_ago}
        runs.insert_one({**killed, "started_at": long_ago})
        process = command.start("watch")
        deadline = time.monotonic() + 60
        while runs.count_documents({"_id": "killed", "state": "interrupted"}) == 0:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.1)
    process.terminate()
    return list(process.communicate(timeout=60))


@pytest.mark.timeout(300)
def test_readwrite_on_its_database_is_enough_for_every_command_and_the_password_is_nowhere(
    guarded: str, project_of_days: Path, prefect_home: Path, prefect_api: str
) -> None:
    command = command_of(project_of_days, guarded, PLANTED, prefect_home)
    dump = str(project_of_days.parent / "dumps/2026-03-01.jsonl")
    page = project_of_days / "status.html"
    another = str(write_jsonl(project_of_days.parent / "another.jsonl", records(5)))
    shown = []
    with argument_lists() as seen:
        for arguments in (
            ["check"],
            ["nightly", "--date", "2026-03-01"],
            ["backfill", *DAYS],
            ["inspect", dump, "--against-store"],
            ["status", *DAYS, "--html", str(page)],
            ["quarantine", "list", "--json"],
            ["quarantine", "replay", "--source", "archive"],
            ["verify", "--json"],
        ):
            process = command.run(*arguments)
            shown += [process.stdout, process.stderr]
        (entry, *_) = command.lines("quarantine", "list", "--json")
        command.run("quarantine", "show", entry["id"])
        command.run("quarantine", "discard", entry["id"])
        loaded = command.json("load", another, "--json")
        taken_back = command.json("rollback", loaded["run"], "--yes", "--json")
        assert taken_back["removed"] == loaded["inserted"] > 0
        shown += watched(command)
    assert not [line for line in seen if PLANTED.encode() in line]
    assert PLANTED not in "".join(shown)
    assert files_with(prefect_home, PLANTED) == []
    assert PLANTED not in page.read_text()
    client: MongoClient[dict[str, Any]] = MongoClient(command.variables["ARTICLE_ETL_MONGO_URI"])
    with client:
        news = client.news
        documents = [bson.encode(row) for name in news.list_collection_names() for row in news[name].find()]
        assert len(documents) > 60
        assert not [row for row in documents if PLANTED.encode() in row]


NIGHTLY = ("nightly", "--date", "2026-03-01")


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (NIGHTLY, WRONG, "(?i)credentials|password|authentication"),
        (NIGHTLY, f"{WRONG}@/x:y", "(?i)address|URI|escape"),
        (("verify",), WRONG, "(?i)credentials|password|authentication"),
        (("rollback", "some-run"), f"{WRONG}@/x:y", "(?i)address|URI|escape"),
    ],
    ids=["wrong", "not escaped", "verify", "rollback"],
)
def test_a_run_that_is_refused_says_why_and_never_the_password(
    guarded: str,
    project_of_days: Path,
    prefect_home: Path,
    prefect_api: str,
    arguments: tuple[str, ...],
    password: str,
    said: str,
) -> None:
    command = command_of(project_of_days, guarded, password, prefect_home)
    refused(command, arguments, said)


def test_a_backfill_whose_server_is_away_says_so_and_never_the_password(
    project_of_days: Path, prefect_home: Path, prefect_api: str
) -> None:
    settings = project_of_days / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    brief = re.sub(r"^(server_selection_seconds|budget_seconds) = [\d.]+", r"\1 = 3.0", text, flags=re.M)
    settings.write_text(brief, encoding="utf-8")
    command = command_of(project_of_days, f"127.0.0.1:{free_port()}", WRONG, prefect_home)
    refused(command, ("backfill", *DAYS), r"127\.0\.0\.1")


def refused(command: Command, arguments: tuple[str, ...], said: str) -> None:
    """The command fails, says why, and the password is in nothing that it leaves."""
    with argument_lists() as seen:
        process = command.start(*arguments)
        stdout, stderr = process.communicate(timeout=110)
    assert process.returncode in (1, 2)
    assert re.search(said, stderr)
    assert WRONG not in stdout + stderr
    assert not [line for line in seen if WRONG.encode() in line]
    assert files_with(command.home, WRONG) == []
