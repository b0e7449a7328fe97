"""A replica set of three: primaries killed, a step-down, a majority lost."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.load.schema import Schema
from etl.load.store import Store, connect
from etl.settings import RetrySettings, StoreSettings
from tests.command import PROJECT
from tests.faults import loader
from tests.faults.bench import Bench
from tests.faults.servers import ReplicaSet

pytestmark = [pytest.mark.mongo, pytest.mark.faults, pytest.mark.timeout(400)]


@pytest.fixture
def three(tmp_path: Path) -> Iterator[ReplicaSet]:
    with ReplicaSet(tmp_path / "three") as servers:
        yield servers


@pytest.fixture
def store(three: ReplicaSet) -> Iterator[Store]:
    settings = RetrySettings(budget_seconds=60, first_wait_seconds=0.05, longest_wait_seconds=0.5)
    store = connect(three.uri, "faults", StoreSettings(), settings)
    Schema.read(PROJECT / "config/mongo").prepare(store)
    yield store
    store.close()


def reach(bench: Bench, process: loader.Process, mark: int) -> None:
    """As the bench does; the loader must still be at it."""
    assert bench.reach(process, mark)


def test_two_primaries_killed_lose_and_add_nothing(
    three: ReplicaSet, store: Store, many: list[Path], tmp_path: Path
) -> None:
    bench = Bench(store, tmp_path, three.uri, many, random.Random(1))
    process = bench.start()
    for mark in (5_000, 18_000):
        reach(bench, process, mark)
        port = three.primary()
        three.kill(port)
        three.primary()
        three.start(port)
    loader.end(process)
    bench.to_the_end()


def test_a_step_down_is_invisible(three: ReplicaSet, store: Store, many: list[Path], tmp_path: Path) -> None:
    bench = Bench(store, tmp_path, three.uri, many, random.Random(2))
    process = bench.start()
    reach(bench, process, 5_000)
    before = three.primary()
    three.step_down()
    assert three.primary() != before
    loader.end(process)
    bench.to_the_end()


def test_a_lost_majority_fails_the_run_and_the_next_one_completes_it(
    three: ReplicaSet, store: Store, many: list[Path], tmp_path: Path, impatient: Path
) -> None:
    bench = Bench(store, tmp_path, three.uri, many, random.Random(3))
    process = bench.start(config=impatient)
    reach(bench, process, 5_000)
    secondaries = [port for port in three.ports if port != three.primary()]
    for port in secondaries:
        three.kill(port)
    report = loader.end(process, status=1)
    assert report["read"] < sum(bench.truth.read.values())
    for port in secondaries:
        three.start(port)
    three.primary()
    bench.to_the_end()
