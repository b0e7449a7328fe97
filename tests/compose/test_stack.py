"""The whole stack: what each service of the compose file runs, under the limits that it is given there."""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command import PROJECT
from tests.compose.composefile import EXAMPLE
from tests.compose.containers import Stack, missing
from tests.waiting import until

WHY_NOT = missing()
pytestmark = [
    pytest.mark.mongo,
    pytest.mark.prefect,
    pytest.mark.slow,
    pytest.mark.stack,
    pytest.mark.timeout(900),
    pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT)),
]

ASK = str(PROJECT / "tests/compose/api.py")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As docker/prepare.sh makes them."""
    checkout = tmp_path_factory.mktemp("checkout")
    (checkout / "docker").mkdir()
    shutil.copy(PROJECT / "docker/prepare.sh", checkout / "docker")
    shutil.copy(PROJECT / ".env.example", checkout)
    subprocess.run([str(checkout / "docker/prepare.sh")], check=True, capture_output=True)
    return checkout / "secrets"


@pytest.fixture(scope="module")
def stack(secrets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All services but the worker and the watch, as `docker compose up --wait` starts them."""
    with Stack(tmp_path_factory.mktemp("stack"), {**EXAMPLE, "SECRETS_DIR": str(secrets)}) as stack:
        stack.up(["mongo", "postgres", "prefect-server", "bootstrap"])
        yield stack


@pytest.fixture(scope="module")
def nightly(stack: Stack) -> dict[str, Any]:
    """The deployment."""
    found: dict[str, Any] = ask(stack, "GET /deployments/name/nightly/nightly")[0]
    return found


@pytest.fixture(scope="module")
def cut_off(stack: Stack, nightly: dict[str, Any]) -> list[str]:
    """Runs of nightly that the server takes for running, by a worker that is gone, once and three times."""
    create = f'POST /deployments/{nightly["id"]}/create_flow_run {{"state": {{"type": "SCHEDULED"}}}}'
    ids = [run["id"] for run in ask(stack, create, create)]
    set_to = 'POST /flow_runs/{}/set_state {{"state": {{"type": "{}"}}, "force": true}}'
    starts = [set_to.format(ids[0], "RUNNING")]
    for _ in range(3):
        starts += [set_to.format(ids[1], "PENDING"), set_to.format(ids[1], "RUNNING")]
    ask(stack, *starts)
    return ids


@pytest.fixture(scope="module")
def worker(stack: Stack, cut_off: list[str]) -> Stack:
    """The whole stack, with a worker that starts after one that was cut off."""
    stack.up(["worker"])
    return stack


def ask(stack: Stack, *requests: str) -> list[Any]:
    done = stack.run("worker", ["python", ASK, *requests])
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_bootstrap_says_what_it_made(stack: Stack) -> None:
    assert stack.log("bootstrap").splitlines() == [
        "mongo: initiated the replica set article-etl",
        "mongo: set the user loader, who may read and write article_etl",
        "mongo: collections, validators and indexes are as config/mongo says",
        "prefect: the work pool article-etl and the deployments are there",
        "done",
    ]


def test_the_pool_takes_one_run_at_a_time_and_has_the_deployments(stack: Stack) -> None:
    pool, deployments = ask(stack, "GET /work_pools/article-etl", "POST /deployments/filter {}")
    assert (pool["type"], pool["concurrency_limit"]) == ("process", 1)
    assert {found["name"]: found["work_pool_name"] for found in deployments} == dict.fromkeys(
        ["nightly", "backfill", "replay"], "article-etl"
    )


def test_the_next_nightlies_are_in_the_calendar(stack: Stack) -> None:
    runs = until(
        lambda: ask(stack, "POST /flow_runs/filter {}")[0],
        else_say=lambda: stack.log("prefect-server")[-3000:],
        pause=1,
    )
    assert {(run["state"]["name"], run["auto_scheduled"]) for run in runs} == {("Scheduled", True)}


def test_a_second_bootstrap_changes_only_what_is_not_as_it_should_be(
    stack: Stack, nightly: dict[str, Any]
) -> None:
    ask(
        stack,
        f"POST /deployments/{nightly['id']}/pause_deployment",
        'PATCH /work_pools/article-etl {"concurrency_limit": 7}',
    )
    again = stack.entered("bootstrap", *stack.file["services"]["bootstrap"]["command"])
    assert again.stderr.splitlines() == [
        "mongo: the user loader may read and write article_etl",
        "mongo: collections, validators and indexes are as config/mongo says",
        "prefect: the deployment nightly is paused, as it was",
        "prefect: set the limit of the work pool article-etl back to 1",
        "prefect: the work pool article-etl and the deployments are there",
        "done",
    ]
    assert again.returncode == 0
    after, pool = ask(stack, "GET /deployments/name/nightly/nightly", "GET /work_pools/article-etl")
    assert (after["id"], after["paused"]) == (nightly["id"], True)
    assert pool["concurrency_limit"] == 1


