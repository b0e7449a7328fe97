"""What a store holds, said shortly."""

from collections.abc import Iterable, Sequence
from typing import Any

from etl.load.articles import ArticleSink
from etl.load.plan import letters
from etl.load.store import Store
from etl.model import Article
from tests.load.made import article

Held = dict[str, tuple[str, str]]


def held(store: Store) -> tuple[Held, Held]:
    """Content and rank of each article, and of each revision."""
    found = []
    for collection in (store.articles, store.revisions):
        rows = collection.find({}, {"content_hash": 1, "rank": 1})
        found.append({row["_id"]: (row["content_hash"], row["rank"]) for row in rows})
    return found[0], found[1]


def whole(store: Store) -> tuple[list[Any], list[Any]]:
    """Every document of both collections, `provenance` aside."""
    hidden = {"provenance": 0}
    return list(store.articles.find({}, hidden).sort("_id")), list(
        store.revisions.find({}, hidden).sort("_id")
    )


def expected(articles: Iterable[Article]) -> tuple[Held, Held]:
    """What a store must hold of these articles, in whatever way they were loaded."""
    best: dict[tuple[str, str], str] = {}
    for one in articles:
        place = (one.key, one.content_hash)
        best[place] = max(one.rank, best.get(place, ""))
    top: dict[str, tuple[str, str]] = {}
    for (key, content), rank in best.items():
        if key not in top or rank > top[key][1]:
            top[key] = (content, rank)
    kept = {
        f"{key}/{content}": (content, rank) for (key, content), rank in best.items() if top[key][0] != content
    }
    return top, kept


def load(store: Store, *made: tuple[Any, ...], **fields: Any) -> str:
    """Load articles made of (key, content, rank) in one batch; their outcomes as letters."""
    sink = ArticleSink(store)
    articles = [article(*one, record=n, **fields) for n, one in enumerate(made, 1)]
    return letters(sink.apply(sink.plan(articles)))


def load_all(store: Store, articles: Sequence[Article], batch: int) -> str:
    """Load articles in batches; their outcomes as letters."""
    sink = ArticleSink(store)
    text = ""
    for first in range(0, len(articles), batch):
        text += letters(sink.apply(sink.plan(articles[first : first + batch])))
    return text
