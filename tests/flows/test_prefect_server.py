"""A Prefect server of our own: started, shared and stopped."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from etl.processes import ServerError
from flows.prefect_server import PrefectServer, prefect_environment, prefect_server, running
from tests.command import Command
from tests.flows.stack import day, make_project
from tests.waiting import until

FLOW = """
import os, sys
from pathlib import Path
from flows.prefect_server import prefect_server

assert "prefect" not in sys.modules
with prefect_server(Path(sys.argv[1])) as api_url:
    from prefect import flow, task

    @task
    def double(n):
        return 2 * n

    @flow(flow_run_name=sys.argv[2], log_prints=True)
    def small():
        print("a line of the flow")
        return double(21)

    print(api_url, small())
    from prefect.client.orchestration import get_client
    with get_client(sync_client=True) as client:
        print(*sorted(run.name for run in client.read_flow_runs()))
assert "PREFECT_API_URL" not in os.environ
"""


def run_flow(home: Path, name: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    command = [sys.executable, "-c", FLOW, str(home), name]
    return subprocess.run(
        command, env=environment | variables, capture_output=True, text=True, timeout=280, check=False
    )


def ask(api_url: str, path: str, body: dict[str, Any] | None = None) -> Any:
    method = "GET" if body is None else "POST"
    answer = httpx.request(method, f"{api_url}{path}", json=body, timeout=60, trust_env=False)
    return answer.raise_for_status().json()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    with PrefectServer(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.mark.prefect
def test_it_answers_on_loopback_and_is_found_by_its_home(server: PrefectServer, tmp_path: Path) -> None:
    assert server.api_url.startswith("http://127.0.0.1:")
    assert ask(server.api_url, "/health") is True
    assert running(server.home) == server.api_url
    assert running(tmp_path) is None


@pytest.mark.prefect
def test_its_ui_asks_its_own_api_and_shows_no_promotion(server: PrefectServer) -> None:
    settings = ask(server.api_url.removesuffix("/api"), "/ui-settings")
    assert settings["api_url"] == server.api_url
    shown = ask(server.api_url, "/admin/settings")["server"]
    assert shown["ui"]["show_promotional_content"] is False
    assert shown["analytics_enabled"] is False


@pytest.mark.prefect
def test_a_flow_of_another_process_joins_it_and_is_kept_in_its_history(server: PrefectServer) -> None:
    # A proxy that leads nowhere is not asked for loopback.
    done = run_flow(server.home, "joined", HTTP_PROXY="http://127.0.0.1:9", http_proxy="http://127.0.0.1:9")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [server.api_url, "42", "joined"]
    assert "Traceback" not in done.stderr
    (run,) = ask(server.api_url, "/flow_runs/filter", {})
    assert (run["name"], run["state_type"]) == ("joined", "COMPLETED")
    assert ask(server.api_url, "/task_runs/count", {}) == 1
    logs = ask(server.api_url, "/logs/filter", {})
    assert "a line of the flow" in [log["message"] for log in logs]
    assert running(server.home) == server.api_url


@pytest.mark.prefect
def test_a_server_that_the_user_has_set_is_used_as_it_is(
    server: PrefectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", server.api_url)
    with prefect_server(tmp_path) as api_url:
        assert api_url == server.api_url
    assert list(tmp_path.iterdir()) == []


@pytest.mark.prefect
def test_a_second_user_joins_with_the_same_address_and_leaves_it_running(server: PrefectServer) -> None:
    told: list[str] = []
    with PrefectServer(server.home, port=1, meanwhile=told.append) as second:
        assert second.pid == server.pid
        assert second.api_url == server.api_url
    assert told == [server.api_url]
    assert ask(server.api_url, "/health") is True


@pytest.mark.prefect
def test_the_last_one_out_stops_it_and_the_next_start_has_its_history_and_address(
    server: PrefectServer,
) -> None:
    before, pid = server.api_url, server.pid
    server.__exit__(None, None, None)
    assert running(server.home) is None
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    done = run_flow(server.home, "alone")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [before, "42", "alone", "joined"]
    assert running(server.home) is None


@pytest.mark.prefect
@pytest.mark.mongo
@pytest.mark.timeout(600)
def test_a_server_that_is_killed_amid_a_load_costs_its_history_and_nothing_else(
    server: PrefectServer, tmp_path: Path, mongo_uri: str, database: str
) -> None:
    variables = {
        "ARTICLE_ETL_CONFIG": str(make_project(tmp_path, 30)),
        "ARTICLE_ETL_MONGO_URI": mongo_uri,
        "ARTICLE_ETL_DATABASE": database,
        "PREFECT_CLIENT_MAX_RETRIES": "0",  # else it tries for a minute, again and again
    }
    command = Command(server.home, variables)  # the home is not new, which makes the start quick
    days = ["--from", str(day(0)), "--to", str(day(29)), "--source", "wire"]
    loading = command.start("backfill", *days)
    with MongoClient[Any](mongo_uri) as client:

        def some_are_done() -> bool:
            assert loading.poll() is None, loading.communicate()
            return client[database].loads.count_documents({"state": "finished"}) >= 3

        try:
            until(some_are_done, pause=0.005)
            pid = server.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            stdout, stderr = loading.communicate(timeout=200)  # with hundreds of events to send to nobody
        finally:
            loading.kill()
            loading.communicate()
        (run,) = client[database].runs.find()
        client.drop_database(database)
    assert loading.returncode == 0, stderr
    assert (run["state"], run["report"]["loaded"], run["report"]["counts"]["read"]) == ("completed", 30, 600)
    assert (
        f"the report could not be shown in Prefect (ConnectError): `article-etl status {run['_id']}`"
        in stderr
    )
    assert "Prefect's server was lost" in stderr
    assert f"Run {run['_id']}: completed" in stdout


def stand_in(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_failed_start_shows_the_end_of_the_log_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = stand_in(tmp_path / "python", "seq 40; echo 'ImportError: no such thing'; exit 3")
    monkeypatch.setattr(sys, "executable", python)
    with pytest.raises(ServerError) as failure:
        PrefectServer(tmp_path / "home").__enter__()
    text = str(failure.value)
    assert "the Prefect server ended with status 3 before it was ready" in text
    assert text.endswith("39\n40\nImportError: no such thing")
    assert "\n20\n" not in text
    assert running(tmp_path / "home") is None


def test_a_server_that_never_answers_is_given_up_and_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path / "python", "while :; do sleep 0.1; done"))
    monkeypatch.setattr("flows.prefect_server._START_SECONDS", 0.3)
    server = PrefectServer(tmp_path / "home")
    with pytest.raises(ServerError, match=r"was not ready after 0\.3 s"):
        server.__enter__()
    assert server.pid is None
    with pytest.raises(ServerError, match="not started"):
        _ = server.api_url


def test_a_port_that_is_asked_for_and_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        port = squatter.getsockname()[1]
        with pytest.raises(ServerError, match=f"port {port} of 127.0.0.1 is taken"):
            PrefectServer(tmp_path / "home", port=port).__enter__()


def test_the_environment_turns_telemetry_off_and_keeps_loopback_from_proxies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    variables = prefect_environment(tmp_path, "http://127.0.0.1:1/api")
    assert variables["PREFECT_API_URL"] == "http://127.0.0.1:1/api"
    assert variables["PREFECT_HOME"] == str(tmp_path / "prefect")
    assert variables["DO_NOT_TRACK"] == "1"
    assert variables["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert variables["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"
