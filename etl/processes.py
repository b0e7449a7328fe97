"""A server process of our own that several commands use at the same time.

The first command starts it, later ones join it, and the last one to leave stops it. Whoever is killed
leaves nothing to clean up: the next command finds the server by its state file and stops it in its turn.

    folder/
      start.lock     flock, exclusive: held while somebody starts, joins or stops the server
      users.lock     flock, shared: held by each command for as long as it uses the server
      server.json    State: the command line, and facts such as the port
      server.pid     written by the new process itself, just before it becomes the server

The kernel drops a lock with its holder, so neither lock can be left behind by a crash. A pid counts only
while a process of that pid has the recorded command line: a rebooted machine or a reused pid is seen.
"""

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from etl.errors import ArticleEtlError

# The child holds the start lock as its standard input until it is the server: if we are killed in
# between, the next command waits for the pid file instead of starting a second server.
_BECOME_SERVER = 'echo "$$" > "$0" && exec "$@" < /dev/null'


class _Child(subprocess.Popen[bytes]):
    def __del__(self) -> None:
        """Nothing to warn about: a server may outlive the command that started it."""


_children: list[_Child] = []
"""Servers that this process started, kept so that they are collected when they end."""


class ServerError(ArticleEtlError):
    """A server of our own did not start, or could not be joined or stopped."""


class State(msgspec.Struct, frozen=True):
    """What `server.json` says of the server that was started last."""

    command: list[str]
    facts: dict[str, str]
    """What users of it need to know, such as the port; never a secret."""
    stays: bool = False
    """Whether it goes on when its last user leaves."""


