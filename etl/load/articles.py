"""The sink: batches of articles into the store, convergent, retried, and counted truly."""

from collections.abc import Callable, Iterable, Sequence

import msgspec
from bson.raw_bson import RawBSONDocument
from pymongo import DeleteOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError

from etl.errors import StoreError
from etl.load.encode import attribution, encoded, not_storable
from etl.load.faults import DUPLICATE_KEY, Fault, fault_of_write
from etl.load.merge import Merge, Standing, merge
from etl.load.store import Document, Store
from etl.model import Article, Outcome, Rejection

_ROUNDS = 200
"""Bound on looking again: each round means that somebody else raised a rank, so it is never met."""


class Plan(msgspec.Struct, frozen=True):
    """What a batch would do now. Nothing is written yet."""

    articles: Sequence[Article]
    outcomes: list[Outcome | Rejection]
    """One for each article."""
    merge: Merge
    encoded: dict[int, RawBSONDocument]
    """Stored form by `id()` of the article, of those that are to be written."""


class ArticleSink:
    """Writes articles to `articles`, and to `article_revisions` what they displace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def plan(self, articles: Sequence[Article]) -> Plan:
        """Look up what stands, and plan the least that must be written. Serves a dry run too.

        Raises:
            StoreError: the look-up failed for good.
        """
        standing = {key: each.standing for key, each in self._look_up(articles).items()}
        return self._planned(articles, standing)

    def apply(self, plan: Plan, *, thorough: bool = False) -> list[Outcome | Rejection]:
        """Write what was planned; plan again, by what the store says, wherever somebody was faster.

        Safe to repeat. Outcomes come from look-ups, never from the results of writes: a write that is
        repeated after a lost reply meets itself.

        Args:
            thorough: An earlier attempt may have got half-way: clean up behind it too.

        Returns:
            The outcome of each article; a `Rejection` where the store refuses its document.

        Raises:
            StoreError: the store is gone or refuses; nothing that was acknowledged is lost.
        """
        outcomes = list(plan.outcomes)
        positions = {id(article): index for index, article in enumerate(plan.articles)}
        current = plan
        for _ in range(_ROUNDS):
            unsure, refused = self._write(current)
            self._clean_up(current, thorough)
            for article, rejection in refused:
                outcomes[positions[id(article)]] = rejection
            unsure |= {article.key for article, _ in refused}
            again = self._not_ours(current, unsure, outcomes, positions)
            if not again:
                return outcomes
            current = self.plan(again)
            for article, outcome in zip(again, current.outcomes, strict=True):
                outcomes[positions[id(article)]] = outcome
        raise StoreError("the same articles changed under our hands 200 times: is a loader looping?")

    def _planned(self, articles: Sequence[Article], standing: dict[str, Standing]) -> Plan:
        bad: dict[int, Rejection] = {}
        while True:
            good = [article for article in articles if id(article) not in bad] if bad else articles
            merged = merge(good, standing)
            documents: dict[int, RawBSONDocument] = {}
            found = len(bad)
            for article in (*merged.inserts, *(article for _, article in merged.replaces)):
                document = encoded(article)
                if isinstance(document, Rejection):
                    bad[id(article)] = document
                else:
                    documents[id(article)] = document
            for article in (*merged.revisions, *(article for _, article in merged.raises)):
                document = encoded(article)
                if isinstance(document, Rejection):
                    bad[id(article)] = document
            if len(bad) == found:
                break
        if not bad:
            return Plan(articles, list(merged.outcomes), merged, documents)
        given = iter(merged.outcomes)
        outcomes = [bad[id(article)] if id(article) in bad else next(given) for article in articles]
        return Plan(articles, outcomes, merged, documents)

    def _look_up(self, articles: Sequence[Article]) -> dict[str, "_Found"]:
        keys = sorted({article.key for article in articles})
        if not keys:
            return {}
        fields = {"rank": 1, "content_hash": 1, "provenance": 1}
        rows = self._store.call(
            "the look-up of articles",
            lambda: list(self._store.articles.find({"_id": {"$in": keys}}, fields, batch_size=len(keys))),
        )
        return {row["_id"]: _Found.of(row) for row in rows}

    def _not_ours(
        self,
        plan: Plan,
        unsure: set[str],
        outcomes: list[Outcome | Rejection],
        positions: dict[int, int],
    ) -> list[Article]:
        """The articles, among those of unsure keys, that did not come to stand as planned."""
        if not unsure:
            return []
        concerned = [
            article
            for article in plan.articles
            if article.key in unsure and not isinstance(outcomes[positions[id(article)]], Rejection)
        ]
        found = self._look_up(concerned)
        final = plan.merge.final()
        raised = {article.key for _, article in plan.merge.raises}

        def stands(key: str) -> bool:
            if key not in found or key not in final:
                return False
            if key in raised:
                return found[key].is_raised_to(final[key])
            return found[key].is_written_by(final[key])

        return [article for article in concerned if not stands(article.key)]

    def _write(self, plan: Plan) -> tuple[set[str], list[tuple[Article, Rejection]]]:
        """Keys whose write must be looked at again, and the articles that the server refused."""
        merged = plan.merge
        unsure: set[str] = set()
        refused: list[tuple[Article, Rejection]] = []
        replaces = merged.replaces
        if replaces or merged.revisions:
            moved = self._keep_revisions(merged)
            unsure |= moved
            replaces = [(before, article) for before, article in replaces if article.key not in moved]
        if merged.inserts:
            documents = [plan.encoded[id(article)] for article in merged.inserts]
            self._bulk(
                "the insert of articles",
                merged.inserts,
                unsure,
                refused,
                lambda: _insert(self._store, documents),
            )
        changed = [article for _, article in (*replaces, *merged.raises)]
        if changed:
            operations: list[ReplaceOne[Document] | UpdateOne] = [
                ReplaceOne({"_id": article.key, "rank": before.rank}, plan.encoded[id(article)])
                for before, article in replaces
            ]
            operations += [
                UpdateOne({"_id": article.key, "rank": before.rank}, {"$set": attribution(article)})
                for before, article in merged.raises
            ]
            matched = self._bulk(
                "the update of articles",
                changed,
                unsure,
                refused,
                lambda: self._store.articles.bulk_write(operations, ordered=False).matched_count,
            )
            if matched != len(operations):
                unsure |= {article.key for article in changed}
        return unsure, refused

    def _bulk(
        self,
        name: str,
        articles: Sequence[Article],
        unsure: set[str],
        refused: list[tuple[Article, Rejection]],
        operation: Callable[[], int],
    ) -> int:
        """Run a bulk write and sort out its errors; the operations are those of `articles`, in order."""

        def attempt() -> int:
            try:
                count: int = operation()
            except BulkWriteError as error:
                details = error.details or {}
                errors = details.get("writeErrors", [])
                if details.get("writeConcernErrors") or any(
                    each["code"] != DUPLICATE_KEY and fault_of_write(each) is not Fault.RECORD
                    for each in errors
                ):
                    raise
                for each in errors:
                    article = articles[each["index"]]
                    if each["code"] == DUPLICATE_KEY:
                        unsure.add(article.key)
                    else:
                        refused.append((article, not_storable(article, _why(each))))
                return len(articles) - len(errors)
            return count

        return self._store.call(name, attempt)

    def _keep_revisions(self, merged: Merge) -> set[str]:
        """Write the revisions of what is displaced or does not stand, before anything is displaced.

        Returns:
            Keys whose standing article is no longer the one that was looked up.
        """
        displaced = {article.key: before for before, article in merged.replaces}
        documents: list[Document] = [article.document() for article in merged.revisions]
        moved = set(displaced)
        if displaced:
            query = {"_id": {"$in": sorted(displaced)}}
            for document in self._store.call(
                "the look-up of what is displaced", lambda: list(self._store.articles.find(query))
            ):
                if document["rank"] == displaced[document["_id"]].rank:
                    documents.append(document)
                    moved.discard(document["_id"])
        if documents:
            operations = [_upsert(document) for document in documents]
            self._store.call("the write of revisions", lambda: _upsert_all(self._store, operations))
        return moved

    def _clean_up(self, plan: Plan, thorough: bool) -> None:
        """Drop revisions of a content that stands (again).

        Only below the standing rank: whoever is displacing that very content at this moment has
        written its revision at the rank that it stands with.
        """
        merged = plan.merge
        touched: Iterable[Article] = (
            plan.articles
            if thorough
            else (
                *(article for _, article in merged.replaces),
                *merged.revisions,
            )
        )
        keys = sorted({article.key for article in touched})
        if not keys:
            return
        rows = self._store.call(
            "the look-up of what stands",
            lambda: list(self._store.articles.find({"_id": {"$in": keys}}, {"rank": 1, "content_hash": 1})),
        )
        operations = [
            DeleteOne({"_id": revision_id(row["_id"], row["content_hash"]), "rank": {"$lt": row["rank"]}})
            for row in rows
        ]
        if operations:
            self._store.call(
                "the clean-up of revisions",
                lambda: self._store.revisions.bulk_write(operations, ordered=False),
            )


class _Found(msgspec.Struct, frozen=True):
    """What a look-up found for a key."""

    standing: Standing
    record: tuple[object, ...]

    @staticmethod
    def of(row: Document) -> "_Found":
        p = row.get("provenance") or {}
        record = tuple(p.get(name) for name in ("run", "dump", "sha256", "member", "record"))
        return _Found(Standing(row["rank"], row["content_hash"]), record)

    def is_written_by(self, article: Article) -> bool:
        """Whether this very record brought what stands: then an earlier attempt of ours was applied."""
        stamp = article.stamp
        record = (stamp.run, stamp.dump, stamp.sha256, article.member, article.record)
        return self.record == record and self.standing.content_hash == article.content_hash

    def is_raised_to(self, article: Article) -> bool:
        """Whether the article's content stands at its rank or above."""
        return self.standing.content_hash == article.content_hash and self.standing.rank >= article.rank


