"""The services of docker-compose.yml as processes of this machine, as alike to containers as it allows.

Each runs the command, environment, user, mounts and secrets that the file gives it, on a read-only root,
with no capability, in a network of its own where services are found by their names. What differs: the
images' programs are this machine's (the wheel's mongod, Debian's Postgres, the tests' Python), all
services share one loopback, memory limits and the engine's restarts are not there.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from etl.load.mongod_binary import find_mongod
from tests.command import PROJECT
from tests.compose.composefile import compose, image
from tests.waiting import PATIENCE_SECONDS

ENTER = Path(__file__).with_name("enter.py")
_UP = (
    "import fcntl, socket, struct, time; "
    "fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh14x', b'lo', 0x41)); "
    "print(flush=True); time.sleep(1e6)"
)
"""Raise loopback in the new network, say so, and keep it."""


def postgres_programs() -> Path | None:
    """The folder with `postgres` and `initdb`."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def missing() -> str | None:
    """Why there can be no such container here; None where there can."""
    if os.geteuid() != 0:
        return "needs root, for namespaces"
    if PROJECT.is_relative_to("/tmp"):
        return f"the checkout lies at {PROJECT}, and each container has a /tmp of its own"
    for program in ("unshare", "nsenter", "setpriv"):
        if not shutil.which(program):
            return f"needs {program} (util-linux)"
    tried = subprocess.run(
        ["unshare", "--net", "--pid", "--mount", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        return f"namespaces are not allowed here: {tried.stderr.strip()}"
    return None if postgres_programs() else "needs Postgres: apt-get install postgresql"


class Stack:
    """All services, from `up` until the end of the `with` block, which leaves no process behind."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self.file = compose(variables)
        self.started: dict[str, subprocess.Popen[bytes]] = {}
        self._ready: set[str] = set()
        self._count = 0

    def __enter__(self) -> Self:
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--pid", "--fork", "--kill-child", sys.executable, "-c", _UP],
            stdout=subprocess.PIPE,
        )
        assert self._holder.stdout
        self._holder.stdout.readline()
        pid = self._holder.pid
        self._inside = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]
        names = " ".join(["localhost", *self.file["services"]])
        (self.folder / "hosts").write_text(f"127.0.0.1 {names}\n")
        for user in ("mongo", "postgres", "nobody"):
            (self.folder / f"passwd-{user}").write_text(
                f"root:x:0:0::/:/bin/sh\n{user}:x:999:999::/:/bin/sh\n"
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._holder.kill()  # its child goes with it, and with that one every process of the namespace
        self._holder.communicate()
        for process in self.started.values():
            process.wait(120)

    def log(self, service: str) -> str:
        """What the service printed."""
        return (self.folder / f"{service}.log").read_text(errors="replace")

    def up(self, services: list[str], patience: float = PATIENCE_SECONDS) -> None:
        """Start them in the order that `depends_on` asks for, and wait until all are as it says."""
        deadline = time.monotonic() + patience
        next_look = dict.fromkeys(services, 0.0)
        while not self._ready.issuperset(services):
            for service in services:
                now = time.monotonic()
                found = self.file["services"][service]
                if service not in self.started and self._ready.issuperset(found.get("depends_on", {})):
                    self.start(service)
                elif service in self.started and service not in self._ready and now > next_look[service]:
                    next_look[service] = now + self._start_interval(service)
                    if self.ready(service):
                        self._ready.add(service)
                assert now < deadline, {name: self.log(name)[-3000:] for name in self.started}
            time.sleep(0.1)

    def _start_interval(self, service: str) -> float:
        check = self.file["services"][service].get("healthcheck", {"start_interval": "0s"})
        return float(check["start_interval"].removesuffix("s"))

    def ready(self, service: str) -> bool:
        """Healthy by its own check; or, for the one shot, ended well."""
        status = self.started[service].poll()
        check = self.file["services"][service].get("healthcheck")
        if check is None:
            assert status in (None, 0), self.log(service)
            return status == 0
        assert status is None, f"{service} ended with {status}: {self.log(service)}"
        return self.run(service, check["test"][1:]).returncode == 0

    def start(self, service: str) -> None:
        """The service's own entrypoint and command."""
        found = self.file["services"][service]
        entrypoint = found.get("entrypoint") or self._image(found)["entrypoint"]
        with (self.folder / f"{service}.log").open("ab") as log:
            self.started[service] = subprocess.Popen(
                self._enter(service, [*entrypoint, *found.get("command", [])], f"{service}.pid"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def has(self, service: str, path: str) -> bool:
        """Whether there is such a file in a running service, such as one on its own /tmp."""
        entered = self.started[service].pid
        own = Path(f"/proc/{entered}/task/{entered}/children").read_text().split()  # none in its first moment
        return any(Path(f"/proc/{pid}/root{path}").exists() for pid in own)

    def run(self, service: str, argv: list[str]) -> "subprocess.CompletedProcess[str]":
        """Another command with the service's user, mounts and network, past its entrypoint."""
        command = self._enter(service, argv, "run.pid")
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)

    def entered(self, service: str, *argv: str) -> "subprocess.CompletedProcess[str]":
        """Another command through the service's entrypoint."""
        return self.run(service, [*self._image(self.file["services"][service])["entrypoint"], *argv])

    def stop(self, service: str, patience: float = 120) -> int:
        """SIGTERM and wait; the exit status."""
        pid = (self.folder / f"{service}.pid").read_text()
        signal = {"postgres": "-INT"}.get(service, "-TERM")
        subprocess.run([*self._namespaces(), "kill", signal, pid], check=True)
        self._ready.discard(service)
        return self.started.pop(service).wait(patience)

    def _namespaces(self) -> list[str]:
        return ["nsenter", "--target", self._inside, "--net", "--pid", "--"]

    def _enter(self, service: str, argv: list[str], pidfile: str) -> list[str]:
        found = self.file["services"][service]
        base = self._image(found)
        self._count += 1
        spec = {
            "argv": argv,
            "pidfile": str(self.folder / pidfile),
            "root": str(self._made(f"root-{self._count}")),
            "user": found.get("user") or base["user"],
            "workdir": base["workdir"],
            "environment": {**base["environment"], **found.get("environment", {})},
            "tmpfs": dict(entry.partition(":")[::2] for entry in found["tmpfs"]),
            "binds": [*base["binds"], *self._binds(found)],
            "tools": base["tools"],
            "links": base["links"],
        }
        path = self.folder / f"spec-{self._count}.json"
        path.write_text(json.dumps(spec))
        enter = [sys.executable, "-I", "-S", str(ENTER), str(path)]
        return [*self._namespaces(), "unshare", "--mount", "--propagation", "private", *enter]

    def _made(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path

    def _binds(self, found: Mapping[str, Any]) -> list[dict[str, Any]]:
        # The two servers' images know their users by name, ours knows nobody.
        user = {"999:999": found["image"].split(":")[0]}.get(found.get("user", ""), "nobody")
        binds = [
            {"source": str(self.folder / name), "target": f"/etc/{target}", "writable": False}
            for target, name in (("hosts", "hosts"), ("passwd", f"passwd-{user}"))
        ]
        for secret in found.get("secrets", ()):
            source = PROJECT / self.file["secrets"][secret]["file"]
            binds.append({"source": str(source), "target": f"/run/secrets/{secret}", "writable": False})
        for volume in found.get("volumes", ()):
            if isinstance(volume, dict):
                source, target, mode = volume["source"], volume["target"], "ro" if volume["read_only"] else ""
            else:
                source, target, *rest = volume.split(":")
                mode = "".join(rest)
            if source in self.file["volumes"]:
                # A named volume begins as a copy of the image's folder, which is the user's own.
                uid, gid = map(int, found["user"].split(":"))
                made = self._made(f"volume-{source}")
                os.chown(made, uid, gid)
                source = str(made)
            binds.append({"source": str(PROJECT / source), "target": target, "writable": mode != "ro"})
        return binds

    def _image(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """What is in the service's image, put together from what is on this machine."""
        name = found["image"].split(":")[0]
        system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        programs = {"mongo": find_mongod().parent, "postgres": postgres_programs()}.get(name)
        if programs is not None:
            initdb = PROJECT / "tests/compose/postgres-entrypoint.sh"
            return {
                "environment": {"PATH": f"{programs}:{system}", "PGDATA": "/var/lib/postgresql/data"},
                "binds": [{"source": str(initdb), "target": "/opt/entrypoint.sh", "writable": False}],
                "tools": [str(programs)] if name == "mongo" else [],
                "links": {},
                "user": "0:0",
                "workdir": "/",
                "entrypoint": ["/bin/sh", "/opt/entrypoint.sh"],
            }
        ours = image()
        return {
            "environment": ours.environment,
            "binds": [
                {"source": str(PROJECT / source), "target": target, "writable": False}
                for target, source in ours.copies.items()
            ],
            "tools": sorted({sys.base_prefix, str(PROJECT)}),
            "links": {"/opt/venv": sys.prefix},
            "user": ours.user,
            "workdir": ours.workdir,
            "entrypoint": ours.entrypoint,
        }
