"""What it means that a mongod did not start: its words turned into a cause and a next step."""

import os
import re
import subprocess
from pathlib import Path

import msgspec

from etl.load.mongod_binary import ELSEWHERE


def loader_failure(mongod: Path, output: str) -> str | None:
    """What the dynamic loader missed, with the next step; None where `output` has no such complaint."""
    old = re.search(r"version [`'](\w+_[\d.]+)' not found", output)
    if old:
        return f"{mongod} needs a newer system ({old[1]} is not here); {ELSEWHERE}"
    named = re.search(r"error while loading shared libraries: ([^:\s]+)", output)
    if named is None:
        return None
    missing = sorted({named[1], *_missing_libraries(mongod)})
    return (
        f"{mongod} needs {', '.join(missing)}, which this system lacks; {_install(missing)}, or {ELSEWHERE}"
    )


def _missing_libraries(mongod: Path) -> list[str]:
    """All of them at once (the loader itself stops at the first): what `ldd` does, without `ldd`."""
    try:
        listing = subprocess.run(  # noqa: S603 - the binary that was about to run anyway
            [str(mongod)],
            env={**os.environ, "LD_TRACE_LOADED_OBJECTS": "1"},
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return re.findall(r"^\s*(\S+) => not found", listing.stdout, re.MULTILINE)


_PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
    "libgcc_s.so.1": "libgcc-s1",
    "libssl.so.1.1": "libssl1.1",
    "libcrypto.so.1.1": "libssl1.1",
}
_RENAMED = {"libcurl4", "libssl3"}
"""Packages with `t64` at the end of their name since Debian 13 and Ubuntu 24.04."""


def _install(libraries: list[str]) -> str:
    release = _os_release()
    family = f"{release.get('ID', '')} {release.get('ID_LIKE', '')}".split()
    packages = sorted({_PACKAGES[name] for name in libraries if name in _PACKAGES})
    if not packages or not {"debian", "ubuntu"} & set(family):
        return f"install the package of your system that has {', '.join(libraries)}"
    if _time64(release):
        packages = [f"{name}t64" if name in _RENAMED else name for name in packages]
    return f"install it: sudo apt-get install {' '.join(packages)}"


def _time64(release: dict[str, str]) -> bool:
    first = {"debian": 13.0, "ubuntu": 24.04}.get(release.get("ID", ""))
    version = release.get("VERSION_ID", "")
    return first is not None and bool(re.fullmatch(r"\d+(\.\d+)?", version)) and float(version) >= first


def _os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {key: value.strip().strip("\"'") for key, _, value in pairs}


_HINTS = (
    (
        r"featureCompatibilityVersion|UPGRADE PROBLEM|Wrong mongod version|"
        r"unsupported WiredTiger file version|WT_ERROR: .*version",
        "its data was written by another release of mongod: name that release with ARTICLE_ETL_MONGOD, or "
        "move {folder} away to begin anew",
    ),
    (
        r"No space left on device|no space left",
        "the disk of {folder} is full: make some room, then run the command again; nothing is lost",
    ),
    (
        r"DBPathInUse|Unable to lock the lock file",
        "another mongod{holder} is using {folder}: stop that one first",
    ),
    (
        r"Permission denied|Operation not permitted",
        "it may not use {folder}: look at the folder's owner and rights",
    ),
    (r"Read-only file system", "{folder} is on a read-only disk: choose another with ARTICLE_ETL_HOME"),
    (r"Too many open files", "raise the limit on open files (ulimit -n 64000)"),
    (r"WT_PANIC|WT_TRY_SALVAGE|checksum error", "its data in {folder} is damaged: restore a backup of it"),
)


def startup_hint(output: str, status: int | None, folder: Path) -> str:
    """The next step for a mongod that did not start; `status` is its exit status, negative for a signal."""
    for pattern, hint in _HINTS:
        if re.search(pattern, output):
            return hint.format(folder=folder, holder=_holder(folder))
    if status == -4:
        return (
            "this CPU lacks instructions (AVX) that mongod 5 and newer need: "
            "name a mongod 4.4 with ARTICLE_ETL_MONGOD"
        )
    if status == -9:
        return "it was killed from outside, most often for want of memory"
    return "its log says why"


def _holder(folder: Path) -> str:
    try:
        return f" (process {int((folder / 'mongod.lock').read_text())})"
    except (OSError, ValueError):
        return ""


def complaints(log: str, most: int = 6) -> str:
    """The errors in a piece of mongod's log, one a line; its last lines where it has none."""
    lines = [line for line in log.split("\n") if line.strip()]
    found = [text for line in lines if (text := _complaint(line))]
    return "\n".join(found[-most:] or [line[:400] for line in lines[-most:]])


def _complaint(line: str) -> str | None:
    try:
        entry = msgspec.json.decode(line, type=_LogLine)
    except msgspec.DecodeError:
        return None
    if entry.s not in ("E", "F"):
        return None
    details = msgspec.json.encode(entry.attr).decode() if entry.attr else ""
    return f"{entry.msg} {details}".strip()[:400]


class _LogLine(msgspec.Struct):
    s: str
    msg: str
    attr: msgspec.Raw = msgspec.Raw(b"")
