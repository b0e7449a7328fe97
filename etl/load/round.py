"""One round of writes for a batch's keys, in the order that makes it safe to stop anywhere and to repeat.

1. New keys are inserted, unordered and sorted by key,
2. what is about to be displaced is kept as a revision,
3. what stands is replaced or raised, guarded by the rank that was read: never over something newer,
4. superseded articles are kept as revisions.
"""

from collections.abc import Mapping, Sequence

import msgspec
from bson.raw_bson import DEFAULT_RAW_BSON_OPTIONS, RawBSONDocument
from pymongo import UpdateOne

from etl.errors import StoreError
from etl.load.encode import Encoded, key_of, refused, revision_of, says
from etl.load.merge import Standing
from etl.load.plan import KeyWork
from etl.load.revisions import Revision, Revisions, raised_fields
from etl.load.store import Store
from etl.load.writes import Write, commands, insert_new, write
from etl.model import Candidate, Rejection


class Round:
    """Writes keys once, and collects what is to be decided again."""

    def __init__(self, store: Store, revisions: Revisions, articles: Sequence[Candidate]) -> None:
        self._store = store
        self._revisions = revisions
        self._articles = articles
        self.again: dict[str, KeyWork] = {}
        """Keys that had changed since they were looked up, or of which an article was refused."""
        self.refused: dict[int, Rejection] = {}
        """Articles that the server refused, by their place in the batch."""
        self.touched: set[str] = set()
        """Keys for which a revision was written, or whose standing content may have changed."""
        self.standing: dict[str, Standing] = {}
        """What stands of others, for we have just put it there."""

    def write(self, works: Sequence[KeyWork]) -> None:
        """Write these keys, sorted.

        Raises:
            StoreError: the server is gone, or refuses for a cause that is no article's own.
        """
        self._insert([work for work in works if work.merge.insert is not None])
        exchanging = [work for work in works if work.merge.insert is None and work.chosen is not None]
        for _, some in commands(exchanging, _size):
            displaced = self._keep_displaced([work for work in some if self._displaces(work)])
            self._exchange(self._settled(some), displaced)
        self._keep_superseded(self._settled([work for work in works if work.revisions]))

    def _settled(self, works: Sequence[KeyWork]) -> list[KeyWork]:
        return [work for work in works if work.key not in self.again]

    def _displaces(self, work: KeyWork) -> bool:
        if work.merge.replace is None or work.standing is None:
            return False
        article = self._articles[work.places[work.merge.replace]]
        return article.content_hash != work.standing.content_hash

    def _keep_displaced(self, works: Sequence[KeyWork]) -> dict[str, Revision]:
        """Keep as revisions the standing articles that are about to be replaced by another content."""
        if not works:
            return {}
        keys = [work.key for work in works]
        articles = self._store.articles.with_options(DEFAULT_RAW_BSON_OPTIONS)
        found = self._store.call(
            "read what is displaced", lambda: list(articles.find({"_id": {"$in": keys}}))
        )
        documents: dict[str, RawBSONDocument] = {key_of(one): one for one in found}
        displaced: dict[str, Revision] = {}
        for work in works:
            document, standing = documents.get(work.key), work.standing
            if (
                document is None
                or standing is None
                or not says(document, standing.content_hash, standing.rank)
            ):
                self.again[work.key] = work  # somebody was quicker
            else:
                encoded = revision_of(document, work.key, standing.content_hash)
                displaced[work.key] = Revision(work.key, standing.content_hash, standing.rank, encoded)
        self.touched.update(displaced)
        refusals = self._revisions.keep(list(displaced.values()))
        for place, why in refusals.items():
            raise StoreError(
                f"the standing version of article {list(displaced)[place]} is to be replaced and cannot be "
                f"kept in article_revisions: {why}; is that collection's validator stricter than that of "
                "articles?"
            )
        return displaced

    def _insert(self, works: Sequence[KeyWork]) -> None:
        documents = [work.top for work in works if work.top is not None]
        written = insert_new(self._store, "insert articles", self._store.articles, documents)
        for place in written.exists:
            self.again[works[place].key] = works[place]
        for place, why in written.refused.items():
            self._refuse(works[place], works[place].chosen, why)

    def _exchange(self, works: Sequence[KeyWork], displaced: Mapping[str, Revision]) -> None:
        """Replace or raise what stands, as long as it is still what was read."""
        writes = [self._exchange_write(work) for work in works]
        written = write(self._store, "replace articles", self._store.articles, writes)
        for place, why in written.refused.items():
            self._refuse(works[place], works[place].chosen, why)
        kept_in_vain = [works[place].key for place in written.refused if works[place].key in displaced]
        if kept_in_vain:
            self._revisions.take_back([displaced[key] for key in kept_in_vain])
        if written.changed + len(written.refused) < len(works):
            # The server does not say which of them were not as they had been.
            for work in works:
                self.again.setdefault(work.key, work)
        for work in works:
            if work.merge.replace is not None:
                self._replaced(work)

    def _replaced(self, work: KeyWork) -> None:
        """Note what stands of a key now, or that it is to be looked up."""
        if work.key in self.again:
            self.touched.add(work.key)
            return
        # What was displaced was kept before: should it stand again, then whoever put it there finds it.
        self.touched.discard(work.key)
        article = self._articles[work.places[work.merge.replace or 0]]
        self.standing[work.key] = Standing(article.rank, article.content_hash)

    def _exchange_write(self, work: KeyWork) -> Write:
        assert work.standing is not None  # noqa: S101 - there is something to exchange
        rank = work.standing.rank
        if work.top is not None:
            return _replace(work.key, rank, work.top)
        assert work.merge.raised is not None  # noqa: S101 - the only other exchange
        article = self._articles[work.places[work.merge.raised]]
        return UpdateOne({"_id": work.key, "rank": rank}, {"$set": raised_fields(article)})

    def _keep_superseded(self, works: Sequence[KeyWork]) -> None:
        self.touched.update(work.key for work in works)
        revisions = [revision for work in works for revision in work.revisions]
        owners = [(work, place) for work in works for place in work.merge.revisions]
        for place, why in self._revisions.keep(revisions).items():
            self._refuse(*owners[place], why)

    def _refuse(self, work: KeyWork, chosen: int | None, why: str) -> None:
        """The server refuses an article: the others of its key are decided without it."""
        assert chosen is not None  # noqa: S101 - its document was written
        place = work.places[chosen]
        self.refused[place] = refused(self._articles[place], why)
        left = self.again.get(work.key, work)
        places = [other for other in left.places if other != place]
        self.again[work.key] = msgspec.structs.replace(left, places=places)


def _replace(key: str, rank: str, document: Encoded) -> UpdateOne:
    """Replace an article that still has this rank.

    The guard is part of the update: the server plans any query that asks for more than an `_id`, which is
    half of what a replacement costs it.
    """
    unchanged = {"$eq": ["$rank", {"$literal": rank}]}
    return UpdateOne(
        {"_id": key}, [{"$replaceWith": {"$cond": [unchanged, {"$literal": document}, "$$ROOT"]}}]
    )


def _size(work: KeyWork) -> int:
    return len(work.top.raw) if work.top is not None else 0
