"""A shared server process: started by the first, joined, and stopped by the last. A script stands for it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.processes import ServerError, SharedServer, State, free_port, port_is_free, runs

HOLDER = """
import sys
from pathlib import Path
from etl.processes import SharedServer

folder, script = Path(sys.argv[1]), sys.argv[2]
server = SharedServer(folder, "the test server")
begin = lambda state: state or server.launch([script, "serve"], {}, folder / "log")
server.join(begin)
print(server.pid(), flush=True)
sys.stdin.readline()
server.leave()
"""


def gone(pid: int) -> bool:
    """Whether the process has ended; whoever adopted it may be slow to collect it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] in "ZX"
    except FileNotFoundError:
        return True


def alive(group: int | None = None, command: str = "") -> int:
    """How many processes of the group there are, or how many of the command lead a group of their own.

    Zombies do not count.
    """
    found = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(") ")[2].split()
            line = (folder / "cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode()
        except OSError:
            continue
        wanted = int(stat[2]) == group if group else stat[2] == folder.name and line.endswith(command)
        found += wanted and stat[0] not in "ZX"
    return found


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "server with a blank"
    path.write_text("#!/bin/sh\nsleep 60 &\nwhile :; do sleep 0.1; done\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SharedServer]:
    shared = SharedServer(tmp_path / "shared", "the test server")
    yield shared
    with shared.starting():
        shared.stop()


def start(server: SharedServer, script: str) -> int:
    server.join(lambda state: state or server.launch([script, "serve"], {"port": "1"}, server.folder / "log"))
    pid = server.pid()
    assert pid is not None
    return pid


def hold(server: SharedServer, script: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, str(server.folder), script]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def told(holder: subprocess.Popen[str]) -> int:
    assert holder.stdout
    return int(holder.stdout.readline())


def test_the_last_user_to_leave_stops_the_server_and_all_that_it_had_started(
    server: SharedServer, script: str
) -> None:
    pid = start(server, script)
    second = SharedServer(server.folder, "the test server")
    assert start(second, script) == pid
    server.leave()
    assert second.pid() == pid
    second.leave()
    assert second.state() is None
    assert alive(group=pid) == 0


def test_processes_that_come_at_once_start_one_server_and_leave_none(
    server: SharedServer, script: str
) -> None:
    holders = [hold(server, script) for _ in range(3)]
    pids = {told(holder) for holder in holders}
    assert len(pids) == 1
    for holder in holders:
        holder.communicate("\n", timeout=20)
        assert holder.returncode == 0
    assert gone(pids.pop())


def test_the_server_of_a_killed_user_is_found_and_stopped_by_the_next(
    server: SharedServer, script: str
) -> None:
    holder = hold(server, script)
    pid = told(holder)
    holder.kill()
    holder.communicate()
    assert not gone(pid)
    assert start(server, script) == pid
    server.leave()
    assert gone(pid)


def test_a_user_killed_at_any_moment_of_the_start_never_leads_to_a_second_server(
    server: SharedServer, script: str
) -> None:
    for delay in (0.0, 0.002, 0.004, 0.008, 0.02):
        holder = hold(server, script)
        while not server.folder.joinpath("server.json").exists():
            time.sleep(0.0005)
        time.sleep(delay)
        holder.kill()
        holder.communicate()
        start(server, script)
        assert alive(command=f"{script} serve") == 1
        server.leave()
        server.folder.joinpath("server.json").unlink()


def test_a_server_that_is_to_stay_outlives_its_users(server: SharedServer, script: str) -> None:
    pid = start(server, script)
    with server.starting():
        server.keep()
    server.leave()
    assert server.pid() == pid
    second = SharedServer(server.folder, "the test server")
    start(second, script)
    second.leave()
    assert server.pid() == pid
    with server.starting():
        server.stop()
    assert gone(pid)


@pytest.mark.parametrize("stale", [2**22 - 1, os.getpid()], ids=["nobody", "somebody else"])
def test_a_pid_counts_only_while_it_has_the_recorded_command(
    server: SharedServer, script: str, stale: int
) -> None:
    start(server, script)
    state = (server.folder / "server.json").read_bytes()
    server.leave()
    (server.folder / "server.json").write_bytes(state)
    (server.folder / "server.pid").write_text(f"{stale}\n")
    assert server.pid() is None
    assert start(server, script) != stale
    assert not gone(os.getpid())


@pytest.mark.parametrize("text", ["", "{", '{"command": 1}'])
def test_a_damaged_state_file_is_as_good_as_none(server: SharedServer, script: str, text: str) -> None:
    server.folder.mkdir()
    (server.folder / "server.json").write_text(text)
    (server.folder / "server.pid").write_text(text)
    assert server.state() is None
    start(server, script)


def test_a_start_that_fails_leaves_no_user_and_no_process_behind(server: SharedServer, script: str) -> None:
    pids = []

    def begin(state: State | None) -> State:
        server.launch([script, "serve"], {}, server.folder / "log")
        pids.append(server.pid())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        server.join(begin)
    assert server.pid() is None
    assert pids[0] is not None
    assert gone(pids[0])
    start(server, script)


def test_how_a_server_ended_is_known_to_the_one_that_launched_it(
    server: SharedServer, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no good >&2\nexit 7\n")
    broken.chmod(0o755)
    server.folder.mkdir()
    with server.starting():
        server.launch([str(broken)], {}, server.folder / "log")
    deadline = time.monotonic() + 5
    while server.exit_status() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.exit_status() == 7
    assert (server.folder / "log").read_text() == "no good\n"


def test_a_server_that_ignores_the_polite_signal_is_killed(server: SharedServer, tmp_path: Path) -> None:
    deaf = tmp_path / "deaf"
    deaf.write_text("#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.1; done\n")
    deaf.chmod(0o755)
    pid = start(server, str(deaf))
    time.sleep(0.2)  # the trap is its first line
    server.leave(patience=0.3)
    assert gone(pid)


def test_waiting_for_another_command_ends_with_a_message(server: SharedServer) -> None:
    other = SharedServer(server.folder, "the test server")
    with (
        server.starting(),
        pytest.raises(ServerError, match="another command has been starting"),
        other.starting(patience=0.1),
    ):
        pass


def test_the_server_has_a_session_of_its_own_and_holds_no_lock(server: SharedServer, script: str) -> None:
    pid = start(server, script)
    assert os.getsid(pid) == pid
    # Until it has become the server, the new process holds the start lock on purpose.
    deadline = time.monotonic() + 20
    while any(name.endswith(".lock") for name in open_files(pid)):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def open_files(pid: int) -> list[str]:
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed in between
            found.append(str(link.readlink()))
    return found


def test_a_port_that_is_taken_is_not_free() -> None:
    port = free_port()
    assert port_is_free(port)
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", port))
        assert not port_is_free(port)


def test_a_zombie_does_not_run() -> None:
    child = subprocess.Popen(["/bin/sleep", "60"])
    assert runs(child.pid, ["sleep", "60"])
    child.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while not gone(child.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not runs(child.pid, ["sleep", "60"])
    child.wait()
