"""The ledger: what is finished, what is resumed, and books that do not balance."""

import msgspec
import pytest

from etl.errors import BooksError
from etl.load.decided import Decided
from etl.load.ledger import Ledger, load_id
from etl.load.quarantine import Quarantine
from etl.load.store import Store
from etl.model import Counts, DumpStamp, Reason, Rejection, Stage
from tests.load.made import acknowledge, intend, stamp

pytestmark = pytest.mark.mongo

TWO = Counts(read=2, inserted=1, duplicate=1)
ONE = Counts(read=1, revised=1)
BAD = Counts(read=1, rejected=1, reasons={"undated": 1})
THIS = load_id(stamp())


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return Ledger(store)


def rejection(record: int = 1) -> Rejection:
    return Rejection(Stage.TRANSFORM, Reason.UNDATED, "it has no date", record=record, raw=b"{}")


def test_an_id_names_content_source_and_parser() -> None:
    assert f"{'0' * 64}/harbour/1-0123456789ab" == THIS


class TestLargeDumps:
    def test_a_dump_is_finished_with_the_sum_of_its_blocks(self, ledger: Ledger) -> None:
        ledger.begin(THIS, stamp(), 100)
        for block, counts in enumerate([TWO, ONE]):
            assert intend(ledger, THIS, block, stamp(), counts).resumed is False
            acknowledge(ledger, THIS, block, counts)
        assert ledger.finished([THIS]) == {}
        assert ledger.finish(THIS, blocks=2) == TWO + ONE
        assert ledger.finished([THIS, "other"])[THIS].run == "run-1"
        load = ledger.get(THIS)
        assert load is not None
        assert (load.state, load.counts, load.attempts, load.size) == ("finished", TWO + ONE, 1, 100)

    def test_an_empty_dump_finishes(self, ledger: Ledger) -> None:
        ledger.begin(THIS, stamp(), 0)
        assert ledger.finish(THIS, blocks=0) == Counts()

    def test_a_block_of_a_dead_attempt_is_resumed_with_its_outcomes(self, ledger: Ledger) -> None:
        ledger.begin(THIS, stamp(), 100)
        intend(ledger, THIS, 0, stamp(), TWO, "id")
        ledger.begin(THIS, stamp(0, "run-2"), 100)
        intent = intend(ledger, THIS, 0, stamp(0, "run-2"), Counts(read=2, duplicate=2), "dd")
        assert (intent.counts, intent.resumed, intent.outcomes) == (TWO, True, "id")
        assert ledger.blocks_done(THIS) == set()
        load = ledger.get(THIS)
        assert load is not None
        assert (load.attempts, load.run) == (2, "run-2")

    def test_an_amended_intent_is_what_is_resumed(self, store: Store, ledger: Ledger) -> None:
        fresh = intend(ledger, THIS, 0, stamp(), TWO, "ii")
        Decided.block(store, THIS, 0, fresh, "ii").amend("is")
        assert intend(ledger, THIS, 0, stamp(0, "run-2"), TWO, "dd").outcomes == "is"

    def test_of_two_who_amend_an_intent_each_keeps_what_the_other_decided(
        self, store: Store, ledger: Ledger
    ) -> None:
        mine = Decided.block(store, THIS, 0, intend(ledger, THIS, 0, stamp(), TWO, "ii"), "ii")
        there = intend(ledger, THIS, 0, stamp(0, "run-2"), TWO, "ii")
        theirs = Decided.block(store, THIS, 0, there, "ii")
        mine.amend("ri")
        theirs.amend("is")
        assert mine.recall() == theirs.recall() == "rs"
        theirs.amend("ss")  # decided later than mine
        assert mine.recall() == "ss"
        acknowledge(ledger, THIS, 0, TWO)
        mine.amend("dd")
        assert mine.recall() == "ss"

    def test_a_copy_in_the_same_run_has_outcomes_of_its_own(self, store: Store, ledger: Ledger) -> None:
        copy = msgspec.structs.replace(stamp(), dump="dumps/copy.jsonl")
        intend(ledger, THIS, 0, stamp(), TWO, "ii")
        intent = intend(ledger, THIS, 0, copy, Counts(read=2, duplicate=2), "dd")
        assert (intent.counts, intent.resumed) == (Counts(read=2, duplicate=2), False)
        Decided.block(store, THIS, 0, intent, "dd").amend("ds")
        assert intend(ledger, THIS, 0, stamp(0, "run-2"), TWO, "dd").outcomes == "ii"

    def test_of_two_acknowledgements_the_first_is_believed(self, ledger: Ledger) -> None:
        ledger.begin(THIS, stamp(), 1)
        intend(ledger, THIS, 0, stamp(), TWO)
        acknowledge(ledger, THIS, 0, TWO)
        acknowledge(ledger, THIS, 0, Counts(read=2, duplicate=2))
        assert ledger.finish(THIS) == TWO

    def test_a_block_that_was_cut_short_is_taken_again_with_what_it_gave_more(self, ledger: Ledger) -> None:
        ledger.begin(THIS, stamp(), 1)
        intend(ledger, THIS, 0, stamp(), ONE, "r")
        acknowledge(ledger, THIS, 0, ONE, cut_short=True)
        assert ledger.fail(THIS, "the disk was pulled out") == ONE
        assert ledger.blocks_done(THIS) == set()
        ledger.begin(THIS, stamp(0, "run-2"), 1)
        intent = intend(ledger, THIS, 0, stamp(0, "run-2"), TWO, "di")
        assert (intent.counts, intent.resumed, intent.outcomes) == (TWO, True, "r")
        acknowledge(ledger, THIS, 0, TWO)
        assert ledger.finish(THIS) == TWO

    def test_a_failed_dump_keeps_what_it_gave_and_why_it_failed(self, ledger: Ledger) -> None:
        ledger.begin(THIS, stamp(), 1)
        intend(ledger, THIS, 0, stamp(), TWO)
        acknowledge(ledger, THIS, 0, TWO)
        intend(ledger, THIS, 1, stamp(), ONE)
        assert ledger.fail(THIS, "it ends in the middle") == TWO
        load = ledger.get(THIS)
        assert load is not None
        assert (load.state, load.error, load.counts) == ("failed", "it ends in the middle", TWO)
        ledger.begin(THIS, stamp(0, "run-2"), 1)
        load = ledger.get(THIS)
        assert load is not None
        assert (load.state, load.error, load.attempts) == ("started", None, 2)
        assert ledger.blocks_done(THIS) == {0}

    def test_an_interrupted_dump_says_so(self, ledger: Ledger) -> None:
        ledger.begin(THIS, stamp(), 1)
        assert ledger.interrupt(THIS) == Counts()
        load = ledger.get(THIS)
        assert load is not None
        assert load.state == "interrupted"

    def test_a_finished_dump_stays_finished_whatever_a_slower_run_says(self, ledger: Ledger) -> None:
        ledger.begin(THIS, stamp(), 1)
        ledger.finish(THIS)
        ledger.begin(THIS, stamp(0, "run-2"), 1)
        ledger.fail(THIS, "the file is gone")
        ledger.interrupt(THIS)
        assert ledger.finished([THIS])[THIS].run == "run-1"

    def test_an_unwritten_block_keeps_a_dump_from_being_finished(self, ledger: Ledger) -> None:
        ledger.begin(THIS, stamp(), 1)
        intend(ledger, THIS, 0, stamp(), TWO)
        with pytest.raises(BooksError, match="block 0 was never written"):
            ledger.finish(THIS)
        assert ledger.finished([THIS]) == {}

    def test_a_missing_block_keeps_a_dump_from_being_finished(self, ledger: Ledger) -> None:
        ledger.begin(THIS, stamp(), 1)
        intend(ledger, THIS, 0, stamp(), TWO)
        acknowledge(ledger, THIS, 0, TWO)
        with pytest.raises(BooksError, match="1 blocks in the ledger, and 2 in the dump"):
            ledger.finish(THIS, blocks=2)

    def test_books_that_do_not_balance_keep_a_dump_from_being_finished(self, ledger: Ledger) -> None:
        ledger.begin(THIS, stamp(), 1)
        intend(ledger, THIS, 0, stamp(), Counts(read=2, inserted=1))
        acknowledge(ledger, THIS, 0, Counts(read=2, inserted=1))
        with pytest.raises(BooksError, match="does not balance"):
            ledger.finish(THIS)

    def test_a_rejection_that_is_not_in_quarantine_keeps_a_dump_from_being_finished(
        self, ledger: Ledger, store: Store
    ) -> None:
        ledger.begin(THIS, stamp(), 1)
        intend(ledger, THIS, 0, stamp(), BAD)
        acknowledge(ledger, THIS, 0, BAD)
        with pytest.raises(BooksError, match="quarantine"):
            ledger.finish(THIS)
        Quarantine(store).write(stamp(), [rejection()])
        assert ledger.finish(THIS) == BAD


