"""What stands in the store for some keys, and which record brought it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from etl.load.encode import revision_id
from etl.load.merge import Standing, greatest
from etl.load.store import Document, Store
from etl.model import Candidate

Origin = tuple[Any, ...]
"""Which record a document came from: dump, its digest, parser, member, record.

The run is left out: a load that is resumed, or that two runs share, goes on under another one.
"""

_RANKED = {"content_hash": 1, "rank": 1}
_WITH_ORIGIN = {
    **_RANKED,
    **{f"provenance.{name}": 1 for name in ("dump", "sha256", "parser", "member", "record")},
}


class LookUp:
    """Looks keys up. Every method raises `StoreError` when the store is gone or refuses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self, keys: Iterable[str]) -> dict[str, Standing]:
        """What stands, by key, of those for which something does."""
        return {one["_id"]: standing_of(one) for one in self._articles(keys, _RANKED)}

    def with_origin(self, keys: Iterable[str]) -> dict[str, Document]:
        """The same with `provenance`, as documents."""
        return {one["_id"]: one for one in self._articles(keys, _WITH_ORIGIN)}

    def own(
        self,
        articles: Sequence[Candidate],
        groups: Mapping[str, Sequence[int]],
        standing: Mapping[str, Document],
    ) -> set[str]:
        """Keys for which an earlier attempt has written these very articles.

        That is so where the greatest of a key's articles stands with its own provenance, or was displaced
        since and is a revision with its own provenance.

        Args:
            articles: A batch.
            groups: Places in the batch, by key.
            standing: As `with_origin` gives it.
        """
        own: set[str] = set()
        displaced: dict[str, Candidate] = {}
        for key, places in groups.items():
            if not places or key not in standing:
                continue
            group = [articles[place] for place in places]
            top = group[greatest(group)]
            if _origin(standing[key]) == _origin_of(top):
                own.add(key)
            else:
                displaced[revision_id(key, top.content_hash)] = top
        for revision in self._revisions(displaced):
            top = displaced[revision["_id"]]
            if _origin(revision) == _origin_of(top):
                own.add(top.key)
        return own

    def _articles(self, keys: Iterable[str], fields: Mapping[str, int]) -> list[Document]:
        wanted = sorted(keys)
        if not wanted:
            return []
        return self._store.call(
            "look up articles",
            lambda: list(
                self._store.articles.find({"_id": {"$in": wanted}}, fields, batch_size=len(wanted) + 1)
            ),
        )

    def _revisions(self, ids: Iterable[str]) -> list[Document]:
        wanted = sorted(ids)
        if not wanted:
            return []
        return self._store.call(
            "look up revisions",
            lambda: list(
                self._store.revisions.find({"_id": {"$in": wanted}}, _WITH_ORIGIN, batch_size=len(wanted) + 1)
            ),
        )


def standing_of(document: Mapping[str, Any]) -> Standing:
    """A standing document as a merge needs to know it."""
    return Standing(document["rank"], document["content_hash"])


def _origin(document: Mapping[str, Any]) -> Origin:
    where = document.get("provenance", {})
    return tuple(where.get(name) for name in ("dump", "sha256", "parser", "member", "record"))


def _origin_of(article: Candidate) -> Origin:
    stamp = article.stamp
    return (stamp.dump, stamp.sha256, stamp.parser, article.member, article.record)
