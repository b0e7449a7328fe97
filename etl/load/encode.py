"""Articles as BSON, each checked by itself before it can fail a whole batch."""

from datetime import datetime
from typing import Any

import bson
from bson.errors import InvalidDocument
from bson.raw_bson import RawBSONDocument

from etl.model import Article, Reason, Rejection, Stage

MOST_BYTES = (16 << 20) - (64 << 10)
"""MongoDB's limit on a document, less what an update adds around it."""
MOST_DEPTH = 150
"""MongoDB's limit is 180; one document over it fails the whole command."""


def encoded(article: Article) -> RawBSONDocument | Rejection:
    """The stored form of an article, or why there is none."""
    document = article.document()
    try:
        if article.extra and _depth(article.extra) > MOST_DEPTH:
            return not_storable(article, f"it nests deeper than {MOST_DEPTH} levels")
        data = bson.encode(document)
    except (InvalidDocument, OverflowError, UnicodeEncodeError) as error:
        return not_storable(article, f"{type(error).__name__}: {str(error)[:200]}")
    if len(data) > MOST_BYTES:
        return not_storable(article, f"its document has {len(data):,} bytes, MongoDB takes {MOST_BYTES:,}")
    return RawBSONDocument(data)


def not_storable(article: Article, detail: str) -> Rejection:
    """The rejection of an article that the store cannot hold."""
    return Rejection(
        stage=Stage.LOAD,
        reason=Reason.NOT_STORABLE,
        detail=detail,
        record=article.record,
        raw=article.raw,
        member=article.member,
        offset=article.offset,
    )


def attribution(article: Article) -> dict[str, Any]:
    """The fields that follow the greatest rank even where the content stands already."""
    return {
        "rank": article.rank,
        "captured_at": article.captured_at,
        "source": article.stamp.source,
        "published": article.published,
        "flags": article.flags,
    }


def millis(moment: datetime) -> datetime:
    """A moment as BSON keeps it: to the millisecond, naive UTC."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=None)


def _depth(value: Any) -> int:
    """Nesting of dicts and lists; iterative, for the value may be deeper than Python's stack."""
    deepest = 0
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(item, dict):
            waiting += [(child, depth + 1) for child in item.values() if isinstance(child, dict | list)]
        elif isinstance(item, list):
            waiting += [(child, depth + 1) for child in item if isinstance(child, dict | list)]
    return deepest
