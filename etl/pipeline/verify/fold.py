"""A stretch of keys: what the journal says was loaded, held against the articles and revisions that stand.

Of each content of a key that a record gave there must be a document, at the greatest rank that it came
with, and of each key the greatest of them must stand. What no record gave has no business there.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
import xxhash

from etl.load.audit import keyed
from etl.load.journal import Page, Part, Version
from etl.load.store import Document, Store
from etl.pipeline.verify.documents import shape_faults, value_faults
from etl.pipeline.verify.finding import BY_HAND, RELOAD, Finding, shown

_hash = xxhash.xxh3_64_intdigest
_pack = msgspec.msgpack.Encoder().encode


class Fold(NamedTuple):
    """What is to be held against the store of a version in the journal."""

    pair: int
    """Which content of which key it is."""
    way: int
    """What its record said: rank, and all that follows it."""
    place: int
    """Where that stood."""
    least: str
    """The rank that this content must have reached; `-` where only the content must be there, nothing where
    not even that."""


def fold(version: Version, page: Page, part: Part, *, sure: bool, ranked: bool) -> Fold:
    """A version as it is to be held against the store.

    Args:
        version: The version.
        page: The page of the journal.
        part: The part of it.
        sure: Whether it was written to its end, so that it must be in the store.
        ranked: Whether its rank must have been reached too.
    """
    pair = pair_of(version)
    place = _place(pair, part.sha256, part.parser, version.member, version.record)
    least = "" if not sure else version.rank if ranked else "-"
    return Fold(pair, _way_of(version, part), place, least)


def pair_of(version: Version) -> int:
    """Which content of which key a version is."""
    return _pair(version.key, version.content_hash)


class Stretch:
    """Keys from `first` (included) to `last` (excluded; None for the end)."""

    def __init__(self, first: str, last: str | None, facts: Iterable[Fold]) -> None:
        self.first = first
        self.last = last
        self._least: dict[int, str] = {}
        """Of each content of a key the greatest rank that surely came; `-` where only the content did."""
        self._ways: set[int] = set()
        """What records of them said: rank, and all that follows it."""
        self._places: set[int] = set()
        """Where they stood."""
        self.runs: set[str] = set()
        """The runs that articles name."""
        for fact in facts:
            self._ways.add(fact.way)
            self._places.add(fact.place)
            if fact.least:
                self._least[fact.pair] = max(self._least.get(fact.pair, ""), fact.least)

    def check(self, store: Store) -> Iterator[Finding | str]:
        """Findings; and, for each document that was recomputed, its collection's name."""
        articles = groupby(keyed(store.articles, store, "_id", self.first, self.last), itemgetter("_id"))
        kept = groupby(keyed(store.revisions, store, "_id", self.first, self.last), _key_of_revision)
        for _, standing, versions in _merged(articles, kept):
            yield from self._check_key(standing, versions)

    @property
    def missing(self) -> Collection[int]:
        """What was loaded and is not there, as `pair_of` gives it; to be asked for after `check`."""
        return self._least.keys()

    def _check_key(self, standing: Document | None, versions: list[Document]) -> Iterator[Finding | str]:
        if standing is not None:
            yield "articles"
            yield from self._check_document("articles", standing)
        for version in versions:
            yield "article_revisions"
            yield from self._check_document("article_revisions", version)
            rule = "a revision's article stands, with the greater rank and another content"
            if standing is None:
                yield _finding("article_revisions", version, rule, "no article", "an article", RELOAD)
            elif not _greater(standing, version):
                found, ours = version.get("rank"), standing.get("rank")
                yield _finding("article_revisions", version, rule, found, f"less than {ours!r}", RELOAD)

    def _check_document(self, collection: str, document: Document) -> Iterator[Finding]:
        revision = collection == "article_revisions"
        faults = list(shape_faults(document, revision=revision))
        if not faults:
            faults = list(value_faults(document, revision=revision))
        for rule, found, expected in faults:
            yield _finding(collection, document, rule, found, expected, RELOAD)
        yield from self._check_origin(collection, document)

    def _check_origin(self, collection: str, document: Document) -> Iterator[Finding]:
        key = document.get("article") if collection == "article_revisions" else document["_id"]
        where = document.get("provenance")
        if not isinstance(where, Mapping):
            return
        self.runs.add(str(where.get("run")))
        pair = _pair(key, document.get("content_hash"))
        least = self._least.pop(pair, "")
        place = _place(pair, *(where.get(name) for name in ("sha256", "parser", "member", "record")))
        if place not in self._places:
            rule = "the journal knows a record that gave this"
            yield _finding(collection, document, rule, f"none at {dict(where)}", "one", BY_HAND)
        elif _way(document, key) not in self._ways:
            rule = "rank, dates, source and flags are those of one of its records"
            found = {n: document.get(n) for n in ("rank", "source", "published_at", "captured_at", "flags")}
            yield _finding(collection, document, rule, found, "those of a record in the journal", RELOAD)
        if least and str(document.get("rank")) < least and least != "-":
            rule = "rank is the greatest that this content came with"
            yield _finding(collection, document, rule, document.get("rank"), least, RELOAD)


