"""What is said of a mongod that did not start."""

from pathlib import Path

import pytest

from etl.load import mongod_failures
from etl.load.mongod_failures import complaints, loader_failure, startup_hint

LOADER = "mongod: error while loading shared libraries: {}: cannot open shared object file: No such file"
DEBIAN_12 = {"ID": "debian", "VERSION_ID": "12"}
DEBIAN_13 = {"ID": "debian", "VERSION_ID": "13"}
UBUNTU_22 = {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_ID": "22.04"}
UBUNTU_24 = {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_ID": "24.04"}
MINT = {"ID": "linuxmint", "ID_LIKE": "ubuntu debian", "VERSION_ID": "21"}
SID = {"ID": "debian"}


@pytest.mark.parametrize(
    ("library", "release", "command"),
    [
        ("libcurl.so.4", DEBIAN_12, "sudo apt-get install libcurl4,"),
        ("libcurl.so.4", DEBIAN_13, "sudo apt-get install libcurl4t64,"),
        ("libcurl.so.4", UBUNTU_22, "sudo apt-get install libcurl4,"),
        ("libcurl.so.4", UBUNTU_24, "sudo apt-get install libcurl4t64,"),
        ("libcurl.so.4", MINT, "sudo apt-get install libcurl4,"),
        ("libcurl.so.4", SID, "sudo apt-get install libcurl4,"),
        ("libcrypto.so.3", DEBIAN_12, "sudo apt-get install libssl3,"),
        ("liblzma.so.5", DEBIAN_13, "sudo apt-get install liblzma5,"),
        ("libcurl.so.4", {"ID": "fedora"}, "install the package of your system that has libcurl.so.4"),
        ("libodd.so.9", DEBIAN_12, "install the package of your system that has libodd.so.9"),
        ("libcurl.so.4", {}, "install the package of your system that has libcurl.so.4"),
    ],
)
def test_a_missing_library_is_named_with_the_package_of_the_release(
    monkeypatch: pytest.MonkeyPatch, library: str, release: dict[str, str], command: str
) -> None:
    monkeypatch.setattr(mongod_failures, "_os_release", lambda: release)
    said = loader_failure(Path("/nowhere/mongod"), LOADER.format(library))
    assert said is not None
    assert said.startswith(f"/nowhere/mongod needs {library}, which this system lacks")
    assert command in said


def test_all_missing_libraries_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongod_failures, "_os_release", lambda: DEBIAN_12)
    monkeypatch.setattr(mongod_failures, "_missing_libraries", lambda _: ["libssl.so.3", "libcurl.so.4"])
    said = loader_failure(Path("mongod"), LOADER.format("libcurl.so.4"))
    assert said is not None
    assert "needs libcurl.so.4, libssl.so.3" in said
    assert "sudo apt-get install libcurl4 libssl3" in said


def test_a_system_that_is_too_old_is_said() -> None:
    output = "mongod: /lib/libc.so.6: version `GLIBC_2.34' not found (required by mongod)"
    said = loader_failure(Path("mongod"), output)
    assert said is not None
    assert "newer system (GLIBC_2.34 is not here)" in said


def test_other_output_is_no_matter_of_the_loader() -> None:
    assert loader_failure(Path("mongod"), "Error parsing command line: unrecognised option") is None


@pytest.mark.parametrize(
    ("output", "status", "hint"),
    [
        ("UPGRADE PROBLEM: Found an invalid featureCompatibilityVersion", 62, "another release of mongod"),
        ("OSError: No space left on device", 14, "the disk of /data/db is full"),
        ("DBPathInUse: Unable to lock the lock file", 100, "another mongod is using /data/db"),
        ("boost: Permission denied", 100, "rights"),
        ("", -4, "AVX"),
        ("", -9, "want of memory"),
        ("", 1, "its log says why"),
    ],
)
def test_a_failed_start_comes_with_the_next_step(output: str, status: int, hint: str) -> None:
    assert hint in startup_hint(output, status, Path("/data/db"))


def test_the_errors_are_picked_out_of_the_log() -> None:
    log = (
        '{"t":{},"s":"I","c":"CONTROL","id":1,"ctx":"main","msg":"fine","attr":{"x":1}}\n'
        '{"t":{},"s":"E","c":"STORAGE","id":2,"ctx":"main","msg":"bad","attr":{"error":"why"}}\n'
        '{"t":{},"s":"F","c":"-","id":3,"ctx":"main","msg":"fatal"}\n'
        "half a li"
    )
    assert complaints(log) == 'bad {"error":"why"}\nfatal'


def test_a_log_without_errors_is_shown_by_its_last_lines() -> None:
    assert complaints("\n".join(f"line {n}" for n in range(9)), most=2) == "line 7\nline 8"
    assert complaints("") == ""
