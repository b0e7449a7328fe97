"""The command `article-etl`, run as users run it: in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

PROJECT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("ARTICLE_ETL_SHARED", PROJECT / "../shared")).resolve()


class Command(msgspec.Struct, frozen=True):
    """`article-etl` with a data folder of its own."""

    home: Path
    variables: dict[str, str] = {}

    def environment(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("ARTICLE_ETL_", "PREFECT_"))}
        return {**clean, "ARTICLE_ETL_HOME": str(self.home), "COLUMNS": "160", **self.variables}

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "flows.cli", *arguments],
            cwd=PROJECT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, status: int = 0) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments)
        stdout, stderr = process.communicate(timeout=280)
        assert process.returncode == status, f"{arguments}: {process.returncode}\n{stdout}\n{stderr}"
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    def json(self, *arguments: str, status: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run(*arguments, status=status).stdout)
        return found

    def lines(self, *arguments: str, status: int = 0) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*arguments, status=status).stdout.splitlines()]
