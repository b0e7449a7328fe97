"""Prefect's server is killed in the middle of a flow: what was loaded stays, and the next run ends it.

Prefect's client asks a server that is gone again and again, for minutes; here it is told not to.
"""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from flows.prefect_server import PrefectServer
from tests.command import Command
from tests.flows.conftest import operated  # noqa: F401 - a fixture: the project of 30 days
from tests.flows.stack import PER_DAY, day

pytestmark = [pytest.mark.mongo, pytest.mark.prefect, pytest.mark.faults, pytest.mark.timeout(400)]

ARGUMENTS = ("backfill", "--from", str(day(0)), "--to", str(day(29)), "--source", "wire")


def test_a_prefect_server_that_is_killed_leaves_complete_data(
    operated: Database[Any],  # noqa: F811
    tmp_path: Path,
    mongo_uri: str,
    database: str,
) -> None:
    variables = {
        "ARTICLE_ETL_CONFIG": str(tmp_path / "config"),
        "ARTICLE_ETL_MONGO_URI": mongo_uri,
        "ARTICLE_ETL_DATABASE": database,
        "PREFECT_CLIENT_MAX_RETRIES": "0",
    }
    with PrefectServer(tmp_path / "prefect") as server:
        command = Command(tmp_path / "home", {**variables, "PREFECT_API_URL": server.api_url})
        process = command.start(*ARGUMENTS)
        deadline = time.monotonic() + 90
        while operated.loads.count_documents({"state": "finished"}) < 5:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.005)
        assert server.pid is not None
        os.killpg(server.pid, signal.SIGKILL)
        stdout, stderr = process.communicate(timeout=200)
        assert process.returncode != 0, (stdout, stderr)
    finished = operated.loads.count_documents({"state": "finished"})
    assert 5 <= finished < 30
    with PrefectServer(tmp_path / "prefect") as server:
        Command(tmp_path / "home", {**variables, "PREFECT_API_URL": server.api_url}).run(*ARGUMENTS)
    assert operated.loads.count_documents({"state": "finished"}) == operated.loads.count_documents({}) == 30
    assert operated.articles.count_documents({}) == 30 * PER_DAY - 29
    assert sum(row["counts"]["inserted"] for row in operated.loads.find()) == 30 * PER_DAY - 29
