"""What a command and all the processes that it starts take: time, CPU, memory. Linux only.

CPU comes from the kernel's own accounts of ended processes, so that nothing short-lived is missed; those
whose parent ended first are handed to us, as we ask to be the reaper of orphans.
"""

import ctypes
import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Usage:
    """What one command took."""

    seconds: float
    """From its start to its end."""
    cpu: float
    """Seconds of user and system time of the command and its descendants."""
    peak_mib: float
    """Largest sample of the sum of their proportional set sizes (PSS): memory they share counts once."""
    output: str
    """Its standard output."""


class CommandError(Exception):
    """A measured command failed; the text has its status and the end of what it said."""


def measured(
    command: Sequence[str], environment: Mapping[str, str], log: Path, sample_seconds: float = 0.25
) -> Usage:
    """Run a command to its end and say what it took; its standard error goes to the file `log`.

    Raises:
        CommandError: it ended with another status than 0.
    """
    _become_reaper()
    others = children(os.getpid())
    with log.open("wb") as errors, log.with_suffix(".out").open("w+b") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=output, stderr=errors, stdin=subprocess.DEVNULL
        )
        peak = _watch(process.pid, sample_seconds)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
        for orphan in children(os.getpid()) - others:
            usage = os.wait4(orphan, 0)[2]
            cpu += usage.ru_utime + usage.ru_stime
        output.seek(0)
        said = output.read().decode(errors="replace")
    if process.returncode:
        ending = log.read_text(errors="replace")[-2000:]
        raise CommandError(f"{' '.join(command)} ended with status {process.returncode}:\n{said}\n{ending}")
    return Usage(seconds, cpu, peak / 1024, said)


def cpu_of(pid: int) -> float:
    """CPU seconds, user and system, that a running process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def children(pid: int) -> set[int]:
    """Process ids of a process's children."""
    found: set[int] = set()
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found.update(map(int, (task / "children").read_text().split()))
    except OSError:
        pass  # it has just ended
    return found


def _watch(pid: int, sample_seconds: float) -> int:
    """Wait for the end of a process; the largest sample of the KiB that it and its descendants hold."""
    peak = 0
    handle = os.pidfd_open(pid)
    try:
        ended = select.poll()
        ended.register(handle, select.POLLIN)
        while not ended.poll(sample_seconds * 1000):
            peak = max(peak, _tree_kib(pid))
    finally:
        os.close(handle)
    return peak


def _tree_kib(pid: int) -> int:
    return _kib(pid) + sum(map(_tree_kib, children(pid)))


def _kib(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass  # it has just ended
    return 0


def _become_reaper() -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")