def lost(version: Version, page: Page, part: Part) -> Finding:
    """A version that was loaded and is not there."""
    return Finding(
        "articles",
        version.key,
        "what was loaded is in articles or article_revisions",
        "no document",
        f"content {version.content_hash}, which record {version.record} of {part.dump} gave "
        f"in run {page.run}",
        RELOAD,
    )


def _finding(
    collection: str, document: Mapping[str, Any], rule: str, found: object, expected: object, step: str
) -> Finding:
    return Finding(collection, str(document["_id"]), rule, shown(found), shown(expected), step)


def _greater(standing: Mapping[str, Any], version: Mapping[str, Any]) -> bool:
    ours, theirs = standing.get("rank"), version.get("rank")
    return (
        isinstance(ours, str)
        and isinstance(theirs, str)
        and ours > theirs
        and standing.get("content_hash") != version.get("content_hash")
    )


def _key_of_revision(document: Mapping[str, Any]) -> str:
    """The key in its `_id`, by which they are in order."""
    return str(document["_id"]).rpartition("/")[0]


def _merged(
    articles: Iterator[tuple[str, Iterator[Document]]], kept: Iterator[tuple[str, Iterator[Document]]]
) -> Iterator[tuple[str, Document | None, list[Document]]]:
    """Articles and their revisions side by side; both come in order of the keys."""
    left, right = next(articles, None), next(kept, None)
    while left is not None or right is not None:
        key = min(each[0] for each in (left, right) if each is not None)
        standing: Document | None = None
        versions: list[Document] = []
        if left is not None and left[0] == key:
            standing = next(left[1])
            left = next(articles, None)
        if right is not None and right[0] == key:
            versions = list(right[1])
            right = next(kept, None)
        yield key, standing, versions


def _pair(key: object, content: object) -> int:
    return _hash(f"{key}/{content}".encode())


def _place(pair: int, *where: object) -> int:
    return _hash(_pack((pair, *where)))


def _way_of(version: Version, part: Part) -> int:
    published = tuple((version.published or {}).values())
    return _hash(
        _pack(
            (
                version.key,
                version.content_hash,
                version.rank,
                version.published_at,
                published,
                version.captured_at,
                version.flags,
                part.source,
            )
        )
    )


_WAY = ("content_hash", "rank", "published_at", "published", "captured_at", "flags", "source")


def _way(document: Mapping[str, Any], key: object) -> int:
    said = [document.get(name) for name in _WAY]
    published = said[3]
    said[3] = tuple(published.values()) if isinstance(published, dict) else ()
    return _hash(repr_pack((key, *said)))


def repr_pack(values: tuple[object, ...]) -> bytes:
    """Values packed; those that a damaged document holds and that cannot be are written out."""
    try:
        return _pack(values)
    except TypeError:
        return repr(values).encode()
