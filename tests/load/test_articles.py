"""The sink's contract: on a real mongod, and on mongomock where that is honest."""

import random
from typing import Any

import bson
import pytest
from bson.raw_bson import DEFAULT_RAW_BSON_OPTIONS, RawBSONDocument

from etl.errors import StoreError
from etl.load.articles import ArticleSink
from etl.load.encode import MAX_BYTES, MAX_DEPTH
from etl.load.retry import Retrier
from etl.load.store import Store
from etl.model import Outcome, Reason, Rejection
from tests.load.made import article, nested, stamp
from tests.load.shelf import expected, held, load, load_all, whole

pytestmark = pytest.mark.mongo


@pytest.fixture(params=["mongod", "mongomock"])
def any_store(request: pytest.FixtureRequest) -> Store:
    """The store under test, on each backend."""
    backend = "store" if request.param == "mongod" else "mock_store"
    chosen: Store = request.getfixturevalue(backend)
    return chosen


@pytest.fixture
def updating_store(any_store: Store, request: pytest.FixtureRequest) -> Store:
    """The same, for tests that change what stands."""
    if "mongomock" in request.node.name:
        pytest.skip("mongomock 4.3 fails in bulk_write under pymongo 4.11 and newer")
    return any_store


class TestOnEachBackend:
    def test_new_articles_are_inserted(self, any_store: Store) -> None:
        assert load(any_store, ("k1",), ("k2",)) == "ii"
        assert held(any_store) == (
            {"k1": ("content-A", "000001-A"), "k2": ("content-A", "000001-A")},
            {},
        )

    def test_the_whole_document_is_stored(self, any_store: Store) -> None:
        made = article("k1", extra={"a.b": [1, {"$c": 2.5}]}, offset=17, member="m.jsonl")
        sink = ArticleSink(any_store)
        sink.apply(sink.plan([made]))
        assert any_store.articles.find_one() == made.document()

    def test_the_same_again_is_a_duplicate_and_writes_nothing(self, any_store: Store) -> None:
        load(any_store, ("k1",), ("k2",))
        before = whole(any_store)
        plan = ArticleSink(any_store).plan([article("k1"), article("k2")])
        assert plan.work == {}
        assert load(any_store, ("k1",), ("k2",)) == "dd"
        assert whole(any_store) == before

    def test_duplicates_within_a_batch_are_found(self, any_store: Store) -> None:
        assert load(any_store, ("k1",), ("k1",), ("k2",), ("k1",)) == "idid"
        assert len(held(any_store)[0]) == 2

    def test_versions_within_a_batch_leave_the_greatest_and_keep_the_rest(self, any_store: Store) -> None:
        assert load(any_store, ("k", "A", 2), ("k", "B", 3), ("k", "C", 1), ("k", "A", 4)) == "irsr"
        assert held(any_store) == (
            {"k": ("content-A", "000004-A")},
            {"k/content-B": ("content-B", "000003-B"), "k/content-C": ("content-C", "000001-C")},
        )

    def test_a_plan_writes_nothing(self, any_store: Store) -> None:
        plan = ArticleSink(any_store).plan([article("k1"), article("k1", "B", 9)])
        assert plan.outcomes == [Outcome.INSERTED, Outcome.REVISED]
        assert held(any_store) == ({}, {})

    def test_an_empty_batch_is_no_work(self, any_store: Store) -> None:
        sink = ArticleSink(any_store)
        assert sink.apply(sink.plan([])) == []

    def test_a_document_that_cannot_be_encoded_spares_its_neighbours(self, any_store: Store) -> None:
        sink = ArticleSink(any_store)
        bad = article("k1", "B", 9, record=2, extra={"n": 2**64})
        outcomes = sink.apply(sink.plan([article("k1"), bad, article("k2", record=3)]))
        assert outcomes[0] is Outcome.INSERTED
        assert outcomes[2] is Outcome.INSERTED
        rejected = outcomes[1]
        assert isinstance(rejected, Rejection)
        assert (rejected.reason, rejected.record) == (Reason.NOT_STORABLE, 2)
        assert set(held(any_store)[0]) == {"k1", "k2"}

    def test_of_duplicates_that_cannot_be_encoded_each_is_rejected(self, any_store: Store) -> None:
        sink = ArticleSink(any_store)
        bad = [article("k1", record=n, body="\ud800") for n in (1, 2)]
        outcomes = sink.apply(sink.plan(bad))
        assert [isinstance(outcome, Rejection) for outcome in outcomes] == [True, True]
        assert held(any_store) == ({}, {})


