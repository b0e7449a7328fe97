"""The embedded MongoDB, against the real mongod."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from etl.errors import StoreError
from etl.load import local_mongo
from etl.load.local_mongo import EmbeddedMongo, sound_cache_gb
from etl.load.mongod_binary import find_mongod

pytestmark = pytest.mark.mongo

HOLDER = """
import sys, time
from pathlib import Path
from pymongo import MongoClient
from etl.load.local_mongo import EmbeddedMongo

with EmbeddedMongo(Path(sys.argv[1])) as server:
    with MongoClient(server.uri) as client:
        client.test.held.insert_one({"by": sys.argv[2]})
    print(server.pid, flush=True)
    sys.stdin.readline()
"""


def hold(folder: Path, name: str) -> subprocess.Popen[str]:
    """Another process that uses the server until a line is written to it; it prints the server's pid."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def let_go(holder: subprocess.Popen[str]) -> None:
    holder.communicate("\n", timeout=30)
    assert holder.returncode == 0


def gone(pid: int) -> bool:
    """Whether the process has ended; whoever adopted it may be slow to collect it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] in "ZX"
    except FileNotFoundError:
        return True


def listening(port: int) -> set[str]:
    """The local addresses (hexadecimal) that listen on the port, over IPv4 and IPv6."""
    rows = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        rows += [line.split() for line in Path(table).read_text().split("\n")[1:] if line]
    found = (row[1].rpartition(":") for row in rows if row[3] == "0A")
    return {address for address, _, number in found if int(number, 16) == port}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedMongo]:
    with EmbeddedMongo(tmp_path_factory.mktemp("home") / "mongo") as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder, whose server is stopped whatever the test did."""
    yield tmp_path / "mongo"
    if (tmp_path / "mongo").is_dir():
        local_mongo.stop(tmp_path / "mongo")


def test_it_takes_majority_writes_as_soon_as_it_is_entered(running: EmbeddedMongo) -> None:
    with MongoClient(running.uri, w="majority", journal=True) as client:
        client.test.things.insert_one({"_id": 1})
        assert client.test.things.find_one({"_id": 1}) == {"_id": 1}
        hello = client.admin.command("hello")
        assert hello["setName"] == "article-etl"
        assert hello["isWritablePrimary"]


def test_its_user_may_install_indexes_and_validators_and_read_the_counters(running: EmbeddedMongo) -> None:
    with MongoClient(running.uri) as client:
        client.test.create_collection("checked", validator={"n": {"$type": "int"}})
        client.test.command("collMod", "checked", validator={"n": {"$type": "string"}})
        client.test.checked.create_index("n")
        assert client.admin.command("serverStatus")["opcounters"]["insert"] >= 0


def test_its_user_may_not_manage_users_or_shut_it_down(running: EmbeddedMongo) -> None:
    with MongoClient(running.uri) as client:
        for command in ({"createUser": "x", "pwd": "x", "roles": []}, {"shutdown": 1}):
            with pytest.raises(OperationFailure) as refused:
                client.admin.command(command)
            assert refused.value.code == 13


def test_it_keeps_no_versions_for_reads_of_the_past(running: EmbeddedMongo) -> None:
    secret = (running.folder / "key").read_text()
    with MongoClient(running.uri, username="__system", password=secret, authSource="local") as system:
        name = "minSnapshotHistoryWindowInSeconds"
        assert system.admin.command({"getParameter": 1, name: 1})[name] == 0


def test_it_listens_on_loopback_only(running: EmbeddedMongo) -> None:
    port = int(running.uri.partition("127.0.0.1:")[2].partition("/")[0])
    assert listening(port) == {"0100007F"}


def test_secrets_are_readable_by_their_owner_alone_and_stand_nowhere_else(running: EmbeddedMongo) -> None:
    assert stat.S_IMODE(running.folder.stat().st_mode) == 0o700
    secrets = [running.folder / "password", running.folder / "key"]
    for path in secrets:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(path.read_text()) == 64
    password = secrets[0].read_text()
    assert password in running.uri
    assert password not in repr(running)
    for other in ("server.json", "mongod.log", "mongod.out"):
        assert password not in (running.folder / other).read_text()


