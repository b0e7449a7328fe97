"""The database's password is in no output, file, argument list or document of a run; readWrite is enough."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bson
import pytest
from pymongo import MongoClient

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


@pytest.mark.timeout(300)
def test_readwrite_on_its_database_is_enough_for_every_command_and_the_password_is_nowhere(
    guarded: str, project_of_days: Path, prefect_home: Path, prefect_api: str
) -> None:
    command = command_of(project_of_days, guarded, PLANTED, prefect_home)
    dump = str(project_of_days.parent / "dumps/2026-03-01.jsonl")
    another = str(write_jsonl(project_of_days.parent / "another.jsonl", records(5)))
    shown = []
    with argument_lists() as seen:
        for arguments in (
            ["check"],
            ["nightly", "--date", "2026-03-01"],
            ["backfill", *DAYS],
            ["inspect", dump, "--against-store"],
            ["status", *DAYS],
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
    assert not [line for line in seen if PLANTED.encode() in line]
    assert PLANTED not in "".join(shown)
    assert files_with(prefect_home, PLANTED) == []
    client: MongoClient[dict[str, Any]] = MongoClient(command.variables["ARTICLE_ETL_MONGO_URI"])
    with client:
        news = client.news
        documents = [bson.encode(row) for name in news.list_collection_names() for row in news[name].find()]
        assert len(documents) > 60
        assert not [row for row in documents if PLANTED.encode() in row]


@pytest.mark.parametrize(
    ("password", "said"),
    [(WRONG, "(?i)credentials|password|authentication"), (f"{WRONG}@/x:y", "(?i)address|URI|escape")],
    ids=["wrong", "not escaped"],
)
def test_a_run_that_is_refused_says_why_and_never_the_password(
    guarded: str, project_of_days: Path, prefect_home: Path, prefect_api: str, password: str, said: str
) -> None:
    command = command_of(project_of_days, guarded, password, prefect_home)
    with argument_lists() as seen:
        process = command.start("nightly", "--date", "2026-03-01")
        stdout, stderr = process.communicate(timeout=110)
    assert process.returncode in (1, 2)
    assert re.search(said, stderr)
    assert WRONG not in stdout + stderr
    assert not [line for line in seen if WRONG.encode() in line]
    assert files_with(prefect_home, WRONG) == []
