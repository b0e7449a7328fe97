"""A server that is locked for a backup, one whose disk is full, and four loaders at the same time."""

import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from etl.load.store import Store
from tests.faults import loader
from tests.faults.bench import Bench
from tests.faults.servers import Mongod

pytestmark = [pytest.mark.mongo, pytest.mark.faults, pytest.mark.timeout(400)]


def test_four_loaders_on_overlapping_dumps_end_like_one(
    store: Store, tmp_path: Path, mongo_uri: str, many: list[Path]
) -> None:
    bench = Bench(store, tmp_path, mongo_uri, many, random.Random(1))
    shares = [many, many[::-1], many[:3], many[1:]]
    for process in [bench.start(share) for share in shares]:
        loader.end(process)
    bench.to_the_end()
    bench.again()


def test_a_lock_for_a_backup_is_waited_for(
    store: Store, tmp_path: Path, mongo_uri: str, many: list[Path]
) -> None:
    bench = Bench(store, tmp_path, mongo_uri, many, random.Random(2))
    process = bench.start()
    assert bench.reach(process, 5_000)
    store.client.admin.command("fsync", lock=True)
    try:
        time.sleep(1)
        locked_at = store.articles.estimated_document_count()
        time.sleep(4)
        assert store.articles.estimated_document_count() == locked_at
        assert process.poll() is None
    finally:
        store.client.admin.command("fsyncUnlock")
    loader.end(process)
    bench.to_the_end()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 MB in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def cramped(small_disk: Path) -> Iterator[Mongod]:
    """A mongod on it."""
    with Mongod(small_disk / "mongo") as server:
        yield server


def test_a_full_disk_fails_the_run_and_rejects_nothing(
    cramped: Mongod, small_disk: Path, tmp_path: Path, impatient: Path, many: list[Path]
) -> None:
    uri = cramped.start()
    ballast = small_disk / "ballast"
    try:
        store = cramped.store()
        bench = Bench(store, tmp_path, uri, many, random.Random(3))
        fill(ballast, small_disk, left=4 << 20)
        process = bench.start(config=impatient)
        stdout, stderr = process.communicate(timeout=300)
        assert process.returncode == 1, (stdout, stderr)
        held = acknowledged(store) if cramped.runs() else None
        ballast.unlink()
        if not cramped.runs():  # mongod itself ends where it cannot write its journal
            assert cramped.start() == uri
        if held is not None:
            assert held <= keys(store)
        bench.to_the_end()
    finally:
        ballast.unlink(missing_ok=True)


def fill(ballast: Path, folder: Path, *, left: int) -> None:
    """Leave so many bytes of the file system free."""
    import shutil

    with ballast.open("wb") as file:
        while (free := shutil.disk_usage(folder).free - left) > 0:
            file.write(bytes(min(free, 1 << 20)))
            file.flush()


def acknowledged(store: Store) -> set[Any]:
    """The keys that the server has answered to hold; read at a majority."""
    return keys(store)


def keys(store: Store) -> set[Any]:
    return {row["_id"] for row in store.articles.find({}, {"_id": 1})}


def test_wrong_credentials_end_a_load_at_once_and_are_not_repeated(tmp_path: Path, few: list[Path]) -> None:
    from etl.load.local_mongo import EmbeddedMongo

    with EmbeddedMongo(tmp_path / "locked", cache_gb=0.25) as server:
        hosts = server.uri.rpartition("@")[2]
        process = loader.start(few, tmp_path, f"mongodb://planted:s3cr3t@{hosts}", "faults")
        stdout, stderr = process.communicate(timeout=60)
        assert process.returncode not in (0, -9)
        assert "user name or the password" in stderr
        assert "s3cr3t" not in stdout + stderr
        with MongoClient[dict[str, Any]](server.uri) as client:
            assert "faults" not in client.list_database_names()
