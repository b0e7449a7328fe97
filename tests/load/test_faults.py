"""Faults of the server, injected for real: what passes is invisible, what does not stops the run."""

import threading
import time
from typing import Any

import pytest
from pymongo.errors import BulkWriteError

from etl.errors import StoreError, StoreUnavailableError
from etl.load.articles import ArticleSink
from etl.load.plan import letters
from etl.load.store import Store, connect
from etl.settings import RetrySettings, StoreSettings
from tests.load.conftest import FailPoint
from tests.load.made import article, stamp
from tests.load.shelf import expected, held, load_all

pytestmark = pytest.mark.mongo

LABEL = ["RetryableWriteError"]

STOOD = [article(f"k{n}", "A", 5, record=n, stamp=stamp(1)) for n in range(20)]
BATCH = [
    *(article(f"k{n}", "A", 5, record=n) for n in range(5)),  # duplicate
    *(article(f"k{n}", "A", 9, record=n) for n in range(5, 10)),  # duplicate, raised
    *(article(f"k{n}", "B", 9, record=n) for n in range(10, 15)),  # revised
    *(article(f"k{n}", "B", 1, record=n) for n in range(15, 20)),  # superseded
    *(article(f"k{n}", "A", 5, record=n) for n in range(20, 30)),  # inserted
]
OUTCOMES = "d" * 10 + "r" * 5 + "s" * 5 + "i" * 10


def load_batch(store: Store) -> str:
    sink = ArticleSink(store)
    return letters(sink.apply(sink.plan(BATCH)))


TRANSIENT: dict[str, dict[str, Any]] = {
    "NotWritablePrimary": {"errorCode": 10107, "errorLabels": LABEL},
    "InterruptedDueToReplStateChange": {"errorCode": 11602, "errorLabels": LABEL},
    "PrimarySteppedDown": {"errorCode": 189, "errorLabels": LABEL},
    "ShutdownInProgress": {"errorCode": 91, "errorLabels": LABEL},
    "SocketException, unlabelled": {"errorCode": 9001, "errorLabels": []},
    "WriteConflict, unlabelled": {"errorCode": 112, "errorLabels": []},
    "LockTimeout, unlabelled": {"errorCode": 24, "errorLabels": []},
    "ExceededTimeLimit": {"errorCode": 262, "errorLabels": LABEL},
    "an unknown code with a label": {"errorCode": 4711, "errorLabels": LABEL},
    "connection closed": {"closeConnection": True},
}


@pytest.mark.parametrize("kind", TRANSIENT)
def test_a_passing_fault_of_any_command_is_invisible(store: Store, fail_point: FailPoint, kind: str) -> None:
    load_all(store, STOOD, 50)
    commands = ["find", "insert", "update", "delete"]
    with fail_point({"times": 5}, failCommands=commands, **TRANSIENT[kind]):
        assert load_batch(store) == OUTCOMES
    assert held(store) == expected([*STOOD, *BATCH])


@pytest.mark.parametrize("code", [64, 91])
def test_a_majority_that_is_late_is_waited_for(store: Store, fail_point: FailPoint, code: int) -> None:
    load_all(store, STOOD, 50)
    concern = {"code": code, "errmsg": "waiting for replication timed out"}
    with fail_point({"times": 4}, failCommands=["insert", "update"], writeConcernError=concern):
        assert load_batch(store) == OUTCOMES
    assert held(store) == expected([*STOOD, *BATCH])


def test_replies_that_are_lost_after_the_write_do_not_change_outcomes(
    store: Store, fail_point: FailPoint
) -> None:
    for _ in range(10):
        store.articles.delete_many({})
        store.revisions.delete_many({})
        load_all(store, STOOD, 50)
        with fail_point({"times": 6}, name="onPrimaryTransactionalWrite", closeConnection=True):
            assert load_batch(store) == OUTCOMES
        assert held(store) == expected([*STOOD, *BATCH])


