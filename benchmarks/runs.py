"""Runs: one contender loading one dump, measured."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.processes import measured
from benchmarks.server import Server

PRODUCT = Path(sys.executable).with_name("article-etl")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took. Seconds of CPU are user and system time."""

    name: str
    records: int
    seconds: float
    client_cpu: float
    server_cpu: float
    peak_mib: float
    """Of the client's whole process tree; the server's memory is not in it."""
    report: dict[str, Any] = field(default_factory=dict)
    """What the contender itself printed."""

    @property
    def cpu(self) -> float:
        """Of client and server together."""
        return self.client_cpu + self.server_cpu

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class UnsoundRunError(Exception):
    """A run that ended well and did not do what it was to do: its time means nothing."""


class Runner:
    """Runs contenders against the server, and tells about each run as it ends."""

    def __init__(
        self, server: Server, folder: Path, tell: Callable[[Run], object] = lambda run: None
    ) -> None:
        self.server = server
        self.folder = folder
        self._tell = tell

    def run(
        self, name: str, records: int, command: Sequence[str], environment: dict[str, str] | None = None
    ) -> Run:
        """One run of a command, when the server has come to rest."""
        self.server.settle()
        server_cpu = self.server.cpu()
        log = self.folder / f"{name}.log"
        usage = measured(command, {**self.server.environment, **(environment or {})}, log)
        server_cpu = self.server.cpu() - server_cpu
        report = _last_object(usage.output)
        # A contender that reads its documents beforehand times itself.
        run = Run(
            name,
            records,
            seconds=report["seconds"] if "server_cpu" in report else usage.seconds,
            client_cpu=report.get("client_cpu", usage.cpu),
            server_cpu=report.get("server_cpu", server_cpu),
            peak_mib=usage.peak_mib,
            report=report,
        )
        self._tell(run)
        return run

    def module(self, name: str, records: int, module: str, *arguments: str | Path) -> Run:
        """A contender of ours: `python -m benchmarks.MODULE ARGUMENTS`."""
        return self.run(name, records, [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)])

    def product(self, name: str, records: int, *paths: Path, skipped: int = 0) -> Run:
        """`article-etl load PATHS --json`; its books are held against what the dump has.

        Raises:
            UnsoundRunError: records are missing or were rejected.
        """
        home = {"ARTICLE_ETL_HOME": str(self.folder / "home")}
        run = self.run(name, records, [str(PRODUCT), "load", *map(str, paths), "--json"], home)
        report = run.report
        expected = 0 if skipped else records
        if report["rejected"] or report["read"] != expected or report["dumps"]["skipped"] != skipped:
            raise UnsoundRunError(f"{name}: {records} records, but the books say {report}")
        return run


def _last_object(output: str) -> dict[str, Any]:
    lines = output.strip().splitlines()
    if not lines or not lines[-1].startswith("{"):
        return {}
    found = json.loads(lines[-1])
    return found if isinstance(found, dict) else {}


def timestamp() -> str:
    """Now, in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