class TestEarlierVersions:
    @staticmethod
    def finish(ledger: Ledger, mark: DumpStamp, *digests: bytes) -> str:
        this = load_id(mark)
        ledger.begin(this, mark, 1)
        for block, digest in enumerate(digests):
            intend(ledger, this, block, mark, TWO)
            acknowledge(ledger, this, block, TWO, digest=digest, records=digest * 2)
        ledger.finish(this)
        return this

    def test_the_last_finished_version_of_a_dump_is_found_by_its_name(self, ledger: Ledger) -> None:
        name = "dumps/growing.jsonl"
        marks = [msgspec.structs.replace(stamp(n), dump=name) for n in range(4)]
        assert ledger.previous(marks[3]) is None
        self.finish(ledger, marks[0])
        last = self.finish(ledger, marks[1])
        ledger.begin(load_id(marks[2]), marks[2], 1)  # never finished
        previous = ledger.previous(marks[3])
        assert previous is not None
        assert previous.id == last
        assert ledger.previous(msgspec.structs.replace(marks[3], parser="2-x")) is None
        assert ledger.previous(stamp(3)) is None

    def test_blocks_and_their_records_are_read_back_in_order(
        self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("etl.load.ledger._PAGE", 2)
        digests = [bytes([n]) * 16 for n in range(5)]
        this = self.finish(ledger, stamp(), *digests)
        assert [(block.number, block.digest, block.counts) for block in ledger.blocks(this)] == [
            (n, digest, TWO) for n, digest in enumerate(digests)
        ]
        assert list(ledger.record_digests(this)) == [digest * 2 for digest in digests]
