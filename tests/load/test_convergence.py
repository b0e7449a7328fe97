"""Several loaders at once, in threads and in processes: the same documents as one alone."""

import multiprocessing
import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from etl.load.retry import Retrier
from etl.load.store import Store, connected
from etl.model import Article
from etl.settings import RetrySettings, StoreSettings
from tests.load.made import article, stamp
from tests.load.shelf import expected, held, load_all, whole

pytestmark = pytest.mark.mongo


def records(n: int, keys: int, dump: int, seed: int = 3) -> list[Article]:
    """The same records whatever the dump, with texts that come back among them."""
    rng = random.Random(seed)
    mark = stamp(dump)
    return [
        article(f"k{rng.randrange(keys):04d}", rng.choice("AAABC"), rng.randint(1, 9), record=n, stamp=mark)
        for n in range(n)
    ]


def shuffled(articles: Sequence[Article], seed: int) -> list[Article]:
    return random.Random(seed).sample(articles, len(articles))


def in_a_process(uri: str, database: str, dump: int) -> str:
    store = connected(uri, database, StoreSettings(), RetrySettings())
    return load_all(store, shuffled(records(900, 150, dump), dump), 60)


def test_three_orders_end_in_the_same_documents(store: Store) -> None:
    ends = []
    for seed in range(3):
        store.articles.delete_many({})
        store.revisions.delete_many({})
        load_all(store, shuffled(records(600, 90, 0), seed), 50 + 37 * seed)
        ends.append(whole(store))
    assert ends[0] == ends[1] == ends[2]
    assert held(store) == expected(records(600, 90, 0))


def test_threads_on_the_same_keys_end_as_one_alone_and_insert_each_key_once(store: Store) -> None:
    loads = [shuffled(records(600, 60, dump), dump) for dump in range(4)]
    with ThreadPoolExecutor(4) as pool:
        outcomes = "".join(pool.map(lambda one: load_all(store, one, 40), loads))
    assert held(store) == expected(loads[0])
    assert len(outcomes) == 2400
    assert outcomes.count("i") == store.articles.count_documents({})


@pytest.mark.parametrize(("keys", "batch"), [(1, 4), (3, 1), (3, 20), (10, 4), (10, 20)])
def test_threads_that_keep_getting_ahead_of_each_other_end_as_one_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch, keys: int, batch: int
) -> None:
    call = Retrier.call

    def dawdling(self: Retrier, operation: str, function: Any) -> Any:
        time.sleep(random.random() ** 4 * 0.01)
        return call(self, operation, function)

    monkeypatch.setattr(Retrier, "call", dawdling)
    loads = [records(60, keys, dump, seed=dump) for dump in range(5)]
    with ThreadPoolExecutor(5) as pool:
        outcomes = "".join(pool.map(lambda one: load_all(store, one, batch), loads))
    assert held(store) == expected([one for load in loads for one in load])
    assert outcomes.count("i") == keys


def test_processes_on_the_same_keys_end_as_one_alone(store: Store, mongo_uri: str) -> None:
    context = multiprocessing.get_context("forkserver")
    database = store.database.name
    with ProcessPoolExecutor(3, mp_context=context) as pool:
        outcomes = "".join(pool.map(in_a_process, [mongo_uri] * 3, [database] * 3, range(3)))
    parallel = whole(store)
    assert outcomes.count("i") == len(parallel[0])
    store.articles.delete_many({})
    store.revisions.delete_many({})
    load_all(store, records(900, 150, 0), 900)
    assert whole(store) == parallel
