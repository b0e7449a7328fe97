"""The sink: batches of articles into the store, each article to its outcome.

The order of writes makes a batch safe to stop anywhere and to repeat:

1. what is about to be displaced is kept as a revision,
2. new keys are inserted, unordered and sorted by key,
3. what stands is replaced or raised, guarded by the rank that was read: never over something newer,
4. superseded articles are kept as revisions,
5. revisions whose content stands again are dropped.

A key that turns out to have changed since it was looked up is looked up again and decided anew. Outcomes
are decided before the writes and never taken from their results: a write that was repeated meets itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import bson
import msgspec
from bson.raw_bson import RawBSONDocument
from pymongo import ReplaceOne, UpdateOne

from etl.errors import StoreError
from etl.load.encode import as_revision, refused, revision_id
from etl.load.merge import Standing, greatest, merge
from etl.load.plan import KeyWork, Plan, Result, by_key, letters, make_plan, outcomes_of, prepare
from etl.load.revisions import RAISED, Revision, Revisions, raised_fields
from etl.load.store import Store
from etl.load.writes import Write, insert_new, write
from etl.model import Article, Outcome

Amend = Callable[[str], object]
"""Told the outcomes (as `Plan.letters`) whenever they change, before what they describe is written."""

MAX_ROUNDS = 200
"""Looks at a key that others keep changing. Each time somebody else got ahead, so this is never reached."""


class ArticleSink:
    """Writes articles, so that of each key the one of greatest rank stands."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._revisions = Revisions(store)

    def plan(self, articles: Sequence[Article]) -> Plan:
        """What would become of each article now. Writes nothing.

        Raises:
            StoreError: the server is gone or refuses.
        """
        return make_plan(articles, self._look_up({article.key for article in articles}))

    def apply(
        self,
        plan: Plan,
        *,
        thorough: bool = False,
        intended: str | None = None,
        amend: Amend | None = None,
    ) -> list[Result]:
        """Write a planned batch.

        Args:
            plan: As `plan` gave it; better not long ago.
            thorough: The batch may have been written in part by an attempt that died.
            intended: The outcomes (`Plan.letters`) that this attempt had decided on; implies `thorough`.
                They hold for every key that it came to write.
            amend: Called before anything is written that these outcomes do not describe.

        Returns:
            For each article, in order, its outcome, or its rejection where the server refused it.

        Raises:
            StoreError: the server is gone, or refuses for a cause that is no article's own. The batch
                may be written in part, and can be applied again.
        """
        return _Application(self._store, self._revisions, plan, amend).run(
            thorough or intended is not None, intended
        )

    def _look_up(self, keys: Iterable[str]) -> dict[str, Standing]:
        wanted = sorted(keys)
        if not wanted:
            return {}
        found = self._store.call(
            "look up articles",
            lambda: list(
                self._store.articles.find(
                    {"_id": {"$in": wanted}}, {"content_hash": 1, "rank": 1}, batch_size=len(wanted) + 1
                )
            ),
        )
        return {one["_id"]: Standing(one["rank"], one["content_hash"]) for one in found}


Origin = tuple[Any, ...]
"""Which record a document came from, whatever run brought it: dump, its digest, parser, member, record."""