class SharedServer:
    """One server in one folder; several such objects, in any process, stand for the same server."""

    def __init__(self, folder: Path, name: str) -> None:
        """`folder` is made when it is not there; `name` is for messages, such as `the embedded MongoDB`."""
        self.folder = folder
        self.name = name
        self._users: int | None = None
        self._start_lock = -1
        self._child: _Child | None = None

    @contextmanager
    def starting(self, patience: float = 150) -> Iterator[None]:
        """Hold the start lock; nobody else starts, joins or stops the server meanwhile.

        Raises:
            ServerError: others kept it for `patience` seconds, or the folder cannot be used.
        """
        self._start_lock = descriptor = self._open("start.lock")
        try:
            deadline = time.monotonic() + patience
            while not _flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB):
                if time.monotonic() > deadline:
                    raise ServerError(
                        f"another command has been starting or stopping {self.name} in {self.folder} "
                        f"for over {patience:.0f} s; end it, then try again"
                    )
                time.sleep(0.02)
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def join(self, begin: Callable[[State | None], State]) -> State:
        """Become a user of the server, which `begin` starts or finds ready.

        `begin` is given the running server's state, or None where none is running, and returns the
        state of the server to be used; it holds the start lock meanwhile. Where it raises, all is as before.
        """
        with self.starting():
            if self._users is None:
                self._users = self._open("users.lock")
                _flock(self._users, fcntl.LOCK_SH)
            try:
                return begin(self.state())
            except BaseException:
                self._leave()
                raise

    def leave(self, patience: float = 60) -> None:
        """Cease to be a user; the last one stops the server, unless it is to stay.

        `patience` is how many seconds the server has for its own stop, before it is killed.
        """
        with self.starting():
            self._leave(patience)

    def _leave(self, patience: float = 60) -> None:
        if self._users is None:
            return
        last = _flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(self._users, fcntl.LOCK_UN)
        os.close(self._users)
        self._users = None
        state = self.state()
        if last and not (state and state.stays):
            self.stop(patience)

    def state(self) -> State | None:
        """The running server's state; None where none is running."""
        return self.recorded() if self.pid() is not None else None

    def recorded(self) -> State | None:
        """The state of the server that was started last, running or not."""
        try:
            return msgspec.json.decode((self.folder / "server.json").read_bytes(), type=State)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def pid(self) -> int | None:
        """The running server's process id; None where none is running."""
        state = self.recorded()
        try:
            pid = int((self.folder / "server.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if state is not None and runs(pid, state.command) else None

    def launch(
        self,
        command: Sequence[str],
        facts: Mapping[str, str],
        log: Path,
        env: Mapping[str, str] | None = None,
    ) -> State:
        """Start the server, in a session of its own so that Ctrl-C in the terminal is for us alone.

        Call it while `starting`. Standard output and error are appended to `log`.
        """
        self.folder.joinpath("server.pid").unlink(missing_ok=True)
        state = State(command=list(command), facts=dict(facts))
        self._write(state)
        argv = ["/bin/sh", "-c", _BECOME_SERVER, str(self.folder / "server.pid"), *command]
        with log.open("ab") as output:
            self._child = _Child(
                argv, stdin=self._start_lock, stdout=output, stderr=output, env=env, start_new_session=True
            )
        _children.append(self._child)
        while self.pid() is None and self._child.poll() is None:
            time.sleep(0.001)
        return state

    def exit_status(self) -> int | None:
        """How the server that this object launched has ended, negative for a signal; None where unknown."""
        return self._child.poll() if self._child else None

    def keep(self) -> None:
        """Let the running server stay when its last user leaves. Call it while `starting`."""
        state = self.recorded()
        if state is not None:
            self._write(msgspec.structs.replace(state, stays=True))

    def stop(self, patience: float = 60) -> None:
        """Stop the server and all of its process group; nothing happens where none is running.

        Call it while `starting`. After `patience` seconds it is killed.

        Raises:
            ServerError: it is still there.
        """
        pid = self.pid()
        if pid is None and self._child is not None and self._child.poll() is None:
            pid = self._child.pid
        if pid is not None:
            _signal_group(pid, signal.SIGTERM)
            if not _gone(pid, patience):
                _signal_group(pid, signal.SIGKILL)
                if not _gone(pid, 10):
                    raise ServerError(f"{self.name} (process {pid}) does not stop; end it by hand")
            _signal_group(pid, signal.SIGKILL)  # what the server itself had started
        self.folder.joinpath("server.pid").unlink(missing_ok=True)
        _children[:] = [child for child in _children if child.poll() is None]

    def _write(self, state: State) -> None:
        fresh = self.folder / "server.json.new"
        fresh.write_bytes(msgspec.json.encode(state))
        fresh.replace(self.folder / "server.json")

    def _open(self, name: str) -> int:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self.folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ServerError(
                f"{self.name} cannot use the folder {self.folder}: {error.strerror}; "
                "choose another data folder with ARTICLE_ETL_HOME"
            ) from error


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses at this moment.

    It lies below the ports that systems give to outgoing connections, for it may be used again tomorrow.
    """
    for _ in range(100):
        port = secrets.choice(range(20_000, 32_000))
        if port_is_free(port):
            return port
    raise ServerError("no free port on 127.0.0.1 between 20000 and 32000")


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        # As servers do; else a connection that has just ended would keep the port taken for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def runs(pid: int, command: Sequence[str]) -> bool:
    """Whether the process `pid` was started by `command` and is alive (a zombie is not).

    The arguments decide: a script in the program's place may have become the program meanwhile.
    """
    arguments = command[1:]
    if not _HAS_PROC:
        return _ps(pid, "command").endswith(" " + " ".join(arguments))
    deadline = time.monotonic() + 0.5
    while True:
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        if line:
            return line.endswith(b"".join(b"\0" + os.fsencode(part) for part in arguments) + b"\0")
        # Empty for a moment while a process becomes another program, and from its end on.
        if not _exists(pid) or time.monotonic() > deadline:
            return False
        time.sleep(0.001)


def _gone(pid: int, patience: float) -> bool:
    """Wait until the process has given back all that it held, its files and ports included."""
    deadline = time.monotonic() + patience
    while _exists(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _exists(pid: int) -> bool:
    for child in _children:
        if child.pid == pid:
            return child.poll() is None  # it is also collected by this
    if not _HAS_PROC:
        return _ps(pid, "stat").rstrip("+")[:1] not in ("", "Z")
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return False
    return stat.rpartition(") ")[2][:1] not in ("Z", "X")


_HAS_PROC = Path("/proc/self/cmdline").exists()


def _ps(pid: int, column: str) -> str:
    listing = subprocess.run(  # noqa: S603 - a number is all that is put in
        ["/bin/ps", "-ww", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listing.stdout.strip()


def _flock(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation)
    except BlockingIOError:
        return False
    except OSError as error:
        raise ServerError(
            f"the data folder is on a file system without locks ({error.strerror}); "
            "choose a folder on a local disk with ARTICLE_ETL_HOME"
        ) from error
    return True


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass  # gone already (macOS says "not permitted" of a group of zombies)