def test_a_reply_that_comes_too_late_does_not_change_outcomes(
    mongo_uri: str, store: Store, fail_point: FailPoint
) -> None:
    load_all(store, STOOD, 50)
    settings = StoreSettings(socket_seconds=0.3)
    hasty = connect(mongo_uri, store.database.name, settings, RetrySettings(budget_seconds=20))
    with fail_point({"times": 2}, failCommands=["insert"], blockConnection=True, blockTimeMS=600):
        assert load_batch(hasty) == OUTCOMES
    hasty.close()
    time.sleep(0.4)  # the blocked commands go on and are applied late
    assert held(store) == expected([*STOOD, *BATCH])


@pytest.mark.parametrize("code", [13, 18, 20, 26, 96, 100, 14031, 4711])
def test_a_lasting_fault_stops_at_the_first_attempt(store: Store, fail_point: FailPoint, code: int) -> None:
    started = time.monotonic()
    with (
        fail_point("alwaysOn", failCommands=["insert"], errorCode=code, errorLabels=[]) as point,
        pytest.raises(StoreError) as caught,
    ):
        load_batch(store)
    assert point.times == 1
    assert time.monotonic() - started < 2
    assert not isinstance(caught.value, StoreUnavailableError)
    assert str(code) in str(caught.value)
    assert held(store) == ({}, {})


def test_an_endless_fault_ends_with_the_budget_of_3_s_after_fewer_than_120_attempts(
    mongo_uri: str, store: Store, fail_point: FailPoint
) -> None:
    settings = RetrySettings(budget_seconds=3, first_wait_seconds=0.05, longest_wait_seconds=0.5)
    brief = connect(f"{mongo_uri}&heartbeatFrequencyMS=500", store.database.name, StoreSettings(), settings)
    started = time.monotonic()
    with (
        fail_point("alwaysOn", failCommands=["insert"], errorCode=91, errorLabels=LABEL) as point,
        pytest.raises(StoreUnavailableError, match="start the run again"),
    ):
        load_batch(brief)
    brief.close()
    assert time.monotonic() - started < 6
    assert 2 < point.times < 120  # as the server counts them, the driver's own retries included


def test_a_batch_cut_in_the_middle_is_completed(store: Store, fail_point: FailPoint) -> None:
    # 60 MB travel in two messages; the first is stored, the second fails without saying so.
    large = [article(f"k{n:02d}", record=n, body="x" * (1 << 20)) for n in range(60)]
    sink = ArticleSink(store)
    plan = sink.plan(large)
    with fail_point({"skip": 1}, failCommands=["insert"], closeConnection=True):
        point_off = threading.Timer(
            0.8, lambda: store.client.admin.command("configureFailPoint", "failCommand", mode="off")
        )
        point_off.start()
        assert letters(sink.apply(plan)) == "i" * 60
        point_off.join()
    assert store.articles.count_documents({}) == 60


def test_an_unknown_write_error_of_one_document_stops_and_rejects_nothing(
    store: Store, fail_point: FailPoint
) -> None:
    namespace = f"{store.database.name}.articles"
    with (
        fail_point("alwaysOn", name="failCollectionInserts", collectionNS=namespace, first_id="k25"),
        pytest.raises(StoreError, match="does not know"),
    ):
        load_batch(store)


def test_a_full_disk_stops_and_rejects_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    # As a real full disk was seen to arrive: write errors of single documents, of code 8.
    collection = type(store.articles)

    def full(self: Any, documents: Any, **options: Any) -> Any:
        faults = [{"index": n, "code": 8, "errmsg": "No space left on device"} for n in range(3)]
        raise BulkWriteError({"writeErrors": faults, "writeConcernErrors": [], "nInserted": 7, "nMatched": 0})

    monkeypatch.setattr(collection, "insert_many", full)
    with pytest.raises(StoreError, match="disk is full") as caught:
        load_batch(store)
    assert not isinstance(caught.value, StoreUnavailableError)
    monkeypatch.undo()
    assert load_batch(store)
    assert held(store) == expected(BATCH)
