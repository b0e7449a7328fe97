"""`article-etl up`, started as people start it, and asked over its API."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.command import Command


class Up:
    """The command, running."""

    def __init__(self, home: Path, config: Path) -> None:
        self.home = home
        command = Command(home, {"ARTICLE_ETL_CONFIG": str(config)})
        self.process = command.start("up")
        self.said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith("Ready: "):
                self.ui = line.split()[1]
                return
        raise AssertionError(self.process.communicate())

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        method = "GET" if body is None else "POST"
        url = f"{self.ui}/api{path}"
        for _ in range(20):  # 503: the server's SQLite was locked; Prefect's own client asks again too
            answer = httpx.request(method, url, json=body, timeout=20, trust_env=False)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(0.2)
        return answer.raise_for_status().json()

    def deployment(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(f"/deployments/name/{name}/{name}")
        return found

    def trigger(self, name: str, **parameters: Any) -> str:
        path = f"/deployments/{self.deployment(name)['id']}/create_flow_run"
        return str(self.ask(path, {"parameters": parameters})["id"])

    def await_state(self, run: str, wanted: Callable[[str], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + 100
        while True:
            found: dict[str, Any] = self.ask(f"/flow_runs/{run}")
            if wanted(found["state"]["type"]):
                return found
            assert time.monotonic() < deadline, found["state"]
            time.sleep(0.1)

    def end(self, number: int) -> str:
        self.process.send_signal(number)
        stdout, stderr = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, stderr
        return stdout + stderr


def left_behind(home: Path) -> list[str]:
    """Command lines of all processes that know this data folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            environment = (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(home) in environment + command:
            found.append(command.replace(b"\0", b" ").decode())
    return found


def await_scheduled(up: Up) -> None:
    """Wait until the next nightlies are entered: the server does that seconds after a deployment came."""
    wanted = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    deadline = time.monotonic() + 30
    while not up.ask("/flow_runs/count", wanted):
        assert time.monotonic() < deadline
        time.sleep(0.2)


def final(state: str) -> bool:
    return state in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
