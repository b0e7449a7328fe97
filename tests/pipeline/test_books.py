"""The books of a run, from the reports of its chunks."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import BooksError
from etl.model import Counts, Outcome, Reason, Rejection, Stage
from etl.pipeline.books import Books
from etl.pipeline.job import ChunkReport, DumpTime, Failure, PartReport
from etl.pipeline.tally import tally

GOOD = Counts(read=3, inserted=2, rejected=1, reasons={"undated": 1})


@given(st.lists(st.sampled_from([*Outcome, *(Rejection(Stage.EXTRACT, why, "x", 1, b"") for why in Reason)])))
def test_a_tally_counts_each_outcome_and_each_reason(outcomes: list[Outcome | Rejection]) -> None:
    kinds = Counter("rejected" if isinstance(each, Rejection) else each.value for each in outcomes)
    reasons = Counter(each.reason.value for each in outcomes if isinstance(each, Rejection))
    assert tally(outcomes) == Counts(read=len(outcomes), **kinds, reasons=dict(reasons))


def test_reports_add_up_by_source() -> None:
    books = Books()
    books.add(ChunkReport("a", loaded=1, counts=GOOD))
    books.add(ChunkReport("a", loaded=2, skipped=1, counts=GOOD))
    books.add(ChunkReport("b", failures=(Failure("x", "torn"),)))
    report = books.report("run", 1.0, None)
    assert report.counts == Counts(read=6, inserted=4, rejected=2, reasons={"undated": 2})
    assert (report.loaded, report.skipped, report.failed) == (3, 1, 1)
    assert report.sources["a"].loaded == 3
    assert report.state == "failed"


def test_a_dump_in_parts_is_closed_when_the_last_part_is_in() -> None:
    books = Books()
    first = PartReport("load", "dump", 2, seconds=1.0)
    last = PartReport("load", "dump", 2, error="torn", seconds=2.0)
    assert books.add(ChunkReport("a", part=first)) is None
    assert books.add(ChunkReport("a", part=last)) == last
    assert books.unfinished() == []


def test_a_dump_of_which_a_part_never_reported_is_closed_as_interrupted() -> None:
    books = Books()
    books.add(ChunkReport("a", part=PartReport("load", "dump", 2, seconds=1.0)))
    assert books.unfinished() == [("a", PartReport("load", "dump", 2, interrupted=True, seconds=1.0))]
    assert books.unfinished() == []


def test_books_that_do_not_balance_are_no_report() -> None:
    books = Books()
    books.add(ChunkReport("a", counts=Counts(read=2, inserted=1)))
    with pytest.raises(BooksError, match="does not balance"):
        books.report("run", 1.0, None)


@pytest.mark.parametrize(
    ("report", "state"),
    [
        (ChunkReport("a", loaded=1), "completed"),
        (ChunkReport("a", counts=GOOD), "completed_with_warnings"),
        (ChunkReport("a", notices=("a link",)), "completed_with_warnings"),
        (ChunkReport("a", interrupted=True), "interrupted"),
        (ChunkReport("a", interrupted=True, failures=(Failure("x", "y"),)), "failed"),
    ],
)
def test_the_state_says_the_worst_that_happened(report: ChunkReport, state: str) -> None:
    books = Books()
    books.add(report)
    assert books.report("run", 1.0, None).state == state


def test_the_slowest_dumps_are_named_slowest_first() -> None:
    books = Books()
    for seconds in (3.0, 1.0, 9.0, 4.0, 2.0, 8.0, 7.0):
        books.add(ChunkReport("a", times=(DumpTime(f"d{seconds:.0f}", seconds),)))
    assert [time.dump for time in books.report("run", 1.0, None).slowest] == ["d9", "d8", "d7", "d4", "d3"]


def test_outcomes_and_rejections_tally() -> None:
    rejection = Rejection(Stage.TRANSFORM, Reason.UNDATED, "no date", 1, b"")
    counts = tally([Outcome.INSERTED, Outcome.DUPLICATE, rejection, rejection])
    assert counts == Counts(read=4, inserted=1, duplicate=1, rejected=2, reasons={"undated": 2})
    assert counts.balanced()
