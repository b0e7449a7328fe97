"""The merge's laws, on stores that are two dictionaries."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.load.merge import Merge, Standing, merge
from etl.load.plan import by_key, make_plan, prepare
from etl.model import Article, Outcome
from tests.load.made import article

INSERTED, REVISED = Outcome.INSERTED, Outcome.REVISED
SUPERSEDED, DUPLICATE = Outcome.SUPERSEDED, Outcome.DUPLICATE

Made = tuple[str, int]
"""Content and rank."""


class Shelf:
    """What stands and what is kept, as the sink would write it."""

    def __init__(self) -> None:
        self.standing: dict[str, Standing] = {}
        self.revisions: dict[tuple[str, str], str] = {}

    def load(self, articles: Sequence[Article]) -> list[Outcome]:
        outcomes: list[Outcome | None] = [None] * len(articles)
        for key, places in by_key(articles).items():
            group = [articles[place] for place in places]
            merged = merge(self.standing.get(key), group)
            self._write(key, group, merged)
            for place, outcome in zip(places, merged.outcomes, strict=True):
                outcomes[place] = outcome
        return [outcome for outcome in outcomes if outcome is not None]

    def _write(self, key: str, group: Sequence[Article], merged: Merge) -> None:
        chosen = [merged.insert, merged.replace, merged.raised]
        assert sum(place is not None for place in chosen) <= 1
        before = self.standing.get(key)
        for place in chosen:
            if place is not None:
                if merged.raised is not None:
                    assert before is not None
                    assert before.content_hash == group[place].content_hash
                if before is not None and before.content_hash != group[place].content_hash:
                    self._keep(key, before.content_hash, before.rank)
                self.standing[key] = Standing(group[place].rank, group[place].content_hash)
        for place in merged.revisions:
            self._keep(key, group[place].content_hash, group[place].rank)
        self.revisions.pop((key, self.standing[key].content_hash), None)

    def _keep(self, key: str, content: str, rank: str) -> None:
        self.revisions[key, content] = max(rank, self.revisions.get((key, content), ""))


def expected(articles: Sequence[Article]) -> tuple[dict[str, Standing], dict[tuple[str, str], str]]:
    """The invariant, said directly: the greatest stands, every other content is kept at its greatest."""
    best: dict[tuple[str, str], str] = {}
    for one in articles:
        place = (one.key, one.content_hash)
        best[place] = max(one.rank, best.get(place, ""))
    standing: dict[str, Standing] = {}
    for (key, content), rank in best.items():
        if key not in standing or rank > standing[key].rank:
            standing[key] = Standing(rank, content)
    revisions = {
        (key, content): rank for (key, content), rank in best.items() if standing[key].content_hash != content
    }
    return standing, revisions


loads = st.lists(
    st.builds(
        article,
        key=st.sampled_from(["k1", "k2", "k3"]),
        content=st.sampled_from("ABCD"),
        rank=st.integers(1, 6),
    ),
    min_size=1,
    max_size=14,
)


def split(articles: Sequence[Article], rng: random.Random) -> list[Sequence[Article]]:
    batches = []
    rest = list(articles)
    while rest:
        size = rng.randint(1, len(rest))
        batches.append(rest[:size])
        rest = rest[size:]
    return batches


@given(loads, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_order_split_and_repetition_do_not_change_the_end(
    articles: list[Article], rng: random.Random
) -> None:
    shelf = Shelf()
    repeated = articles + rng.sample(articles, rng.randint(0, len(articles)))
    rng.shuffle(repeated)
    for batch in split(repeated, rng):
        assert len(shelf.load(batch)) == len(batch)
    assert (shelf.standing, shelf.revisions) == expected(articles)


@given(loads)
@settings(max_examples=150)
def test_a_batch_has_the_outcomes_of_its_articles_one_by_one(articles: list[Article]) -> None:
    whole, single = Shelf(), Shelf()
    assert whole.load(articles) == [single.load([one])[0] for one in articles]
    assert (whole.standing, whole.revisions) == (single.standing, single.revisions)


@given(loads)
@settings(max_examples=100)
def test_as_many_are_inserted_as_there_are_keys(articles: list[Article]) -> None:
    outcomes = Shelf().load(articles)
    assert outcomes.count(INSERTED) == len({one.key for one in articles})


@given(loads)
@settings(max_examples=100)
def test_a_repeated_batch_revises_nothing_and_writes_no_article(articles: list[Article]) -> None:
    shelf = Shelf()
    shelf.load(articles)
    for key, places in by_key(articles).items():
        merged = merge(shelf.standing[key], [articles[place] for place in places])
        assert (merged.insert, merged.replace, merged.raised) == (None, None, None)
        assert set(merged.outcomes) <= {DUPLICATE, SUPERSEDED}


@given(loads, loads)
@settings(max_examples=100)
def test_a_plan_is_the_merge_of_each_key(standing: list[Article], articles: list[Article]) -> None:
    stands = expected(standing)[0]
    plan = make_plan(articles, stands)
    for key, places in by_key(articles).items():
        one = prepare(key, places, stands.get(key), stands.get(key), articles, [])
        assert [plan.outcomes[place] for place in places] == list(one.merge.outcomes)
        assert (key in plan.work) == one.writes
        if one.writes:
            assert (plan.work[key].merge, plan.work[key].places) == (one.merge, one.places)


@pytest.mark.parametrize(
    ("standing", "made", "outcomes"),
    [
        (None, [("A", 1)], [INSERTED]),
        (("A", 5), [("A", 5)], [DUPLICATE]),
        (("A", 5), [("A", 3)], [DUPLICATE]),
        (("A", 5), [("A", 7)], [DUPLICATE]),
        (("A", 5), [("B", 7)], [REVISED]),
        (("A", 5), [("B", 3)], [SUPERSEDED]),
        (None, [("A", 1), ("B", 2), ("A", 3)], [INSERTED, REVISED, REVISED]),
        (None, [("A", 3), ("B", 2), ("B", 1)], [INSERTED, SUPERSEDED, SUPERSEDED]),
        (("A", 5), [("B", 7), ("A", 9)], [REVISED, REVISED]),
        (("A", 5), [("A", 9), ("B", 7)], [DUPLICATE, SUPERSEDED]),
    ],
)
def test_outcomes(standing: Made | None, made: list[Made], outcomes: list[Outcome]) -> None:
    before = article("k", *standing) if standing else None
    stands = Standing(before.rank, before.content_hash) if before else None
    group = [article("k", *one) for one in made]
    assert merge(stands, group).outcomes == tuple(outcomes)


def test_a_higher_rank_of_the_same_content_raises_only() -> None:
    merged = merge(Standing("000005-A", "content-A"), [article("k", "A", 9)])
    assert merged == Merge((DUPLICATE,), raised=0)


def test_a_text_that_comes_back_within_a_batch_is_written_whole() -> None:
    merged = merge(Standing("000005-A", "content-A"), [article("k", "B", 7), article("k", "A", 9)])
    assert merged == Merge((REVISED, REVISED), replace=1, revisions=(0,))


def test_of_equal_articles_the_first_is_written() -> None:
    merged = merge(None, [article("k", record=1), article("k", record=2)])
    assert merged == Merge((INSERTED, DUPLICATE), insert=0)
