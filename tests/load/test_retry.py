"""The retrier: what it repeats, for how long, and what it says in the end."""

import time
from collections.abc import Callable

import pytest
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from etl.errors import StoreError, StoreUnavailableError
from etl.load.retry import Retrier
from etl.settings import RetrySettings


@pytest.fixture
def retrier() -> Retrier:
    settings = RetrySettings(budget_seconds=0.5, first_wait_seconds=0.01, longest_wait_seconds=0.1)
    return Retrier(settings, lambda: ["a.example:27017"])


def failing(times: int, error: PyMongoError) -> tuple[Callable[[], str], list[int]]:
    calls: list[int] = []

    def function() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise error
        return "done"

    return function, calls


def test_a_transient_error_is_tried_again(retrier: Retrier, caplog: pytest.LogCaptureFixture) -> None:
    function, calls = failing(3, AutoReconnect("mongodb://u:planted@h"))
    assert retrier.call("write", function) == "done"
    assert len(calls) == 4
    assert "write: attempt 1 failed (AutoReconnect)" in caplog.text
    assert "planted" not in caplog.text


def test_a_fatal_error_is_tried_once(retrier: Retrier) -> None:
    function, calls = failing(3, OperationFailure("x", 13))
    with pytest.raises(StoreError, match="readWrite"):
        retrier.call("write", function)
    assert len(calls) == 1


def test_an_endless_fault_ends_with_the_budget(retrier: Retrier) -> None:
    function, calls = failing(10**6, AutoReconnect("mongodb://u:planted@h"))
    started = time.monotonic()
    with pytest.raises(StoreUnavailableError) as caught:
        retrier.call("insert articles", function)
    assert time.monotonic() - started < 1
    assert 2 < len(calls) < 120
    text = str(caught.value)
    assert text.startswith("insert articles: no success with MongoDB at a.example:27017 in ")
    assert f"{len(calls)} attempts" in text
    assert "AutoReconnect" in text
    assert "start the run again" in text
    assert "planted" not in text


def test_no_driver_error_hangs_on_ours(retrier: Retrier) -> None:
    for error in (AutoReconnect("planted"), OperationFailure("planted", 18)):
        function, _ = failing(10**6, error)
        with pytest.raises(StoreError) as caught:
            retrier.call("write", function)
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None


def test_a_transient_error_that_turns_fatal_stops(retrier: Retrier) -> None:
    errors = [AutoReconnect("x"), OperationFailure("x", 18)]

    def function() -> None:
        raise errors.pop(0)

    with pytest.raises(StoreError, match="password") as caught:
        retrier.call("write", function)
    assert not isinstance(caught.value, StoreUnavailableError)


def test_what_is_not_the_drivers_passes_through(retrier: Retrier) -> None:
    with pytest.raises(ZeroDivisionError):
        retrier.call("write", lambda: 1 // 0)
