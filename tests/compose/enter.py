"""Become a process of a container: `python enter.py SPEC.json`, as root, in a mount namespace of one's own.

The root is a fresh folder in memory with this machine's system folders, all read-only, and in it what
the specification mounts. Then the user is changed, every capability is dropped, and the command runs.
"""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
READ_ONLY, REMOUNT, BIND = 1, 32, 4096


def mount(source: str, target: Path, kind: str = "none", flags: int = 0, options: str = "") -> None:
    if LIBC.mount(source.encode(), str(target).encode(), kind.encode(), flags, options.encode()):
        raise OSError(
            ctypes.get_errno(), f"cannot mount {source}: {os.strerror(ctypes.get_errno())}", str(target)
        )


def bind(source: str, target: Path, *, writable: bool = False) -> None:
    if Path(source).is_dir():
        target.mkdir(parents=True, exist_ok=True)
    elif not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    mount(source, target, flags=BIND)
    if not writable:
        mount("none", target, flags=REMOUNT | BIND | READ_ONLY)


def main() -> None:
    spec = json.loads(Path(sys.argv[1]).read_text())
    Path(spec["pidfile"]).write_text(str(os.getpid()))
    root = Path(spec["root"])
    mount("tmpfs", root, "tmpfs", options="mode=0755")

    def inside(path: str) -> Path:
        return root / path.lstrip("/")

    for name in ("usr", "etc", "bin", "sbin", "lib", "lib64"):
        host = Path("/", name)
        if host.is_symlink():
            (root / name).symlink_to(host.readlink())
        elif host.exists():
            bind(str(host), root / name)
    for path in spec["tools"]:
        bind(path, inside(path))
    for target, source in spec["links"].items():
        inside(target).parent.mkdir(parents=True, exist_ok=True)
        inside(target).symlink_to(source)
    bind("/dev", root / "dev", writable=True)
    bind("/dev/shm", root / "dev/shm", writable=True)
    (root / "proc").mkdir()
    mount("proc", root / "proc", "proc")
    for target, options in spec["tmpfs"].items():
        inside(target).mkdir(parents=True, exist_ok=True)
        mount("tmpfs", inside(target), "tmpfs", options=options)
    for found in spec["binds"]:
        bind(found["source"], inside(found["target"]), writable=found["writable"])
    inside(spec["workdir"]).mkdir(parents=True, exist_ok=True)
    mount("none", root, flags=REMOUNT | BIND | READ_ONLY)

    # A container's process ignores no signal; one that a shell started in the background ignores SIGINT.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.chroot(root)
    os.chdir(spec["workdir"])
    uid, gid = spec["user"].split(":")
    drop = ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--clear-groups"]
    command = ["setpriv", f"--reuid={uid}", f"--regid={gid}", *drop, "--", *spec["argv"]]
    os.execve("/usr/bin/setpriv", command, spec["environment"])  # noqa: S606 - no shell is wanted


main()
