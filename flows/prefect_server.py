"""A Prefect server of our own, on loopback, for as long as somebody uses it.

Commands that run at the same time share it, like the embedded MongoDB (`etl.processes`): an
`article-etl nightly` shows up in the UI of an `article-etl up`. Its history lies under the data folder:

    home/prefect/          PREFECT_HOME: the database of runs, logs and artifacts
      server.log           what the server printed; `server.log.1` is the one before
      run/                 locks and state of the shared process
"""

import importlib
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from etl.processes import ServerError, SharedServer, State, free_port, port_is_free

_START_SECONDS = 120
"""The first start of a home makes the database: 12 s on an idle machine. Later ones take 3.5 s."""

_STOP_SECONDS = 10

_DRAIN_SECONDS = 5
"""A server that is there takes what is left in a fraction of a second."""

_LOG_BYTES = 8 << 20

# The server is 3 s of imports that make much and drop little: with the collector's usual thresholds
# a sixth of that time goes into looking for garbage.
_MAIN = (
    "import gc, runpy; gc.set_threshold(50_000, 50, 50); "
    "runpy.run_module('prefect', run_name='__main__', alter_sys=True)"
)

# Settings of a user's own Prefect, which are not meant for ours.
_FOREIGN = ("PREFECT_PROFILE", "PREFECT_API_KEY", "PREFECT_API_AUTH_STRING", "PREFECT_PROFILES_PATH")


def prefect_environment(home: Path, api_url: str) -> dict[str, str]:
    """The variables for a process that talks to our server; to be set before `prefect` is imported.

    `home` is the data folder. Telemetry and promotion are off, and loopback goes through no proxy.
    """
    loopback = ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1,localhost"]))
    return {
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_API_URL": api_url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "etl",  # what `etl` logs is shown with the run
        # Of what is logged beside a flow run, such as by a worker thread, only the console hears.
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_ROOT_LEVEL": "INFO",
        "NO_PROXY": loopback,
        "no_proxy": loopback,
    }


def running(home: Path) -> str | None:
    """The API's URL of the server that runs for this data folder; None where none answers."""
    state = _shared(home).state()
    return state.facts["api_url"] if state and _healthy(state.facts["api_url"]) else None


class PrefectServer:
    """A Prefect server for the data folder `home`, for as long as this object is entered."""

    def __init__(
        self, home: Path, *, port: int | None = None, meanwhile: Callable[[str], None] | None = None
    ) -> None:
        """Nothing is started yet.

        Args:
            home: The data folder.
            port: Where the API and the UI are served, if this object is the one that starts the
                server; the port of the last time, or any free one, when None.
            meanwhile: Called once with the API's URL while the server starts, which takes seconds.
        """
        self.home = home
        self._port = port
        self._meanwhile = meanwhile
        self._server = _shared(home)
        self._state: State | None = None

    @property
    def api_url(self) -> str:
        """Such as `http://127.0.0.1:21812/api`; the UI is at the same address without `/api`."""
        if self._state is None:
            raise ServerError("the Prefect server is not started")
        return self._state.facts["api_url"]

    @property
    def pid(self) -> int | None:
        """The server's process id; None where it is not running."""
        return self._server.pid()

    def __enter__(self) -> Self:
        """Start the server, or join the one that runs already; its API answers on return.

        Raises:
            ServerError: it does not start; the text has the end of its log.
        """
        self._state = self._server.join(self._start_or_join)
        self._use_the_time(self._state)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the server; the last one to leave stops it."""
        self._state = None
        self._server.leave(_STOP_SECONDS)

    def _start_or_join(self, state: State | None) -> State:
        if state is None:
            state = self._start()
            self._use_the_time(state)
        self._await_health(state)
        return state

    def _use_the_time(self, state: State) -> None:
        if self._meanwhile:
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile(state.facts["api_url"])

    def _start(self) -> State:
        folder = self.home / "prefect"
        log = folder / "server.log"
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(folder / "server.log.1")
        port = self._port or self._last_port() or free_port()
        if not port_is_free(port):
            raise ServerError(f"port {port} of 127.0.0.1 is taken; choose another for the Prefect server")
        api_url = f"http://127.0.0.1:{port}/api"
        start = log.stat().st_size if log.exists() else 0
        facts = {"api_url": api_url, "port": str(port), "log_start": str(start)}
        address = ["--host", "127.0.0.1", "--port", str(port)]
        command = [sys.executable, "-c", _MAIN, "server", "start", *address]
        return self._server.launch(command, facts, log, _server_environment(self.home, api_url))

    def _last_port(self) -> int | None:
        """The one of last time, where it is free: people keep the UI's address."""
        last = self._server.recorded()
        port = int(last.facts["port"]) if last else None
        return port if port and port_is_free(port) else None

    def _await_health(self, state: State) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not _healthy(state.facts["api_url"]):
            if self._server.pid() is None:
                status = self._server.exit_status()
                how = "" if status is None else f" with status {status}"
                raise self._failure(state, f"ended{how} before it was ready")
            if time.monotonic() > deadline:
                raise self._failure(state, f"was not ready after {_START_SECONDS} s")
            time.sleep(0.05)

    def _failure(self, state: State, trouble: str) -> ServerError:
        log = self.home / "prefect" / "server.log"
        with log.open("rb") as file:
            file.seek(int(state.facts["log_start"]))
            lines = file.read().decode(errors="replace").strip().split("\n")
        said = "\n".join(line[:300] for line in lines[-15:])
        return ServerError(f"the Prefect server {trouble}. The end of {log}:\n{said}")


@contextmanager
def prefect_server(home: Path, *, port: int | None = None) -> Iterator[str]:
    """A Prefect server for this process's flows, and its API's URL; `port` is as for `PrefectServer`.

    A server that the user has set by `PREFECT_API_URL` is used as it is. Enter it before `prefect` is
    imported: the import happens here, while the server starts.
    """
    configured = os.environ.get("PREFECT_API_URL")
    if configured:
        yield configured
        return
    before = dict(os.environ)
    late = "prefect" in sys.modules

    def import_prefect(api_url: str) -> None:
        _apply(prefect_environment(home, api_url))
        importlib.import_module("prefect.main")

    try:
        with PrefectServer(home, port=port, meanwhile=import_prefect) as server, ExitStack() as stack:
            if late:
                # It read the environment when it was imported, and is told the server's address like this.
                from prefect.settings import PREFECT_API_URL, temporary_settings

                stack.enter_context(temporary_settings({PREFECT_API_URL: server.api_url}))
            stack.callback(drain)
            yield server.api_url
    finally:
        os.environ.clear()
        os.environ.update(before)


def _apply(variables: Mapping[str, str]) -> None:
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ.update(variables)


def drain() -> None:
    """Send what this process still has to say (logs, events) while the server is there to hear it.

    Gives up after some seconds: the server may be gone.
    """
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=_DRAIN_SECONDS)


def _server_environment(home: Path, api_url: str) -> dict[str, str]:
    # A user's own PREFECT_ settings may speak of another server's database, port or services.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    ours = {
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_ROOT_LEVEL": "WARNING",  # else its log has some lines a second, on nothing
        # How soon the next runs of a deployment that was served anew are there to be seen; a minute else.
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "10",
    }
    return inherited | prefect_environment(home, api_url) | ours


def _healthy(api_url: str) -> bool:
    # The environment's proxies are not for loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{api_url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _shared(home: Path) -> SharedServer:
    return SharedServer(home / "prefect" / "run", "the Prefect server")
