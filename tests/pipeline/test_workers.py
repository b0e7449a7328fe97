"""Worker processes forked from the process that runs a load."""

import gc
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.errors import StoreError
from etl.pipeline.workers import collect_seldom, forked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")

HOST = """
import os, sys, time
from etl.pipeline.workers import at_work, forked

with forked(2) as workers:
    print(*workers._pool._processes, flush=True)
    {body}
"""


@pytest.fixture
def hosts() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def host(hosts: list[subprocess.Popen[str]], body: str) -> tuple[subprocess.Popen[str], list[int]]:
    """A process with two workers that does `body`, and the workers' process ids."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOST.format(body=body)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    hosts.append(process)
    assert process.stdout is not None
    workers = [int(pid) for pid in process.stdout.readline().split()]
    assert len(workers) == 2
    return process, workers


def gone(pids: list[int], patience: float = 30) -> bool:
    """Whether all of these processes have ended, or do within some seconds."""
    until = time.monotonic() + patience
    while any(running(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def test_workers_are_children_of_the_process_itself(hosts: list[subprocess.Popen[str]]) -> None:
    process, workers = host(hosts, "time.sleep(60)")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert sorted(map(int, children)) == sorted(workers)  # and no fork server, no tracker beside them


def test_workers_end_with_the_block(hosts: list[subprocess.Popen[str]]) -> None:
    process, workers = host(hosts, "pass")
    assert process.wait(30) == 0
    assert gone(workers)


def test_workers_end_when_their_process_is_killed(hosts: list[subprocess.Popen[str]]) -> None:
    process, workers = host(hosts, "time.sleep(60)")
    os.kill(process.pid, signal.SIGKILL)
    assert gone(workers)


def test_ctrl_c_is_for_the_process_alone_to_answer(hosts: list[subprocess.Popen[str]]) -> None:
    _, workers = host(hosts, "time.sleep(60)")
    until = time.monotonic() + 30
    while not all(map(ignores_ctrl_c, workers)):
        assert time.monotonic() < until
        time.sleep(0.02)


def ignores_ctrl_c(pid: int) -> bool:
    (ignored,) = (
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigIgn:")
    )
    return bool(int(ignored.split()[1], 16) >> (signal.SIGINT - 1) & 1)


def test_a_worker_killed_from_outside_is_no_fault_of_the_data(
    hosts: list[subprocess.Popen[str]],
) -> None:
    body = "\n    ".join(
        (
            "with at_work(workers):",
            "    os.kill(next(iter(workers._pool._processes)), 9)",
            "    for _ in range(1000):",
            "        workers._pool.submit(os.getpid).result()",
            "        time.sleep(0.01)",
        )
    )
    process, workers = host(hosts, body)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"{StoreError.__name__}: a worker process was killed" in errors
    assert gone(workers)


def test_a_process_with_threads_is_not_forked() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with forked(2) as workers:
            assert workers is None
    finally:
        done.set()
        thread.join()


def test_a_worker_looks_for_garbage_among_new_objects_alone() -> None:
    thresholds = gc.get_threshold()
    try:
        collect_seldom()
        assert gc.get_freeze_count() > 10_000  # the modules and what they hold
        assert gc.isenabled()  # cycles are still found, only later
        assert gc.get_threshold() > thresholds
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)


BUFFERS = """
import os
import resource
from pathlib import Path
from etl.pipeline.workers import keep_middling_buffers

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20

{call}
bytearray(30 << 20)  # freed at once
before = held()
large, between = [], []
for _ in range(8):
    large.append(b"x" * (5 << 20))
    between.append(b"y" * 2000)
large.clear()
print(held() - before)
for round in range(40):
    if round == 10:
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    block = [b"x" * (3 << 19) for _ in range(3)]
    del block
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others give them back anyway")
def test_large_buffers_of_a_worker_go_back_to_the_system_and_those_of_a_block_are_used_again() -> None:
    held, faults = {}, {}
    for call in ("", "keep_middling_buffers()"):
        said = subprocess.check_output([sys.executable, "-c", BUFFERS.format(call=call)], text=True)
        held[call], faults[call] = map(int, said.split())
    assert held[""] > 10, held  # MiB, of 40
    assert held["keep_middling_buffers()"] <= 2, held
    assert faults["keep_middling_buffers()"] < 100, faults  # pages, of 34,000


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_fork_server_outlives_a_sigterm_to_every_process_of_the_run() -> None:
    said = (
        "from multiprocessing import forkserver; from etl.pipeline.workers import start_importing; "
        "start_importing(); print(forkserver._forkserver._forkserver_pid, flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", said], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    server = int(process.stdout.readline())
    blocked = Path(f"/proc/{server}/status").read_text().split("SigBlk:")[1].split()[0]
    assert int(blocked, 16) & 1 << (signal.SIGTERM - 1)
    process.communicate("\n", timeout=30)
