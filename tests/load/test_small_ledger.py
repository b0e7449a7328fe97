"""Small whole dumps in the ledger: many at once, each with an entry of its own."""

import msgspec
import pytest

from etl.errors import BooksError
from etl.load.entries import SmallLoad
from etl.load.ledger import Ledger, load_id
from etl.load.small_ledger import SmallLedger
from etl.load.store import Store
from etl.model import Counts
from tests.load.made import stamp

pytestmark = pytest.mark.mongo

ONE = Counts(read=1, revised=1)
BAD = Counts(read=1, rejected=1, reasons={"undated": 1})


@pytest.fixture
def ledger(store: Store) -> SmallLedger:
    return SmallLedger(store)


def small(n: int, run: str = "run-1", counts: Counts = ONE, outcomes: str = "i") -> SmallLoad:
    mark = stamp(n, run)
    return SmallLoad(load_id(mark), mark, 10, counts, outcomes)


def test_many_begin_and_finish_at_once(ledger: SmallLedger, store: Store) -> None:
    loads = [small(n) for n in range(5)]
    intents = ledger.begin(loads)
    assert {intent.resumed for intent in intents.values()} == {False}
    ids = [load.load_id for load in loads]
    assert Ledger(store).finished(ids) == {}
    ledger.finish({load.load_id: load.counts for load in loads})
    assert set(Ledger(store).finished(ids)) == set(ids)


def test_none_are_no_work(ledger: SmallLedger) -> None:
    assert ledger.begin([]) == {}
    ledger.finish({})


def test_a_dead_attempts_intents_are_resumed_and_new_ones_are_not(ledger: SmallLedger, store: Store) -> None:
    ledger.begin([small(0)])
    again = [small(n, "run-2", Counts(read=1, duplicate=1), "d") for n in range(2)]
    intents = ledger.begin(again)
    first, second = (intents[load.load_id] for load in again)
    assert (first.resumed, first.outcomes, first.counts) == (True, "i", ONE)
    assert (second.resumed, second.outcomes) == (False, None)
    load = Ledger(store).get(again[0].load_id)
    assert load is not None
    assert (load.attempts, load.run) == (2, "run-2")


def test_of_copies_in_a_batch_the_first_is_entered(ledger: SmallLedger, store: Store) -> None:
    copies = [small(0), small(0, counts=Counts(read=1, duplicate=1), outcomes="d")]
    intents = ledger.begin(copies)
    assert [intent.resumed for intent in intents.values()] == [False]
    load = Ledger(store).get(copies[0].load_id)
    assert load is not None
    assert load.counts == ONE


def test_a_finished_one_is_not_resumed_and_not_changed(ledger: SmallLedger, store: Store) -> None:
    one = small(0)
    ledger.begin([one])
    ledger.finish({one.load_id: one.counts})
    copy = msgspec.structs.replace(one, counts=Counts(read=1, duplicate=1))
    assert ledger.begin([copy])[one.load_id].resumed is False
    ledger.finish({one.load_id: copy.counts}, [one.load_id])
    load = Ledger(store).get(one.load_id)
    assert load is not None
    assert load.counts == ONE


def test_books_that_came_out_otherwise_are_corrected(ledger: SmallLedger, store: Store) -> None:
    one = small(0)
    ledger.begin([one])
    ledger.finish({one.load_id: Counts(read=1, superseded=1)}, [one.load_id])
    load = Ledger(store).get(one.load_id)
    assert load is not None
    assert load.counts == Counts(read=1, superseded=1)


def test_a_rejection_that_is_not_in_quarantine_keeps_them_from_being_finished(
    ledger: SmallLedger, store: Store
) -> None:
    one = small(0, counts=BAD)
    ledger.begin([one])
    with pytest.raises(BooksError, match="quarantine"):
        ledger.finish({one.load_id: one.counts})


def test_a_failed_one_is_tried_again(ledger: SmallLedger, store: Store) -> None:
    one = small(0)
    ledger.begin([one])
    ledger.fail(one.load_id, "truncated", ONE)
    load = Ledger(store).get(one.load_id)
    assert load is not None
    assert (load.state, load.error) == ("failed", "truncated")
    assert ledger.begin([small(0, "run-2")])[one.load_id].resumed is True
    ledger.finish({one.load_id: one.counts})
    assert one.load_id in Ledger(store).finished([one.load_id])
