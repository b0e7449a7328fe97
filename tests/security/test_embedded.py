"""The servers that we start ourselves: on loopback, behind a secret that only their user can read."""

import re
import stat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from etl.load.local_mongo import EmbeddedMongo

pytestmark = pytest.mark.mongo


def listening(pid: int) -> set[str]:
    """The hexadecimal addresses at which a process takes TCP connections."""
    own = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        try:
            own.add(path.readlink().name)
        except OSError:
            pass  # closed meanwhile
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and f"socket:[{rest[5]}]" in own:
                found.add(local.split(":")[0])
    return found


def test_the_embedded_mongod_listens_on_loopback_alone_and_asks_for_its_password(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path / "mongo", cache_gb=0.25) as server:
        assert server.pid
        assert listening(server.pid) == {"0100007F"}
        address = server.uri.split("@")[1].split("/")[0]
        stranger: MongoClient[dict[str, Any]] = MongoClient(f"mongodb://{address}", directConnection=True)
        with stranger, pytest.raises(OperationFailure, match=r"requires authentication"):
            stranger.admin.command("listDatabases")
        for name in ("password", "key"):
            file = tmp_path / "mongo" / name
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert re.fullmatch(r"[0-9a-f]{64}", file.read_text())
        assert stat.S_IMODE((tmp_path / "mongo").stat().st_mode) == 0o700


def test_two_embedded_servers_have_different_passwords(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with EmbeddedMongo(tmp_path / name, cache_gb=0.25):
            pass
    assert (tmp_path / "one/password").read_text() != (tmp_path / "two/password").read_text()


@pytest.mark.prefect
def test_the_prefect_server_listens_on_loopback_alone(prefect_api: str) -> None:
    port = urlsplit(prefect_api).port
    rows = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    assert [row for row in rows if int(row.split(":")[1], 16) == port] == [f"0100007F:{port:04X}"]
