"""`article-etl load`, and other commands, as processes that tests kill."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from tests.command import PROJECT, Command

Process = subprocess.Popen[str]


def start(paths: Sequence[Path], home: Path, uri: str, database: str, config: Path | None = None) -> Process:
    """Start to load; the process leads a group of its own, its workers included."""
    variables = {"ARTICLE_ETL_MONGO_URI": uri, "ARTICLE_ETL_DATABASE": database}
    if config is not None:
        variables["ARTICLE_ETL_CONFIG"] = str(config)
    return command(["load", *map(str, paths), "--json"], home, variables)


def command(arguments: Sequence[str], home: Path, variables: dict[str, str]) -> Process:
    """Start a command; the process leads a group of its own, its workers included."""
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *arguments],
        cwd=PROJECT,
        env=Command(home, variables).environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(process: Process, status: int = 0) -> dict[str, Any]:
    """Wait for the process to end of itself; its report."""
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == status, (process.returncode, stdout, stderr)
    report: dict[str, Any] = orjson.loads(stdout)
    return report


def kill_group(process: Process) -> None:
    """The command, its fork server and its workers, all at once."""
    os.killpg(process.pid, signal.SIGKILL)
    _collect(process)


def kill_parent(process: Process) -> None:
    """The command alone, as the kernel does when memory is short."""
    process.kill()
    _collect(process)


def group(leader: int) -> list[int]:
    """The processes that live in a process group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = stat.read_text(errors="replace").rpartition(") ")[2].split()[:3]
        except OSError:
            continue  # it has just ended
        if int(of) == leader and state not in "ZX":
            found.append(int(stat.parent.name))
    return found


def _collect(process: Process) -> None:
    process.wait(timeout=10)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