class _Application:
    """One batch on its way into the store."""

    def __init__(self, store: Store, revisions: Revisions, plan: Plan, amend: Amend | None) -> None:
        self._store = store
        self._revisions = revisions
        self._articles = plan.articles
        self._outcomes = list(plan.outcomes)
        self._work = plan.work
        self._amend = amend
        self._touched: set[str] = set()
        """Keys for which a revision was written, or whose standing content has changed."""
        self._settled: set[str] = set()
        """Keys of which we, or an attempt before us, wrote the greatest article: their outcomes stay."""

    def run(self, thorough: bool, intended: str | None) -> list[Result]:
        pending = self._work
        if thorough:
            groups = by_key(self._articles)
            self._touched.update(groups)
            if intended is not None:
                self._restore(groups, intended)
        for _ in range(MAX_ROUNDS):
            again = self._write([pending[key] for key in sorted(pending)])
            if not again:
                self._revisions.tidy(self._touched)
                return self._outcomes
            pending = self._decide_again(again)
        raise StoreError(
            f"{len(pending)} articles, such as {next(iter(pending))}, changed in the store at each of "
            f"{MAX_ROUNDS} attempts to write them; is something else than this loader writing to it?"
        )

    # -- deciding ------------------------------------------------------------------------------------

    def _restore(self, groups: Mapping[str, list[int]], intended: str) -> None:
        """Take back the outcomes that a dead attempt decided, for the keys that it came to write."""
        self._settled = self._own(groups)
        decided = outcomes_of(intended)
        for key in self._settled:
            for place in groups[key]:
                if place < len(decided) and isinstance(self._outcomes[place], Outcome):
                    self._outcomes[place] = decided[place] or self._outcomes[place]
        if self._amend is not None and letters(self._outcomes) != intended:
            self._amend(letters(self._outcomes))

    def _decide_again(self, again: Mapping[str, KeyWork]) -> dict[str, KeyWork]:
        """Look keys up again, and decide anew what is not settled."""
        before = letters(self._outcomes)
        looked_up = self._look_up_whole(again)
        # What we wrote ourselves, in an attempt whose reply was lost, keeps the outcomes that it had.
        self._settled |= self._own({key: work.places for key, work in again.items()}, looked_up)
        pending: dict[str, KeyWork] = {}
        for key, work in again.items():
            found = looked_up.get(key)
            stands = Standing(found["rank"], found["content_hash"]) if found else None
            first = work.first if key in self._settled else stands
            prepared = prepare(key, work.places, first, stands, self._articles, self._outcomes)
            if key not in self._settled or len(prepared.places) < work.planned:
                group = [self._articles[place] for place in prepared.places]
                for place, outcome in zip(prepared.places, merge(first, group).outcomes, strict=True):
                    self._outcomes[place] = outcome
            if prepared.writes:
                pending[key] = prepared
        if self._amend is not None and letters(self._outcomes) != before:
            self._amend(letters(self._outcomes))
        return pending

    def _look_up_whole(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        wanted = sorted(keys)
        found = self._store.call(
            "look up articles again",
            lambda: list(
                self._store.articles.find({"_id": {"$in": wanted}}, _WITH_ORIGIN, batch_size=len(wanted) + 1)
            ),
        )
        return {one["_id"]: one for one in found}

    def _own(
        self, groups: Mapping[str, list[int]], standing: Mapping[str, Mapping[str, Any]] | None = None
    ) -> set[str]:
        """Keys for which an earlier attempt wrote its greatest article: it stands, or was displaced since."""
        standing = self._look_up_whole(groups) if standing is None else standing
        own: set[str] = set()
        displaced: dict[str, Article] = {}
        for key, places in groups.items():
            if not places or key not in standing:
                continue
            group = [self._articles[place] for place in places]
            top = group[greatest(group)]
            if _origin(standing[key]) == _origin_of(top):
                own.add(key)
            else:
                displaced[revision_id(key, top.content_hash)] = top
        if displaced:
            kept = self._store.call(
                "look up revisions",
                lambda: list(
                    self._store.revisions.find(
                        {"_id": {"$in": list(displaced)}}, _WITH_ORIGIN, batch_size=len(displaced) + 1
                    )
                ),
            )
            own.update(
                displaced[one["_id"]].key for one in kept if _origin(one) == _origin_of(displaced[one["_id"]])
            )
        return own

    # -- writing -------------------------------------------------------------------------------------

    def _write(self, works: list[KeyWork]) -> dict[str, KeyWork]:
        """Write all of it once. Returns the keys that are to be decided again."""
        again: dict[str, KeyWork] = {}
        displaced = self._keep_displaced(works, again)
        self._insert([work for work in works if work.merge.insert is not None], again)
        self._exchange([w for w in works if _exchanges(w) and w.key not in again], displaced, again)
        self._keep_superseded([w for w in works if w.revisions and w.key not in again], again)
        return again

    def _keep_displaced(self, works: list[KeyWork], again: dict[str, KeyWork]) -> dict[str, Revision]:
        """Keep as revisions the standing articles that are about to be replaced by another content."""
        due = {work.key: work for work in works if _displaces(work, self._articles)}
        if not due:
            return {}
        found = self._store.call(
            "read what is displaced",
            lambda: list(self._store.articles.find({"_id": {"$in": sorted(due)}})),
        )
        documents = {one["_id"]: one for one in found}
        displaced: dict[str, Revision] = {}
        for key, work in due.items():
            document = documents.get(key)
            if document is None or work.standing is None or document["rank"] != work.standing.rank:
                again[key] = work  # somebody was quicker
            else:
                displaced[key] = _revision(document)
        self._touched.update(displaced)
        refusals = self._revisions.keep(list(displaced.values()))
        if refusals:
            place, why = next(iter(refusals.items()))
            key = list(displaced)[place]
            raise StoreError(
                f"the standing version of article {key} is to be replaced and cannot be kept in "
                f"article_revisions: {why}; is that collection's validator stricter than that of articles?"
            )
        return displaced

    def _insert(self, works: list[KeyWork], again: dict[str, KeyWork]) -> None:
        documents = [work.top for work in works if work.top is not None]
        written = insert_new(self._store, "insert articles", self._store.articles, documents)
        for place in written.exists:
            again[works[place].key] = works[place]
        for place, why in written.refused.items():
            work = works[place]
            assert work.merge.insert is not None  # noqa: S101 - it was chosen for that
            self._refuse(work, work.merge.insert, why, again)

    def _exchange(
        self, works: list[KeyWork], displaced: Mapping[str, Revision], again: dict[str, KeyWork]
    ) -> None:
        """Replace or raise what stands, as long as it is still what was read."""
        writes = [self._exchange_write(work) for work in works]
        written = write(self._store, "replace articles", self._store.articles, writes)
        untouched: list[Revision] = []
        for place, why in written.refused.items():
            work = works[place]
            chosen = work.merge.replace if work.merge.replace is not None else work.merge.raised
            assert chosen is not None  # noqa: S101 - it was chosen for that
            self._refuse(work, chosen, why, again)
            if work.key in displaced:
                untouched.append(displaced[work.key])
        if untouched:
            self._revisions.take_back(untouched)
        self._touched.update(work.key for work in works if work.merge.replace is not None)
        if written.matched + len(written.refused) < len(works):
            # The server does not say which of them it did not find as they were.
            for work in works:
                again.setdefault(work.key, work)

    def _exchange_write(self, work: KeyWork) -> Write:
        assert work.standing is not None  # noqa: S101 - there is something to exchange
        unchanged = {"_id": work.key, "rank": work.standing.rank}
        if work.merge.raised is not None:
            article = self._articles[work.places[work.merge.raised]]
            return UpdateOne(unchanged, {"$set": raised_fields(article)})
        assert work.top is not None  # noqa: S101 - a replacement was encoded
        return ReplaceOne(unchanged, work.top)

    def _keep_superseded(self, works: list[KeyWork], again: dict[str, KeyWork]) -> None:
        self._touched.update(work.key for work in works)
        revisions = [revision for work in works for revision in work.revisions]
        owners = [(work, place) for work in works for place in work.merge.revisions]
        for place, why in self._revisions.keep(revisions).items():
            work, chosen = owners[place]
            self._refuse(work, chosen, why, again)

    def _refuse(self, work: KeyWork, chosen: int, why: str, again: dict[str, KeyWork]) -> None:
        """The server refuses an article for its content: the others of its key are decided without it."""
        place = work.places[chosen]
        self._outcomes[place] = refused(self._articles[place], why)
        left = again.get(work.key, work)
        again[work.key] = msgspec.structs.replace(left, places=[p for p in left.places if p != place])


_WITH_ORIGIN = {
    "content_hash": 1,
    "rank": 1,
    "provenance.dump": 1,
    "provenance.sha256": 1,
    "provenance.parser": 1,
    "provenance.member": 1,
    "provenance.record": 1,
}


def _origin(document: Mapping[str, Any]) -> Origin:
    # The run is left out: a load that is resumed, or that two runs share, goes on under another one.
    where = document.get("provenance", {})
    return tuple(where.get(name) for name in ("dump", "sha256", "parser", "member", "record"))


def _origin_of(article: Article) -> Origin:
    stamp = article.stamp
    return (stamp.dump, stamp.sha256, stamp.parser, article.member, article.record)


def _exchanges(work: KeyWork) -> bool:
    return work.merge.replace is not None or work.merge.raised is not None


def _displaces(work: KeyWork, articles: Sequence[Article]) -> bool:
    if work.merge.replace is None or work.standing is None:
        return False
    return articles[work.places[work.merge.replace]].content_hash != work.standing.content_hash


def _revision(document: dict[str, Any]) -> Revision:
    """A standing document as a revision, at the very rank that it stands with."""
    return Revision(
        document["_id"],
        document["content_hash"],
        document["rank"],
        {name: document[name] for name in RAISED},
        RawBSONDocument(bson.encode(as_revision(document))),
    )