class TestChanges:
    def test_a_higher_rank_revises_and_keeps_what_stood(self, updating_store: Store) -> None:
        load(updating_store, ("k", "A", 1))
        stood = updating_store.articles.find_one() or {}
        assert load(updating_store, ("k", "B", 2)) == "r"
        assert held(updating_store) == (
            {"k": ("content-B", "000002-B")},
            {"k/content-A": ("content-A", "000001-A")},
        )
        assert updating_store.revisions.find_one() == {**stood, "_id": "k/content-A", "article": "k"}

    def test_a_lower_rank_is_superseded_and_kept(self, updating_store: Store) -> None:
        load(updating_store, ("k", "B", 2))
        assert load(updating_store, ("k", "A", 1)) == "s"
        assert held(updating_store) == (
            {"k": ("content-B", "000002-B")},
            {"k/content-A": ("content-A", "000001-A")},
        )

    def test_the_same_content_at_a_higher_rank_raises_what_follows_rank(self, updating_store: Store) -> None:
        load(updating_store, ("k", "A", 1))
        before = updating_store.articles.find_one() or {}
        higher = article("k", "A", 9, record=5, flags=["no_body"], stamp=stamp(3))
        sink = ArticleSink(updating_store)
        assert sink.apply(sink.plan([higher])) == [Outcome.DUPLICATE]
        after = updating_store.articles.find_one() or {}
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {"rank", "captured_at", "flags"}
        assert after["provenance"] == before["provenance"]
        assert {**after, "provenance": 0} == {**higher.document(), "provenance": 0}

    def test_a_text_that_comes_back_leaves_the_revisions(self, updating_store: Store) -> None:
        load(updating_store, ("k", "A", 1))
        load(updating_store, ("k", "B", 2))
        assert load(updating_store, ("k", "A", 3)) == "r"
        assert held(updating_store) == (
            {"k": ("content-A", "000003-A")},
            {"k/content-B": ("content-B", "000002-B")},
        )

    def test_a_superseded_text_is_kept_at_its_greatest_rank(self, updating_store: Store) -> None:
        load(updating_store, ("k", "B", 9))
        assert load(updating_store, ("k", "A", 1)) == "s"
        assert load(updating_store, ("k", "A", 5)) == "s"
        assert load(updating_store, ("k", "A", 3)) == "s"
        assert held(updating_store)[1] == {"k/content-A": ("content-A", "000005-A")}
        row = updating_store.revisions.find_one() or {}
        best = article("k", "A", 5).document()
        assert row["captured_at"] == best["captured_at"]
        assert row["provenance"]["record"] == 1

    def test_a_batch_that_raises_and_displaces_keeps_the_raised_rank(self, updating_store: Store) -> None:
        load(updating_store, ("k", "A", 1))
        assert load(updating_store, ("k", "A", 4), ("k", "B", 7)) == "dr"
        assert held(updating_store)[1] == {"k/content-A": ("content-A", "000004-A")}

    def test_a_text_that_comes_back_within_a_batch(self, updating_store: Store) -> None:
        load(updating_store, ("k", "A", 1))
        assert load(updating_store, ("k", "B", 2), ("k", "A", 3)) == "rr"
        assert held(updating_store) == (
            {"k": ("content-A", "000003-A")},
            {"k/content-B": ("content-B", "000002-B")},
        )

    def test_any_split_and_order_ends_in_the_same_documents(self, updating_store: Store) -> None:
        rng = random.Random(11)
        articles = [
            article(f"k{rng.randrange(12)}", rng.choice("ABCD"), rng.randint(1, 9), record=n)
            for n in range(120)
        ]
        ends = []
        for batch in (1, 7, 40, 120):
            load_all(updating_store, articles, batch)
            ends.append(whole(updating_store))
            assert held(updating_store) == expected(articles)
            updating_store.articles.delete_many({})
            updating_store.revisions.delete_many({})
            rng.shuffle(articles)
        assert all(end == ends[0] for end in ends)


