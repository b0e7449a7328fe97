"""`article_revisions`: of each key, every content that was ever loaded and does not stand.

Under `<key>/<content hash>`, at the greatest rank that this content came with.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import bson
import msgspec
from pymongo import DeleteOne, UpdateOne

from etl.load.encode import Encoded, revision_id
from etl.load.merge import Standing
from etl.load.store import Store
from etl.load.writes import Write, insert_new, write
from etl.model import Candidate

RAISED = ("rank", "captured_at", "source", "published_at", "published", "flags")
"""Fields that follow the greatest rank among the records of one content. All others are the content's
own, the key's, or `provenance`, which names the record that brought the content."""


class Revision(msgspec.Struct, frozen=True):
    """A version to keep."""

    key: str
    content_hash: str
    rank: str
    encoded: Encoded


def raised_fields(article: Candidate) -> dict[str, Any]:
    """What a standing document of the same content takes over from an article of higher rank."""
    return {
        "rank": article.rank,
        "captured_at": article.captured_at,
        "source": article.stamp.source,
        "published_at": article.published_at,  # of a day alone, its first moment depends on the zone
        "published": article.published,
        "flags": article.flags,
    }


class Revisions:
    """Keeps versions, and drops those that stand again."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, revisions: Sequence[Revision]) -> dict[int, str]:
        """Store each version, or raise the rank of the one that is kept already.

        Returns:
            Those that the server refuses for their content, by their place, with its words.
        """
        store = self._store
        inserted = insert_new(
            store, "keep revisions", store.revisions, [revision.encoded for revision in revisions]
        )
        raises: list[Write] = [_raise(revisions[place]) for place in sorted(inserted.exists)]
        write(store, "raise revisions", store.revisions, raises)
        return dict(inserted.refused)

    def tidy(self, keys: Iterable[str], standing: Mapping[str, Standing]) -> None:
        """Drop the kept versions whose content stands.

        Only those of a lower rank than what stands: whoever is about to displace the standing article has
        just written it here with its very rank, and must find it here afterwards.

        Args:
            keys: Articles of which a version was written here, which may have come to stand since.
            standing: What stands of others, as far as it is our doing.
        """
        ranks = {revision_id(key, one.content_hash): one.rank for key, one in standing.items()}
        ranks.update(self._ranks(sorted(keys)))
        if not ranks:
            return
        kept = self._store.call(
            "look at revisions",
            lambda: list(
                self._store.revisions.find(
                    {"_id": {"$in": sorted(ranks)}}, {"rank": 1}, batch_size=len(ranks) + 1
                )
            ),
        )
        self._drop(
            {found["_id"]: ranks[found["_id"]] for found in kept if found["rank"] < ranks[found["_id"]]}
        )

    def _ranks(self, keys: Sequence[str]) -> dict[str, str]:
        """Of each of these articles, what a revision of the content that stands would be called, and the
        rank that it stands with."""
        if not keys:
            return {}
        standing = self._store.call(
            "look at standing articles",
            lambda: list(
                self._store.articles.find(
                    {"_id": {"$in": keys}}, {"content_hash": 1, "rank": 1}, batch_size=len(keys) + 1
                )
            ),
        )
        return {revision_id(found["_id"], found["content_hash"]): found["rank"] for found in standing}

    def take_back(self, revisions: Sequence[Revision]) -> None:
        """Drop versions that were kept to be displaced and were not: what should replace them was refused.

        Another loader may have displaced one of them meanwhile, counting on what we wrote: then it goes
        back in.
        """
        store = self._store
        drops: list[Write] = [DeleteOne({"_id": _id(one), "rank": one.rank}) for one in revisions]
        write(store, "take back revisions", store.revisions, drops)
        standing = store.call(
            "look at standing articles",
            lambda: {
                (found["_id"], found["content_hash"])
                for found in store.articles.find(
                    {"_id": {"$in": [one.key for one in revisions]}}, {"content_hash": 1}
                )
            },
        )
        self.keep([one for one in revisions if (one.key, one.content_hash) not in standing])

    def _drop(self, ranks: Mapping[str, str]) -> None:
        drops: list[Write] = [
            DeleteOne({"_id": name, "rank": {"$lt": rank}}) for name, rank in sorted(ranks.items())
        ]
        write(self._store, "drop revisions that stand", self._store.revisions, drops)


def _raise(revision: Revision) -> UpdateOne:
    """Raise what is kept if it is lower. If another loader has just tidied it away, put it there again.

    Where it is kept at this rank or above already, that is a duplicate key, and nothing to do.
    """
    document = bson.decode(revision.encoded.raw)
    raised = {name: document[name] for name in RAISED}
    rest = {name: value for name, value in document.items() if name not in raised and name != "_id"}
    lower = {"_id": _id(revision), "rank": {"$lt": revision.rank}}
    return UpdateOne(lower, {"$set": raised, "$setOnInsert": rest}, upsert=True)


def _id(revision: Revision) -> str:
    return revision_id(revision.key, revision.content_hash)
