"""SIGKILL, at random: of the loader, its workers or not, and of mongod. The end is as if nothing had been.

The short ones are part of `make test`; `make test-faults` kills the loader 50 times and mongod 10 times
over 50,000 records.
"""

import random
import time
from pathlib import Path

import pytest

from etl.load.store import Store
from tests.faults import loader
from tests.faults.bench import Bench
from tests.faults.servers import Mongod

pytestmark = pytest.mark.mongo

ROUNDS, KILLS_A_ROUND = 10, 5
MONGOD_ROUNDS, MONGOD_KILLS_A_ROUND = 5, 2


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
            bench.empty()
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


def load_while_mongod_is_killed(
    mongod: Mongod, home: Path, paths: list[Path], rng: random.Random, kills: int
) -> None:
    uri = mongod.start()
    store = mongod.store()
    bench = Bench(store, home, uri, paths, rng)
    process = loader.start(paths, home, uri, "faults")
    for mark in bench.marks(kills):
        assert bench.reach(process, mark)  # else there was nothing to disturb
        mongod.kill()
        time.sleep(rng.random())
        assert mongod.start() == uri
        store.call("find it again", store.articles.find_one)
    loader.end(process)  # the outage was within the budget: nobody notices
    bench.to_the_end()


def test_a_mongod_that_is_killed_loses_nothing(tmp_path: Path, few: list[Path], mongod: Mongod) -> None:
    load_while_mongod_is_killed(mongod, tmp_path, few, random.Random(7), 1)


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", range(MONGOD_ROUNDS))
def test_a_mongod_that_is_killed_often_loses_nothing(
    tmp_path: Path, many: list[Path], mongod: Mongod, number: int
) -> None:
    load_while_mongod_is_killed(mongod, tmp_path, many, random.Random(200 + number), MONGOD_KILLS_A_ROUND)
