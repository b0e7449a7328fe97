"""The command, run again and again in processes of its own, each with its time and memory.

`python -m tests.bad_inputs.measured` imports the command once and forks for each line of JSON that it
reads: importing it anew for each of some hundred cases would cost more than all of them.
"""

import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from tests.command import PROJECT

CPU_SECONDS = 10
"""What a process may use before the system ends it."""
MOST_MEBIBYTES = 300
"""What a process may hold in memory, at any bad input."""
_WALL_SECONDS = 60
"""After which a process hangs. Far more than the former, for the machine may be busy."""


class Measured(msgspec.Struct, frozen=True):
    """What a command said, and what it cost."""

    status: int
    """Exit status; negative where a signal ended it."""
    stdout: bytes
    stderr: str
    seconds: float
    """CPU time of the process and those that it waited for."""
    mebibytes: float
    """Most memory that it, or one of those, held at once."""

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stdout.split(b"\n") if line]


class Commands:
    """The process that forks; a context manager."""

    def __enter__(self) -> "Commands":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bad_inputs.measured"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=_WALL_SECONDS)

    def run(self, *arguments: str, vanishing: Path | None = None, **environment: str) -> Measured:
        """Run `article-etl` with these arguments and this environment.

        Args:
            arguments: Of the command.
            vanishing: A file that is deleted once the command has listed its dumps.
            environment: Variables.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            asked = {
                "arguments": arguments,
                "environment": environment,
                "out": str(out),
                "err": str(err),
                "vanishing": vanishing and str(vanishing),
            }
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
            stderr = err.read_text(encoding="utf-8", errors="backslashreplace")
            return Measured(stdout=out.read_bytes(), stderr=stderr, **answer)


def _serve() -> None:
    import flows.cli

    for name in ("etl.pipeline.run", "flows.cli.inspect", "flows.cli.load", "flows.workshop"):
        importlib.import_module(name)  # once for all commands
    for asked in map(json.loads, sys.stdin.buffer):
        child = os.fork()
        if child == 0:
            _become(flows.cli.run, asked)
        answer = _waited_for(child)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _become(main: Any, asked: dict[str, Any]) -> None:
    status = 70
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT, 0o600), number)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        os.environ.update(asked["environment"], COLUMNS="200")
        if asked["vanishing"]:
            _delete_once_listed(asked["vanishing"])
        sys.argv = ["article-etl", *map(os.fsdecode, asked["arguments"])]
        main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _delete_once_listed(path: str) -> None:
    """Let the commands of this process find the file, and then not find it."""
    import flows.cli.inspect
    import flows.cli.load

    for command in (flows.cli.inspect, flows.cli.load):
        command.find_dumps = partial(_listed, command.find_dumps, path)


def _listed(find: Any, path: str, *arguments: Any, **named: Any) -> list[Any]:
    found = list(find(*arguments, **named))
    Path(path).unlink()
    return found


def _waited_for(child: int) -> dict[str, Any]:
    deadline = time.monotonic() + _WALL_SECONDS
    while True:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        if ended:
            return {
                "status": os.waitstatus_to_exitcode(status),
                "seconds": round(usage.ru_utime + usage.ru_stime, 2),
                "mebibytes": round(usage.ru_maxrss / 1024, 1),
            }
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.01)


if __name__ == "__main__":
    _serve()
