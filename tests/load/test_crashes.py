"""A loader that dies between any two commands, or just after one: the next one ends where none had died."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from etl.load.articles import ArticleSink
from etl.load.decided import Decided
from etl.load.entries import SmallLoad
from etl.load.ledger import Ledger, load_id
from etl.load.plan import letters
from etl.load.quarantine import Quarantine, Selection
from etl.load.retry import Retrier
from etl.load.small_ledger import SmallLedger
from etl.load.store import Store
from etl.model import Article, Counts, DumpStamp, Outcome, Reason, Rejection, Stage
from tests.load.made import acknowledge, article, intend, stamp
from tests.load.shelf import expected, held, load_all

pytestmark = pytest.mark.mongo

STOOD = [article(f"k{n}", "A", 5, record=n, stamp=stamp(1)) for n in range(8)]
MINE = [
    article("k0", "A", 5, record=1),  # duplicate
    article("k1", "A", 9, record=2),  # duplicate, raised
    article("k2", "B", 9, record=3),  # revised
    article("k3", "B", 1, record=4),  # superseded
    article("k4", "B", 9, record=5),  # revised
    article("k4", "A", 12, record=6),  # revised: the text has come back
    article("k8", "A", 3, record=7),  # inserted
    article("k9", "A", 3, record=8),  # inserted
    article("k9", "B", 6, record=9),  # revised
    article("k9", "A", 2, record=10),  # superseded
    article("k9", "B", 6, record=11),  # duplicate
]
BAD = Rejection(Stage.TRANSFORM, Reason.NO_TITLE, "it has none", record=12, raw=b"{}")
COUNTS = Counts(
    read=12, inserted=2, revised=4, superseded=2, duplicate=3, rejected=1, reasons={"no_title": 1}
)
THEIRS = [
    article(key, content, rank, record=n, stamp=stamp(2))
    for n, (key, content, rank) in enumerate(
        [("k8", "A", 3), ("k9", "C", 20), ("k2", "C", 30), ("k3", "B", 40), ("k1", "D", 2), ("k7", "A", 6)]
    )
]


class Killed(BaseException):
    """The process is gone: nothing in it runs any more."""


@contextmanager
def killed(
    command: int, *, after: bool, meanwhile: tuple[str, Callable[[], object]] | None = None
) -> Iterator[list[str]]:
    """Die at the n-th command (from 0), before it is sent or once it is done. Gives the names of commands.

    `meanwhile` is a command's name and what another loader does just before it is sent for the first time.
    """
    call = Retrier.call
    names: list[str] = []

    def counted(self: Retrier, operation: str, function: Callable[[], Any]) -> Any:
        names.append(operation)
        if meanwhile is not None and operation == meanwhile[0] and names.count(operation) == 1:
            Retrier.call = call  # type: ignore[method-assign]
            meanwhile[1]()
            Retrier.call = counted  # type: ignore[method-assign]
        if len(names) - 1 == command and not after:
            raise Killed
        result = call(self, operation, function)
        if len(names) - 1 == command:
            raise Killed
        return result

    Retrier.call = counted  # type: ignore[method-assign]
    try:
        yield names
    finally:
        Retrier.call = call  # type: ignore[method-assign]


def tally(outcomes: Sequence[Outcome | Rejection]) -> Counts:
    found = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
    rejected = len(outcomes) - len(found)
    return Counts(
        read=len(outcomes),
        inserted=found.count(Outcome.INSERTED),
        revised=found.count(Outcome.REVISED),
        superseded=found.count(Outcome.SUPERSEDED),
        duplicate=found.count(Outcome.DUPLICATE),
        rejected=rejected,
        reasons={"no_title": rejected} if rejected else {},
    )


def load_dump(store: Store, run: str, articles: Sequence[Article] = MINE) -> Counts:
    """A whole dump of two blocks, as the pipeline loads it."""
    mark = stamp(0, run)
    this = load_id(mark)
    ledger, sink, quarantine = Ledger(store), ArticleSink(store), Quarantine(store)
    if this in ledger.finished([this]):
        return Counts()
    ledger.begin(this, mark, 100)
    done = ledger.blocks_done(this)
    half = len(articles) // 2
    for number, some in enumerate((articles[:half], articles[half:])):
        if number not in done:
            _load_block(store, ledger, sink, quarantine, mark, number, some)
    return ledger.finish(this, blocks=2)


def _load_block(
    store: Store,
    ledger: Ledger,
    sink: ArticleSink,
    quarantine: Quarantine,
    mark: DumpStamp,
    number: int,
    articles: Sequence[Article],
) -> None:
    this = load_id(mark)
    rejections = [BAD] if number == 1 else []
    plan = sink.plan(articles)
    planned = tally([*plan.outcomes, *rejections])
    intent = intend(ledger, this, number, mark, planned, plan.letters)
    quarantine.write(mark, rejections)
    decided = Decided.block(store, this, number, intent, plan.letters)
    outcomes = sink.apply(
        plan,
        thorough=intent.resumed,
        intended=intent.outcomes if intent.resumed else None,
        amend=decided.amend,
        recall=decided.recall,
    )
    acknowledge(ledger, this, number, tally([*outcomes, *rejections]))


def empty(store: Store) -> None:
    for name in store.database.list_collection_names():
        store.database[name].delete_many({})


def commands_of(store: Store) -> int:
    with killed(-1, after=False) as names:
        load_dump(store, "run-0")
    return len(names)


def test_without_a_crash_the_books_are_these(store: Store) -> None:
    load_all(store, STOOD, 50)
    assert load_dump(store, "run-1") == COUNTS
    assert held(store) == expected([*STOOD, *MINE])
    assert load_dump(store, "run-2") == Counts()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_command_changes_neither_documents_nor_books(store: Store, after: bool) -> None:
    load_all(store, STOOD, 50)
    total = commands_of(store)
    assert total > 20
    for command in range(total):
        empty(store)
        load_all(store, STOOD, 50)
        with killed(command, after=after) as names, pytest.raises(Killed):
            load_dump(store, "run-1")
        counts = load_dump(store, "run-2")
        at = f"killed {'after' if after else 'before'} {names[-1]} ({command})"
        last = after and command == total - 1
        assert counts == (Counts() if last else COUNTS), at
        assert held(store) == expected([*STOOD, *MINE]), at
        assert Quarantine(store).count(Selection()) == 1, at
        load = Ledger(store).get(load_id(stamp(0)))
        assert load is not None
        assert (load.state, load.counts) == ("finished", COUNTS), at


def test_a_crash_and_another_loader_before_the_repetition_count_each_key_once(store: Store) -> None:
    load_all(store, STOOD, 50)
    total = commands_of(store)
    keys = {one.key for one in [*MINE, *THEIRS]} - {one.key for one in STOOD}
    for command in range(total):
        empty(store)
        load_all(store, STOOD, 50)
        with killed(command, after=True) as names, pytest.raises(Killed):
            load_dump(store, "run-1")
        theirs = load_all(store, THEIRS, 50)
        load_dump(store, "run-2")
        load = Ledger(store).get(load_id(stamp(0)))
        assert load is not None
        assert load.counts is not None
        at = f"killed after {names[-1]} ({command})"
        assert load.counts.inserted + theirs.count("i") == len(keys), at
        assert load.counts.balanced(), at
        assert held(store) == expected([*STOOD, *MINE, *THEIRS]), at


@pytest.mark.parametrize("at_command", ["insert articles", "replace articles", "keep revisions"])
def test_another_loader_within_and_then_a_crash_count_each_key_once(store: Store, at_command: str) -> None:
    finished = False
    command = 8
    while not finished:
        command += 1
        empty(store)
        load_all(store, STOOD, 50)
        theirs: list[str] = []
        meanwhile = (at_command, lambda theirs=theirs: theirs.append(load_all(store, THEIRS, 50)))
        try:
            with killed(command, after=True, meanwhile=meanwhile) as names:
                load_dump(store, "run-1")
            finished = True
        except Killed:
            load_dump(store, "run-2")
        load = Ledger(store).get(load_id(stamp(0)))
        assert load is not None
        assert load.counts is not None
        at = f"killed after {names[-1]} ({command})"
        loaded = [*MINE, *(THEIRS if theirs else [])]
        keys = {one.key for one in loaded} - {one.key for one in STOOD}
        assert load.counts.inserted + "".join(theirs).count("i") == len(keys), at
        assert load.counts.balanced(), at
        assert held(store) == expected([*STOOD, *loaded]), at


def test_two_crashes_in_a_row_are_as_good_as_one(store: Store) -> None:
    for first, second in ((12, 6), (9, 9), (16, 3)):
        empty(store)
        load_all(store, STOOD, 50)
        for run, command in (("run-1", first), ("run-2", second)):
            with killed(command, after=True), pytest.raises(Killed):
                load_dump(store, run)
        assert load_dump(store, "run-3") == COUNTS
        assert held(store) == expected([*STOOD, *MINE])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_small_dumps_keep_their_outcomes_through_a_crash(store: Store, after: bool) -> None:
    def load_small(run: str) -> dict[str, str]:
        ledger, sink = SmallLedger(store), ArticleSink(store)
        pages = {load_id(stamp(n, run)): stamp(n, run) for n in range(10, 14)}
        due = [this for this in pages if this not in Ledger(store).finished(list(pages))]
        articles = [article(f"s{pages[this].sha256[-1]}", stamp=pages[this]) for this in due]
        plan = sink.plan(articles)
        intents = ledger.begin(
            [
                SmallLoad(this, pages[this], 10, tally([outcome]), letters([outcome]))
                for this, outcome in zip(due, plan.outcomes, strict=True)
            ]
        )
        resumed = any(intents[this].resumed for this in due)
        intended = "".join(
            intents[this].outcomes or letters([outcome])
            for this, outcome in zip(due, plan.outcomes, strict=True)
        )
        outcomes = sink.apply(plan, thorough=resumed, intended=intended if resumed else None)
        books = {this: tally([outcome]) for this, outcome in zip(due, outcomes, strict=True)}
        ledger.finish(books, [this for this in due if books[this] != intents[this].counts])
        return dict(zip(due, letters(outcomes), strict=True))

    with killed(-1, after=False) as names:
        load_small("run-0")
    for command in range(len(names)):
        empty(store)
        with killed(command, after=after), pytest.raises(Killed):
            load_small("run-1")
        load_small("run-2")
        rows = list(store.loads.find())
        assert [row["state"] for row in rows] == ["finished"] * 4
        assert [row["counts"]["inserted"] for row in rows] == [1] * 4
        assert store.articles.count_documents({}) == 4
