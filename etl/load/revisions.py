"""`article_revisions`: of each key, every content that was ever loaded and does not stand.

Under `<key>/<content hash>`, at the greatest rank that this content came with.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import bson
import msgspec
from bson.raw_bson import RawBSONDocument
from pymongo import DeleteOne, UpdateOne

from etl.load.encode import revision_id
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
    raised: Mapping[str, Any]
    encoded: RawBSONDocument


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

    def tidy(self, keys: Iterable[str]) -> None:
        """Drop the kept versions whose content stands.

        Only those of a lower rank than what stands: whoever is about to displace the standing article has
        just written it here with its very rank, and must find it here afterwards.
        """
        store = self._store
        wanted = sorted(keys)
        if not wanted:
            return
        standing = store.call(
            "look at standing articles",
            lambda: list(
                store.articles.find(
                    {"_id": {"$in": wanted}}, {"content_hash": 1, "rank": 1}, batch_size=len(wanted) + 1
                )
            ),
        )
        ranks = {revision_id(found["_id"], found["content_hash"]): found["rank"] for found in standing}
        kept = store.call(
            "look at revisions",
            lambda: list(
                store.revisions.find({"_id": {"$in": list(ranks)}}, {"rank": 1}, batch_size=len(ranks) + 1)
            ),
        )
        self._drop(
            {found["_id"]: ranks[found["_id"]] for found in kept if found["rank"] < ranks[found["_id"]]}
        )

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
    rest = {name: value for name, value in document.items() if name not in revision.raised and name != "_id"}
    lower = {"_id": _id(revision), "rank": {"$lt": revision.rank}}
    return UpdateOne(lower, {"$set": revision.raised, "$setOnInsert": rest}, upsert=True)


def _id(revision: Revision) -> str:
    return revision_id(revision.key, revision.content_hash)
