"""Chunks on a Dask cluster: a scheduler and two workers, each a process of its own, on loopback."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from etl.configuration import read_configuration
from etl.errors import ConfigError, StoreError
from etl.extract.types import Dump
from etl.load.store import Store
from etl.pipeline.chunk import load_chunk
from etl.pipeline.job import Chunk, ChunkReport, Job
from etl.settings import RunnerSettings
from etl.sources import ADHOC
from flows.environment import Environment
from tests.command import PROJECT
from tests.flows.stack import run
from tests.pipeline.loading import collections, load_paths
from tests.pipeline.records import records, write_jsonl

distributed = pytest.importorskip("distributed", reason="needs the extra article-etl[dask]")

pytestmark = [pytest.mark.mongo, pytest.mark.prefect]

RECORDS = 16_000
"""About 20 MB: ten blocks, each a chunk."""
WORKERS = 2


class Cluster:
    """A scheduler and its workers."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        clean = {k: v for k, v in os.environ.items() if not k.startswith("ARTICLE_ETL_")}
        self._environment = {**clean, **environment}
        self.port = _free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        listen = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        self._scheduler = self._start("scheduler", *listen)
        self.workers = [self._worker(n) for n in range(WORKERS)]
        self.client: Any = None

    def busy(self, n: int) -> bool:
        """Whether the scheduler has given that worker something to do."""
        names = {w["name"]: address for address, w in self.client.scheduler_info()["workers"].items()}
        return bool(self.client.processing().get(names[f"w{n}"]))

    def _worker(self, n: int) -> "subprocess.Popen[bytes]":
        one = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", f"w{n}"]
        where = ["--host", "127.0.0.1", "--local-directory", str(self._folder / f"w{n}")]
        return self._start("worker", self.address, *one, *where)

    def _start(self, what: str, *arguments: str) -> "subprocess.Popen[bytes]":
        log = (self._folder / f"{what}-{len(list(self._folder.glob('*.log')))}.log").open("wb")
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + what, *arguments],
                cwd=PROJECT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def logs(self) -> str:
        return "".join(path.read_text() for path in sorted(self._folder.glob("*.log")))

    def close(self) -> None:
        for process in [*self.workers, self._scheduler]:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A project with one source, of one dump in many blocks."""
    (tmp_path / "config/sources").mkdir(parents=True)
    (tmp_path / "config/sources/wire.toml").write_text('paths = ["wire.jsonl"]\n')
    rows = [{**row, "body": f"{row['body']}\n\n{'More text. ' * 100}"} for row in records(RECORDS)]
    write_jsonl(tmp_path / "wire.jsonl", rows)
    return tmp_path / "config"


@pytest.fixture
def there(mongo_uri: str, database: str) -> Iterator[Database[Any]]:
    """Where the cluster loads to."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongo_uri)
    with client:
        yield client[f"{database}_cluster"]
        client.drop_database(f"{database}_cluster")


@pytest.fixture
def cluster(tmp_path: Path, mongo_uri: str, prefect_api: str) -> Iterator[Cluster]:
    folder = tmp_path / "dask"
    folder.mkdir()
    (folder / "uri").write_text(mongo_uri)
    started = Cluster(
        folder, {"ARTICLE_ETL_MONGO_URI_FILE": str(folder / "uri"), "PREFECT_API_URL": prefect_api}
    )
    try:
        with distributed.Client(started.address, timeout=300, set_as_default=False) as client:
            client.wait_for_workers(WORKERS, timeout=300)
            started.client = client
            yield started
    finally:
        started.close()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, config: Path, mongo_uri: str) -> None:
    monkeypatch.setenv("ARTICLE_ETL_CONFIG", str(config))
    monkeypatch.setenv("ARTICLE_ETL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ARTICLE_ETL_MONGO_URI", mongo_uri)


def settle_on(config: Path, address: str) -> None:
    """Small chunks, so that there are many; on that cluster."""
    text = f'[runner]\nchunk_bytes = 1048576\nkind = "dask"\naddress = "{address}"\n'
    (config / "settings.toml").write_text(text)