def test_nobody_gets_in_without_the_password(running: EmbeddedMongo) -> None:
    host = running.uri.partition("@")[2]
    with MongoClient(f"mongodb://{host}") as stranger:
        with pytest.raises(OperationFailure) as refused:
            stranger.test.things.find_one()
        assert refused.value.code == 13
        with pytest.raises(OperationFailure):  # not even as the first user: there is no such moment
            stranger.admin.command("createUser", "thief", pwd="x", roles=["root"])
    with MongoClient(f"mongodb://article-etl:guess@{host}") as stranger:
        with pytest.raises(OperationFailure) as refused:
            stranger.test.things.find_one()
        assert refused.value.code == 18


def test_a_second_user_joins_and_the_last_one_out_stops_the_server(folder: Path) -> None:
    with EmbeddedMongo(folder) as first:
        pid = first.pid
        assert pid is not None
        with EmbeddedMongo(folder) as second:
            assert second.pid == pid
            assert second.uri == first.uri
        assert first.pid == pid
        with MongoClient(first.uri) as client:
            assert client.admin.command("ping")["ok"]
    assert first.pid is None
    assert gone(pid)
    with pytest.raises(StoreError, match="not started"):
        _ = first.uri


def test_three_processes_at_once_share_one_server_and_leave_none_behind(folder: Path) -> None:
    holders = [hold(folder, name) for name in "abc"]
    pids = {int(holder.stdout.readline()) for holder in holders if holder.stdout}
    assert len(pids) == 1
    for holder in holders:
        let_go(holder)
    assert gone(pids.pop())
    with EmbeddedMongo(folder) as server, MongoClient(server.uri) as client:
        assert sorted(document["by"] for document in client.test.held.find()) == ["a", "b", "c"]


def test_the_server_of_a_killed_command_is_taken_over_and_then_stopped(folder: Path) -> None:
    holder = hold(folder, "killed")
    assert holder.stdout
    pid = int(holder.stdout.readline())
    holder.kill()
    holder.communicate()
    assert not gone(pid)
    with EmbeddedMongo(folder) as server:
        assert server.pid == pid
        with MongoClient(server.uri) as client:
            assert client.test.held.count_documents({"by": "killed"}) == 1
    assert gone(pid)


def test_a_command_killed_while_it_starts_the_server_is_continued_by_the_next(folder: Path) -> None:
    holder = hold(folder, "killed")
    deadline = time.monotonic() + 20
    while not (folder / "mongod.log").exists() and time.monotonic() < deadline:
        time.sleep(0.002)
    holder.kill()
    holder.communicate()
    with EmbeddedMongo(folder) as server, MongoClient(server.uri) as client:
        client.test.things.insert_one({})
    assert server.pid is None


def test_acknowledged_writes_survive_a_kill_of_the_server(folder: Path) -> None:
    with EmbeddedMongo(folder) as server:
        with MongoClient(server.uri, w="majority", journal=True) as client:
            client.test.things.insert_many([{"_id": n} for n in range(500)])
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        # The next user meets the dead server while the first one is still counted.
        with EmbeddedMongo(folder) as again, MongoClient(again.uri) as client:
            assert again.pid != pid
            assert client.test.things.count_documents({}) == 500


def test_data_survives_a_restart_on_another_port_with_lost_secrets(folder: Path) -> None:
    with EmbeddedMongo(folder) as server, MongoClient(server.uri) as client:
        client.test.things.insert_one({"_id": "kept"})
        first = server.uri
    for name in ("password", "key"):
        (folder / name).unlink()
    (folder / "mongod.log").write_bytes(b"x" * (9 << 20))  # and a long log is put aside
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", int(first.partition("127.0.0.1:")[2].partition("/")[0])))
        started = time.monotonic()
        with EmbeddedMongo(folder) as server, MongoClient(server.uri) as client:
            assert time.monotonic() - started < 6  # about 0.7 s on an idle machine
            assert server.uri.partition("@")[2] != first.partition("@")[2]
            assert client.test.things.find_one() == {"_id": "kept"}
    assert (folder / "mongod.log").stat().st_size < 1 << 20
    assert (folder / "mongod.log.1").stat().st_size == 9 << 20