class TestRefusals:
    @pytest.fixture
    def strict(self, own_store: Store) -> Store:
        """A store whose validator takes no body that says no."""
        own_store.database.command(
            "collMod",
            "articles",
            validator={"$jsonSchema": {"properties": {"body": {"not": {"pattern": "^no"}}}}},
        )
        return own_store

    def test_a_refused_insert_is_rejected_with_the_rule_and_spares_its_neighbours(
        self, strict: Store
    ) -> None:
        sink = ArticleSink(strict)
        outcomes = sink.apply(sink.plan([article("k1"), article("k2", body="no", record=2)]))
        assert outcomes[0] is Outcome.INSERTED
        refused = outcomes[1]
        assert isinstance(refused, Rejection)
        assert refused.reason is Reason.NOT_STORABLE
        assert "body breaks not" in refused.detail
        assert "code 121" in refused.detail

    def test_the_next_best_of_a_refused_article_takes_its_place(self, strict: Store) -> None:
        sink = ArticleSink(strict)
        batch = [article("k", "A", 1), article("k", "B", 9, record=2, body="no")]
        outcomes = sink.apply(sink.plan(batch))
        assert outcomes[0] is Outcome.INSERTED
        assert isinstance(outcomes[1], Rejection)
        assert held(strict) == ({"k": ("content-A", "000001-A")}, {})

    def test_a_refused_replacement_leaves_what_stands_and_no_revision_of_it(self, strict: Store) -> None:
        sink = ArticleSink(strict)
        sink.apply(sink.plan([article("k", "A", 1)]))
        outcomes = sink.apply(sink.plan([article("k", "B", 9, record=2, body="no")]))
        assert isinstance(outcomes[0], Rejection)
        assert held(strict) == ({"k": ("content-A", "000001-A")}, {})

    def test_a_refused_replacement_among_good_ones_spares_them(self, strict: Store) -> None:
        sink = ArticleSink(strict)
        sink.apply(sink.plan([article(f"k{n}") for n in range(5)]))
        batch = [article(f"k{n}", "B", 9, record=n, **({"body": "no"} if n == 2 else {})) for n in range(5)]
        outcomes = sink.apply(sink.plan(batch))
        assert [isinstance(outcome, Rejection) for outcome in outcomes] == [False, False, True, False, False]
        assert outcomes.count(Outcome.REVISED) == 4
        standing, kept = held(strict)
        assert standing["k2"] == ("content-A", "000001-A")
        assert set(kept) == {f"k{n}/content-A" for n in (0, 1, 3, 4)}

    def test_a_repetition_keeps_the_outcomes_and_refuses_again(self, strict: Store) -> None:
        sink = ArticleSink(strict)
        batch = [article("k", "A", 1), article("k", "B", 9, record=2, body="no")]
        told: list[str] = []
        sink.apply(sink.plan(batch), amend=told.append)
        assert told == ["ix"]
        again = sink.apply(sink.plan(batch), intended=told[-1])
        assert again[0] is Outcome.INSERTED
        assert isinstance(again[1], Rejection)
        assert held(strict) == ({"k": ("content-A", "000001-A")}, {})

    def test_a_unique_index_of_somebody_else_stops_the_run(self, own_store: Store) -> None:
        own_store.articles.create_index("title_hash", name="theirs", unique=True, sparse=True)
        sink = ArticleSink(own_store)
        batch = [article("k1", title_hash="same"), article("k2", title_hash="same")]
        with pytest.raises(StoreError, match="unique index other than that of _id"):
            sink.apply(sink.plan(batch))


