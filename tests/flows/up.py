"""`article-etl up`, started as people start it, and asked over its API."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.command import Command
from tests.waiting import until

_ASKING_SECONDS = 60
"""For one answer of the server: it shares the machine with a load, and the tests' other processes."""


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
        answer = httpx.Response(httpx.codes.SERVICE_UNAVAILABLE)

        def answered() -> bool:  # 503: the server's SQLite was locked; Prefect's own client asks again too
            nonlocal answer
            answer = httpx.request(method, url, json=body, timeout=_ASKING_SECONDS, trust_env=False)
            return answer.status_code != httpx.codes.SERVICE_UNAVAILABLE

        until(answered, else_say=lambda: answer.text, pause=0.2)
        return answer.raise_for_status().json()

    def deployment(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(f"/deployments/name/{name}/{name}")
        return found

    def trigger(self, name: str, **parameters: Any) -> str:
        path = f"/deployments/{self.deployment(name)['id']}/create_flow_run"
        return str(self.ask(path, {"parameters": parameters})["id"])

    def await_state(self, run: str, wanted: Callable[[str], bool]) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def is_wanted() -> bool:
            found.update(self.ask(f"/flow_runs/{run}"))
            return wanted(found["state"]["type"])

        until(is_wanted, else_say=lambda: found["state"], pause=0.1)
        return found

    def logs(self, run: str) -> list[str]:
        """The messages that have come so far, in order."""
        wanted = {"logs": {"flow_run_id": {"any_": [run]}}, "sort": "TIMESTAMP_ASC"}
        return [entry["message"] for entry in self.ask("/logs/filter", wanted)]

    def await_log(self, run: str, text: str) -> None:
        """Wait until the server has a message with this text.

        A run's process sends its last messages as it ends, up to some seconds after the run's final state.
        """
        seen: list[str] = []

        def has_come() -> bool:
            seen[:] = self.logs(run)
            return any(text in message for message in seen)

        until(has_come, else_say=lambda: seen, pause=0.2)

    def end(self, number: int) -> str:
        self.process.send_signal(number)
        stdout, stderr = self.process.communicate(timeout=240)
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
    until(lambda: up.ask("/flow_runs/count", wanted), pause=0.2)


def final(state: str) -> bool:
    return state in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