def content(database: Database[Any]) -> tuple[list[Any], list[Any]]:
    """Articles and revisions, `provenance` aside."""
    hidden = {"provenance": 0}
    return (
        list(database["articles"].find({}, hidden).sort("_id")),
        list(database["article_revisions"].find({}, hidden).sort("_id")),
    )


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("environment")
def test_a_cluster_that_loses_a_worker_loads_what_a_local_run_loads(
    monkeypatch: pytest.MonkeyPatch,
    config: Path,
    store: Store,
    there: Database[Any],
    cluster: Cluster,
    mongo_uri: str,
) -> None:
    import cloudpickle

    from flows.cluster import OnCluster
    from flows.nightly import nightly
    from flows.watching import watcher

    wire = read_configuration(config).sources["wire"]
    local = load_paths(store, [config.parent / "wire.jsonl"], source=wire)

    killed = False
    orders: list[bytes] = []
    submit = OnCluster._submit

    def kill_one(report: ChunkReport) -> None:
        nonlocal killed
        if not killed and cluster.busy(0):
            cluster.workers[0].kill()
            killed = True

    def seen(self: OnCluster, order: Any) -> Any:
        orders.append(cloudpickle.dumps(order))
        return submit(self, order)

    monkeypatch.setattr(OnCluster, "_submit", seen)
    monkeypatch.setenv("ARTICLE_ETL_DATABASE", there.name)
    settle_on(config, cluster.address)
    token = watcher.set(kill_one)
    try:
        state, report = run(nightly)
    finally:
        watcher.reset(token)
    assert killed, "a worker was to die in the midst of its work"
    assert state.is_completed(), cluster.logs()
    assert report.counts.read == local.counts.read == RECORDS
    assert content(there) == collections(store)
    assert cluster.workers[0].wait(60) == -signal.SIGKILL
    assert cluster.workers[1].poll() is None
    port = mongo_uri.removeprefix("mongodb://").partition("/")[0].rpartition(":")[2]
    assert len(orders) > 2 * WORKERS
    assert not any(port.encode() in order for order in orders), "the server's address travelled"


@pytest.mark.usefixtures("environment")
def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.cluster import cluster

    monkeypatch.setattr("flows.cluster.CONNECT_SECONDS", 1.0)
    address = f"tcp://127.0.0.1:{_free_port()}"
    with pytest.raises(ConfigError, match=re.escape(address)), cluster(address, Environment.read()):
        pass


@pytest.mark.usefixtures("environment")
def test_a_cluster_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.cluster import cluster

    monkeypatch.setitem(sys.modules, "prefect_dask", None)
    monkeypatch.setitem(sys.modules, "prefect_dask.task_runners", None)
    with (
        pytest.raises(ConfigError, match=r"article-etl\[dask\]"),
        cluster("tcp://127.0.0.1:1", Environment.read()),
    ):
        pass


def test_a_cluster_does_not_go_with_the_embedded_server() -> None:
    from flows.cluster import cluster

    with (
        pytest.raises(ConfigError, match="ARTICLE_ETL_MONGO_URI"),
        cluster("tcp://127.0.0.1:1", Environment.read({})),
    ):
        pass


def test_a_worker_refuses_to_load_without_or_into_another_server(
    tmp_path: Path, mongo_uri: str, store: Store
) -> None:
    from flows.cluster import Order, fulfil

    dump = write_jsonl(tmp_path / "a.jsonl", records(3))
    chunk = Chunk(ADHOC, (Dump(str(dump), str(dump), dump.stat().st_size),), 0, small=True)
    job = Job.of(read_configuration(PROJECT / "config"), "nobody-started-it", date(2026, 4, 10))
    order = Order(chunk, job, store.database.name)
    with pytest.raises(StoreError, match="does not know the MongoDB server"):
        fulfil(order, Environment.read({}))
    with pytest.raises(StoreError, match="another MongoDB server"):
        fulfil(order, Environment.read({"ARTICLE_ETL_MONGO_URI": mongo_uri}))
    assert load_chunk(chunk, job, store).counts.read == 3


def test_the_address_of_the_scheduler_must_be_set() -> None:
    with pytest.raises(ValueError, match="address"):
        RunnerSettings(kind="dask")
