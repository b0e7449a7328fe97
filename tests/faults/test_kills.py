"""SIGKILL, at random: of the loader, its workers or not, and of mongod. The end is as if nothing had been.

The short ones are part of `make test`; `make test-faults` kills the loader 50 times and mongod 10 times
over 50,000 records.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etl.load.local_mongo import EmbeddedMongo
from etl.load.store import Store, connect
from etl.settings import RetrySettings, StoreSettings
from tests.faults import loader
from tests.faults.corpus import write_corpus
from tests.faults.oracle import Truth, assert_holds, truth

pytestmark = pytest.mark.mongo

ROUNDS, KILLS_A_ROUND = 10, 5
MONGOD_ROUNDS, MONGOD_KILLS_A_ROUND = 5, 2


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """5,000 records, long enough to be worth worker processes."""
    return write_corpus(tmp_path_factory.mktemp("few"), 5_000, body=55)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """50,000 records."""
    return write_corpus(tmp_path_factory.mktemp("many"), 50_000)


class Bench:
    """A store of its own, and the loader that is killed over it."""

    def __init__(self, store: Store, home: Path, uri: str, paths: list[Path], rng: random.Random) -> None:
        self.store = store
        self.truth: Truth = truth(paths)
        self._start = lambda: loader.start(paths, home, uri, store.database.name)
        self._rng = rng

    def marks(self, number: int) -> list[int]:
        """How many articles the store shall hold at each kill, ascending, at random."""
        total = len(self.truth.articles)
        return sorted(self._rng.randrange(total * 9 // 10) for _ in range(number))

    def reach(self, process: loader.Process, mark: int) -> bool:
        """Wait until the store holds so many articles, and a moment more; False where the load has ended."""
        while process.poll() is None:
            if self.store.articles.estimated_document_count() > mark:
                time.sleep(self._rng.random() * 0.1)
                return process.poll() is None
            time.sleep(0.005)
        return False

    def kill_loaders(self, kills: list[Callable[[loader.Process], None]]) -> int:
        """Load, and kill as often as asked for, each time starting again; how often a load was there to be
        killed."""
        killed = 0
        for kill, mark in zip(kills, self.marks(len(kills)), strict=True):
            process = self._start()
            if self.reach(process, mark):
                kill(process)
                killed += 1
            else:
                loader.end(process)
        return killed

    def to_the_end(self) -> None:
        """Load what is left; then nothing is left, and all is as it must be."""
        assert not loader.end(self._start())["failures"]
        assert_holds(self.store, self.truth)

    def again(self) -> None:
        """A further load finds nothing to do."""
        report = loader.end(self._start())
        assert report["dumps"] == {"loaded": 0, "skipped": len(self.truth.read), "failed": 0}
        assert report["read"] == 0


def test_a_loader_that_is_killed_three_times_ends_as_the_oracle_says(
    store: Store, tmp_path: Path, mongo_uri: str, few: list[Path]
) -> None:
    bench = Bench(store, tmp_path, mongo_uri, few, random.Random(3))
    assert bench.kill_loaders([loader.kill_group, loader.kill_parent, loader.kill_group]) >= 1
    bench.to_the_end()


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_loader_that_is_killed_often_ends_as_the_oracle_says(
    store: Store, tmp_path: Path, mongo_uri: str, many: list[Path], number: int
) -> None:
    rng = random.Random(100 + number)
    bench = Bench(store, tmp_path, mongo_uri, many, rng)
    killed = 0
    while killed < KILLS_A_ROUND:
        kills = [rng.choice((loader.kill_group, loader.kill_parent)) for _ in range(KILLS_A_ROUND - killed)]
        killed += bench.kill_loaders(kills)
        if killed < KILLS_A_ROUND:  # one load came to its end: begin again from nothing
            bench.to_the_end()
            for name in ("articles", "article_revisions", "quarantine", "loads", "load_blocks"):
                store.database[name].delete_many({})
    bench.to_the_end()
    bench.again()


def test_the_workers_end_with_a_loader_that_is_killed_alone(
    store: Store, tmp_path: Path, mongo_uri: str, few: list[Path]
) -> None:
    process = loader.start(few, tmp_path, mongo_uri, store.database.name)
    while store.load_blocks.find_one() is None and store.articles.find_one() is None:
        assert process.poll() is None
        time.sleep(0.005)
    assert len(loader.group(process.pid)) > 2  # fork server and workers are there
    loader.kill_parent(process)
    deadline = time.monotonic() + 30
    while left := loader.group(process.pid):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


class Mongod:
    """A mongod of our own that is killed and started again, on the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: list[EmbeddedMongo] = []

    def start(self) -> str:
        """Start it, or start it again after a kill; its URI."""
        server = EmbeddedMongo(self._folder, cache_gb=0.25, auth=False)
        server.__enter__()
        self._servers.append(server)
        return server.uri

    def kill(self) -> None:
        pid = self._servers[-1].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def leave(self) -> None:
        for server in self._servers:
            server.__exit__(None, None, None)


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    server = Mongod(tmp_path / "mongo")
    yield server
    server.leave()


def load_while_mongod_is_killed(
    mongod: Mongod, home: Path, paths: list[Path], rng: random.Random, kills: int
) -> None:
    uri = mongod.start()
    settings = RetrySettings(budget_seconds=60, first_wait_seconds=0.05, longest_wait_seconds=0.5)
    store = connect(uri, "faults", StoreSettings(), settings)
    try:
        bench = Bench(store, home, uri, paths, rng)
        process = loader.start(paths, home, uri, "faults")
        for mark in bench.marks(kills):
            if bench.reach(process, mark):
                mongod.kill()
                time.sleep(rng.random())
                assert mongod.start() == uri
                store.call("find it again", store.articles.find_one)
        loader.end(process)  # the outage was within the budget: nobody notices
        bench.to_the_end()
    finally:
        store.close()


def test_a_mongod_that_is_killed_loses_nothing(tmp_path: Path, few: list[Path], mongod: Mongod) -> None:
    load_while_mongod_is_killed(mongod, tmp_path, few, random.Random(7), 1)


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", range(MONGOD_ROUNDS))
def test_a_mongod_that_is_killed_often_loses_nothing(
    tmp_path: Path, many: list[Path], mongod: Mongod, number: int
) -> None:
    load_while_mongod_is_killed(mongod, tmp_path, many, random.Random(200 + number), MONGOD_KILLS_A_ROUND)