def test_a_server_for_fault_tests_takes_further_options_and_no_password(folder: Path) -> None:
    options = ("--setParameter", "enableTestCommands=1")
    with EmbeddedMongo(folder, auth=False, options=options) as server:
        assert "@" not in server.uri
        with MongoClient(server.uri) as client:
            off = {"configureFailPoint": "failCommand", "mode": "off"}
            assert client.admin.command(off)["ok"]


def test_a_server_that_is_kept_runs_until_it_is_stopped(folder: Path) -> None:
    with EmbeddedMongo(folder, keep_running=True) as server:
        pid = server.pid
    assert server.pid == pid is not None
    local_mongo.stop(folder)
    assert gone(pid)
    local_mongo.stop(folder)  # and once more: nothing to do


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_missing_library_is_named_with_its_package(folder: Path, tmp_path: Path) -> None:
    message = "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file"
    mongod = script(tmp_path / "mongod", f"echo '{message}' >&2; exit 127")
    with pytest.raises(StoreError, match=r"needs libcurl\.so\.4.*ARTICLE_ETL_MONGOD") as failure:
        EmbeddedMongo(folder, mongod=mongod).__enter__()
    if Path("/etc/debian_version").exists():
        assert "sudo apt-get install libcurl4" in str(failure.value)
    assert not (folder / "server.pid").exists()


def test_a_start_that_fails_shows_the_log_and_the_next_step(folder: Path, tmp_path: Path) -> None:
    line = '{"s":"F","msg":"Wrong mongod version","attr":{"found":"9.0"}}'
    mongod = script(tmp_path / "mongod", f"echo '{line}' >> {folder}/mongod.log; exit 62")
    with pytest.raises(StoreError) as failure:
        EmbeddedMongo(folder, mongod=mongod).__enter__()
    text = str(failure.value)
    assert "ended with status 62" in text
    assert 'Wrong mongod version {"found":"9.0"}' in text
    assert "written by another release" in text
    assert str(folder / "mongod.log") in text


def test_a_data_folder_in_use_by_another_mongod_is_said_with_its_process(
    folder: Path, running: EmbeddedMongo
) -> None:
    folder.mkdir()
    (folder / "db").symlink_to(running.folder / "db")
    with pytest.raises(StoreError, match=rf"another mongod \(process {running.pid}\) is using"):
        EmbeddedMongo(folder).__enter__()
    assert running.pid


def test_an_option_that_mongod_does_not_know_is_shown(folder: Path) -> None:
    with pytest.raises(StoreError, match="unrecognised option '--nonsense'"):
        EmbeddedMongo(folder, options=("--nonsense",)).__enter__()


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot use.*ARTICLE_ETL_HOME"):
        EmbeddedMongo(tmp_path / "file" / "mongo").__enter__()


def test_a_taken_port_leads_to_another(folder: Path, tmp_path: Path) -> None:
    """mongod itself finds the port taken: somebody was quicker than our look."""
    flag = tmp_path / "once"
    line = '{"s":"E","msg":"Failed","attr":{"error":"SocketException: Address already in use"}}'
    once = f"[ -e {flag} ] || {{ touch {flag}; echo '{line}' >> {folder}/mongod.log; exit 48; }}"
    mongod = script(tmp_path / "mongod", f'{once}\nexec {find_mongod()} "$@"')
    with EmbeddedMongo(folder, mongod=mongod) as server, MongoClient(server.uri) as client:
        assert client.admin.command("ping")["ok"]


@pytest.mark.parametrize(("memory_gb", "cache_gb"), [(2, 0.5), (16, 2.0), (24, 3.0), (256, 4.0)])
def test_the_cache_may_take_an_eighth_of_the_memory(
    monkeypatch: pytest.MonkeyPatch, memory_gb: int, cache_gb: float
) -> None:
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": memory_gb << 18}
    monkeypatch.setattr("etl.load.local_mongo.os.sysconf", pages.__getitem__)
    assert sound_cache_gb() == cache_gb