def revision_id(key: str, content_hash: str) -> str:
    """`_id` of the revision that holds a content of a key."""
    return f"{key}/{content_hash}"


def _insert(store: Store, documents: list[RawBSONDocument]) -> int:
    return len(store.articles.insert_many(documents, ordered=False).inserted_ids)


def _upsert(document: Document) -> ReplaceOne[Document]:
    key = document["_id"]
    revision = {**document, "_id": revision_id(key, document["content_hash"]), "article": key}
    return ReplaceOne({"_id": revision["_id"], "rank": {"$lt": revision["rank"]}}, revision, upsert=True)


def _upsert_all(store: Store, operations: list[ReplaceOne[Document]]) -> None:
    try:
        store.revisions.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        # A duplicate key means that the revision is there, at this rank or above.
        details = error.details or {}
        others = [each for each in details.get("writeErrors", ()) if each["code"] != DUPLICATE_KEY]
        if others or details.get("writeConcernErrors"):
            raise


def _why(write_error: Document) -> str:
    """The server's reason, with the rule of the validator that failed where it says so."""
    text = str(write_error.get("errmsg", "refused"))
    rules = write_error.get("errInfo", {}).get("details", {}).get("schemaRulesNotSatisfied")
    return f"{text}: {str(rules)[:300]}" if rules else text[:300]
