"""Whom a backfill gives way to. How it does so is tested with `article-etl up`."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

FIRST, SECOND = UUID(int=1), UUID(int=2)


def client(*ids: UUID) -> Any:
    """Answers that these runs wait."""
    runs = [SimpleNamespace(id=one, name=f"nightly {one.int}") for one in ids]
    return SimpleNamespace(read_flow_runs=lambda **filters: runs)


def test_it_gives_way_to_each_waiting_run_once() -> None:
    from flows.giving_way import Waiting, _first_waiting

    assert _first_waiting(client(), "nightly", "") is None
    assert _first_waiting(client(FIRST, SECOND), "nightly", "") == Waiting(FIRST, "nightly 1")
    known = f"Goes on after nightly 1 ({FIRST})."
    assert _first_waiting(client(FIRST, SECOND), "nightly", known) == Waiting(SECOND, "nightly 2")
    assert _first_waiting(client(FIRST), "nightly", known) is None


def test_a_run_that_holds_no_slot_never_looks() -> None:
    from flows.giving_way import GivingWay

    with GivingWay() as way:
        assert way._thread is None
        assert not way.asked()