def test_a_run_that_was_cut_off_with_its_worker_goes_on_and_holds_no_slot(
    worker: Stack, cut_off: list[str]
) -> None:
    ended, given_up = ask(worker, *(f"until-final {run}" for run in cut_off))
    assert ended["state_type"] == "COMPLETED", worker.log("worker")
    assert "56 inserted" in ended["state"]["message"]
    assert (ended["work_pool_name"], ended["run_count"]) == ("article-etl", 2)
    assert given_up["state_type"] == "CRASHED"
    assert "3 times" in given_up["state"]["message"]


def test_the_command_works_in_the_worker_s_container(worker: Stack) -> None:
    done = worker.entered("worker", "article-etl", "status")
    assert done.returncode == 0, done.stderr
    assert "56 articles in database 'article_etl'" in done.stdout


def test_the_watch_looks_says_that_alarms_go_nowhere_yet_and_leaves_the_sign_of_its_health_check(
    worker: Stack,
) -> None:
    check = worker.file["services"]["watch"]["healthcheck"]["test"][-1]
    (sign,) = re.findall(r"getmtime\('([^']+)'\)", check)
    worker.start("watch")

    def signed() -> bool:
        assert worker.started["watch"].poll() is None, worker.log("watch")
        return worker.has("watch", sign)

    until(signed, else_say=lambda: worker.log("watch"))
    assert "no alarm goes anywhere: set alarms.block" in worker.log("watch")
    assert "Traceback" not in worker.log("watch")
    assert worker.stop("watch") == 0


def test_the_api_wants_the_password_and_health_does_not(stack: Stack) -> None:
    script = (
        "import urllib.request as r, urllib.error as e\n"
        "for path in ('/health', '/ready', '/flows/filter', '/admin/settings', '/work_pools/article-etl'):\n"
        "    try: print(path, r.urlopen('http://prefect-server:4200/api' + path).status)\n"
        "    except e.HTTPError as error: print(path, error.code)\n"
    )
    answers = dict(line.split() for line in stack.run("worker", ["python", "-c", script]).stdout.splitlines())
    assert answers == {
        "/health": "200",
        "/ready": "200",
        "/flows/filter": "401",
        "/admin/settings": "401",
        "/work_pools/article-etl": "401",
    }


def test_the_ui_is_served_and_sends_the_browser_to_the_published_port(stack: Stack) -> None:
    script = (
        "import urllib.request as r\n"
        "print(r.urlopen('http://prefect-server:4200/ui-settings').read().decode())\n"
        "page = r.Request('http://prefect-server:4200/', headers={'Accept': 'text/html'})\n"
        "print('<html' in r.urlopen(page).read().decode().lower())\n"
    )
    settings, page = stack.run("worker", ["python", "-c", script]).stdout.splitlines()
    assert json.loads(settings)["api_url"] == "http://127.0.0.1:4200/api"
    assert json.loads(settings)["auth"] == "BASIC"
    assert page == "True"


def test_prefects_history_is_in_postgres(stack: Stack) -> None:
    query = (
        "PGPASSWORD=$(cat /run/secrets/postgres-password) "
        "psql -h 127.0.0.1 -U prefect -d prefect -Atc 'select name from work_pool'"
    )
    done = stack.run("postgres", ["sh", "-c", query])
    assert done.stdout.split() == ["article-etl"], done.stderr
    refused = stack.run("postgres", ["psql", "-h", "127.0.0.1", "-U", "prefect", "-wAtc", "select 1"])
    assert refused.returncode != 0


def test_no_secret_is_in_a_log_or_in_what_the_engine_would_show(stack: Stack, secrets: Path) -> None:
    shown = json.dumps(stack.file) + "".join(stack.log(service) for service in stack.started)
    for path in secrets.glob("[!.]*"):
        for part in path.read_text().strip().split(":"):
            if len(part) > 40:
                assert part.split("@")[0] not in shown, path.name


@pytest.mark.parametrize("service", ["mongo", "postgres", "prefect-server", "worker", "watch"])
def test_a_container_can_write_nowhere_but_where_it_is_to(stack: Stack, service: str) -> None:
    script = (
        "for d in / /opt /srv/article-etl /srv/article-etl/config /srv/article-etl/dumps /run/secrets; do "
        '[ ! -d "$d" ] || ! touch "$d/probe" 2>/dev/null || echo "$d"; done; touch /tmp/probe && id -u; '
        "grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status"
    )
    uid = {"mongo": "999", "postgres": "999"}.get(service, "10001")
    shown = stack.run(service, ["sh", "-c", script]).stdout.split()
    assert shown == [uid, "CapEff:", "0000000000000000", "NoNewPrivs:", "1"]


def test_mongo_comes_back_as_primary_with_its_data(stack: Stack) -> None:
    assert stack.stop("mongo") == 0
    stack.up(["mongo"])
    count = (
        "from pathlib import Path; from pymongo import MongoClient; "
        "uri = Path('/run/secrets/mongo-uri').read_text().strip(); "
        "print(MongoClient(uri).article_etl.articles.count_documents({}))"
    )
    done = stack.run("worker", ["python", "-c", count])
    assert done.stdout.strip() == "56", done.stderr


def test_the_worker_and_the_server_stop_when_they_are_asked_to(worker: Stack) -> None:
    stack = worker
    assert stack.stop("worker") == 0
    assert stack.stop("prefect-server") in (0, -signal.SIGTERM)
    assert stack.stop("postgres") == 0
