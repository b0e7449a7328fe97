"""Progress is shown where it can be, and never in the way of the load."""

from uuid import uuid4

import httpx
import pytest

pytestmark = pytest.mark.prefect


@pytest.fixture(autouse=True)
def _prefect_is_set_up_first(prefect_api: str) -> None:
    """Prefect reads its settings when it is first imported, which is why the tests import it late."""


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What Prefect was told."""
    percents: list[float] = []
    monkeypatch.setattr("flows.report.create_progress_artifact", lambda *_, **__: uuid4())
    monkeypatch.setattr("flows.report.update_progress_artifact", lambda _, percent: percents.append(percent))
    return percents


def test_progress_is_told_in_steps_and_ends_at_the_whole(told: list[float]) -> None:
    from flows.report import Progress

    progress = Progress("a run", 100)
    for _ in range(99):
        progress.advance(1)
    progress.done()
    assert told[:2] == [5.0, 10.0]
    assert told[-1] == 100.0
    assert len(told) <= 20


def test_a_lost_prefect_server_is_tried_once_and_the_load_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def lost(*_: object) -> None:
        tried.append(1)
        raise httpx.ConnectError("All connection attempts failed")

    monkeypatch.setattr("flows.report.create_progress_artifact", lambda *_, **__: uuid4())
    monkeypatch.setattr("flows.report.update_progress_artifact", lost)
    from flows.report import Progress

    progress = Progress("a run", 100)
    for _ in range(100):
        progress.advance(1)
    progress.done()
    assert tried == [1]


def test_a_server_that_is_lost_before_the_progress_begins_keeps_nothing_from_the_load(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise RuntimeError("Failed to reach API") from httpx.ConnectError("All connection attempts failed")

    monkeypatch.setattr("flows.report.create_progress_artifact", unreachable)
    from flows.report import Progress

    progress = Progress("a run", 100)
    progress.advance(100)
    progress.done()
    assert caplog.messages == [
        "the progress could not be shown in Prefect (RuntimeError): the load goes on",
    ]


def test_an_error_of_our_own_is_not_taken_for_a_lost_server() -> None:
    from flows.lost import untold

    with pytest.raises(KeyError), untold("the report", "look elsewhere"):
        raise KeyError("a mistake")