class TestOthersAtTheSameTime:
    """What happens between the look-up and the writes."""

    @pytest.mark.parametrize(
        ("theirs", "outcome"),
        [(("A", 1), "d"), (("A", 9), "d"), (("B", 1), "r"), (("B", 9), "s")],
        ids=["same", "same but higher", "lower", "higher"],
    )
    def test_a_key_taken_meanwhile_is_decided_again(self, store: Store, theirs: Any, outcome: str) -> None:
        mine = article("k", "A", 5)
        sink = ArticleSink(store)
        plan = sink.plan([mine])
        other = article("k", *theirs, stamp=stamp(9))
        load_all(store, [other], 1)
        told: list[str] = []
        assert plan.letters == "i"
        result = sink.apply(plan, amend=told.append)
        assert result[0].value[0] == outcome  # type: ignore[union-attr]
        assert told == [outcome]
        assert held(store) == expected([mine, other])

    @pytest.mark.parametrize(("content", "rank"), [("C", 3), ("C", 99), ("A", 20), ("B", 50), ("B", 10)])
    def test_what_stands_changed_meanwhile_is_decided_again(
        self, store: Store, content: str, rank: int
    ) -> None:
        first = article("k", "A", 1, stamp=stamp(8))
        load_all(store, [first], 1)
        sink = ArticleSink(store)
        mine = [article("k", "B", 10), article("k2", "B", 10, record=2)]
        plan = sink.plan(mine)
        other = article("k", content, rank, stamp=stamp(9))
        load_all(store, [other], 1)
        sink.apply(plan)
        assert held(store) == expected([first, other, *mine])

    def test_a_text_that_comes_to_stand_while_it_is_superseded_is_not_kept_twice(self, store: Store) -> None:
        load_all(store, [article("k", "C", 5)], 1)
        sink = ArticleSink(store)
        mine = article("k", "B", 3)
        plan = sink.plan([mine])
        assert plan.outcomes == [Outcome.SUPERSEDED]
        load_all(store, [article("k", "B", 9, stamp=stamp(9))], 1)
        sink.apply(plan)
        assert held(store) == expected([mine, article("k", "C", 5), article("k", "B", 9)])

    def test_a_revision_tidied_away_while_it_is_raised_is_kept(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = [article("k", "B", 2), article("k", "A", 1)]
        load_all(store, first, 1)
        second = article("k", "A", 3)
        row = {**second.document(), "provenance": {**second.document()["provenance"], "record": 3}}
        store.revisions.insert_one({**article("k", "B", 2).document(), "_id": "k/content-B", "article": "k"})
        store.articles.replace_one({"_id": "k"}, row)  # another loader has put A in the place of B ...
        call = Retrier.call

        def meanwhile(self: Retrier, operation: str, function: Any) -> Any:
            if operation == "raise revisions":
                store.revisions.delete_one(
                    {"_id": "k/content-A", "rank": {"$lt": "000003-A"}}
                )  # ... and tidies
            return call(self, operation, function)

        monkeypatch.setattr(Retrier, "call", meanwhile)
        load(store, ("k", "C", 9))
        assert held(store) == expected([*first, second, article("k", "C", 9)])

    @pytest.mark.parametrize(
        "fields",
        [
            {"title": "$rank", "body": "$$ROOT", "extra": {"of": ["$title", "$$REMOVE"]}},
            {"extra": {"$set": {"$x": 1}, "a.b": {"$c": [1, 2.5, None, {"$": 1, "": {"": 2}}]}, "": {}}},
            {"extra": {"_id": {"$ref": 1, "$id": 2}, "least": -(2**63), "nul": "a\0b", "none": []}},
            {"extra": {"deep": nested(MAX_DEPTH - 1)}},
            {"body": "x" * (MAX_BYTES - 2000)},
        ],
    )
    def test_what_replaces_an_article_is_stored_to_the_byte(
        self, store: Store, fields: dict[str, Any]
    ) -> None:
        load_all(store, [article("k", "A", 1, extra={"old": 1})], 1)
        later = article("k", "B", 2, **fields)
        load_all(store, [later], 1)
        stored = store.articles.with_options(DEFAULT_RAW_BSON_OPTIONS).find_one() or {}
        assert isinstance(stored, RawBSONDocument)
        assert bytes(stored.raw) == bson.encode(later.document())

    def test_a_long_text_that_is_displaced_is_kept_whole(self, store: Store) -> None:
        long = "A sentence. " * 40_000  # of which the driver gives a view, not a copy
        articles = [article("k", "A", 1, body=long), article("k", "B", 2, body=long[::-1])]
        for one in articles:
            load_all(store, [one], 1)
        assert held(store) == expected(articles)

    def test_what_is_about_to_be_displaced_is_not_tidied_away(self, store: Store) -> None:
        load_all(store, [article("k", "A", 1)], 1)
        load_all(store, [article("k", "B", 5)], 1)
        row = store.articles.find_one() or {}
        store.revisions.insert_one({**row, "_id": "k/content-B", "article": "k"})  # another loader, mid-way
        load(store, ("k", "C", 2))
        assert store.revisions.count_documents({"_id": "k/content-B"}) == 1
