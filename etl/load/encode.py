"""Documents to BSON, and the verdict on those that no server would take.

One document that is too large or too deep fails its whole batch at the server: each is judged here, alone.
"""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

import bson
from bson.errors import InvalidDocument
from bson.raw_bson import RawBSONDocument

from etl.model import Candidate, Reason, Rejection, Stage

MAX_BYTES = (16 << 20) - (64 << 10)
"""The server's 16 MiB, less what a revision's longer `_id` and later additions may take."""
MAX_DEPTH = 170
"""Levels of nesting in one field. The server counts 180, the document's own levels included."""

_DETAIL = 300


class Encoded(RawBSONDocument):
    """A document as BSON, ready to be sent."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True  # the driver asks, of each replacement; to count its fields it would decode them all


class Packed(Candidate, frozen=True):
    """An article of which only the document is kept, ready to be sent: a third of its memory."""

    encoded: Encoded

    def document(self) -> dict[str, Any]:
        return bson.decode(self.encoded.raw)


_known = attrgetter(*Candidate.__struct_fields__)


def packed(articles: Iterable[Candidate]) -> list[Candidate]:
    """The same articles with their documents encoded; those that no document can hold as they are."""
    made: list[Candidate] = []
    for article in articles:
        encoded = encode(article)
        fields: tuple[Any, ...] = (*_known(article), encoded)
        made.append(article if isinstance(encoded, Rejection) else Packed(*fields))
    return made


def encode(article: Candidate) -> Encoded | Rejection:
    """The article's document as BSON, or why it cannot be one."""
    return article.encoded if isinstance(article, Packed) else _encode(article.document(), article)


def encode_revision(article: Candidate) -> Encoded | Rejection:
    """The document of `article_revisions` for this version of its article."""
    if isinstance(article, Packed):
        return revision_of(article.encoded, article.key, article.content_hash)
    key = article.key
    name = revision_id(key, article.content_hash)
    return _encode({**article.document(), "_id": name, "article": key}, article)


def encode_raised(fields: Mapping[str, Any], article: Candidate) -> Encoded | Rejection:
    """Some of the article's fields as BSON, or why they cannot be."""
    return _encode(dict(fields), article)


def revision_of(document: RawBSONDocument, key: str, content_hash: str) -> Encoded:
    """The document of an article as `article_revisions` holds it: under another `_id`, and with `article`.

    It is spliced, not decoded: `_id` comes first in what we encode and in what the server stores.
    """
    raw = bytes(document.raw)
    if not raw.startswith(_ID, 4):
        raise ValueError(f"the document of {key} does not begin with a text as its `_id`")
    rest = _ID_STARTS + int.from_bytes(raw[_ID_STARTS - 4 : _ID_STARTS], "little")
    fields = (_ID, _text(revision_id(key, content_hash)), raw[rest:-1], b"\x02article\0", _text(key), b"\0")
    body = b"".join(fields)
    return Encoded((len(body) + 4).to_bytes(4, "little") + body)


def key_of(document: RawBSONDocument) -> str:
    """`_id` of an article's document, without decoding the rest of it."""
    raw = document.raw
    if bytes(raw[4 : 4 + len(_ID)]) != _ID:
        return str(document["_id"])
    end = _ID_STARTS + int.from_bytes(raw[_ID_STARTS - 4 : _ID_STARTS], "little") - 1
    return str(raw[_ID_STARTS:end], "utf-8")


def says(document: RawBSONDocument, content_hash: str, rank: str) -> bool:
    """Whether an article's document has this content and this rank.

    Told from its bytes where they stand side by side, as we write them. They stand nowhere else: no body and
    no `extra` can hold a hash of itself.
    """
    here = b"".join((b"\x02content_hash\0", _text(content_hash), b"\x02rank\0", _text(rank)))
    return here in bytes(document.raw) or (document["content_hash"], document["rank"]) == (content_hash, rank)


_ID = b"\x02_id\0"
"""Head of an element `_id` that is a text (bsonspec.org)."""
_ID_STARTS = 4 + len(_ID) + 4
"""Where the text begins, behind the document's length and its own."""


def _text(value: str) -> bytes:
    """Value of such an element."""
    data = value.encode() + b"\0"
    return len(data).to_bytes(4, "little") + data


def revision_id(key: str, content_hash: str) -> str:
    """`_id` in `article_revisions`."""
    return f"{key}/{content_hash}"


def refused(article: Candidate, detail: str) -> Rejection:
    """The verdict that the store cannot hold this article."""
    return Rejection(
        stage=Stage.LOAD,
        reason=Reason.NOT_STORABLE,
        detail=detail[:_DETAIL],
        record=article.record,
        raw=article.raw,
        member=article.member,
        offset=article.offset,
    )


def _encode(document: dict[str, Any], article: Candidate) -> Encoded | Rejection:
    extra = document.get("extra")
    if extra and too_deep(extra):
        return refused(article, f"`extra` nests deeper than {MAX_DEPTH} levels")
    try:
        encoded = bson.encode(document)
    except OverflowError:
        return refused(article, f"{_culprit(document)} holds an integer of more than 64 bits")
    except UnicodeEncodeError:
        return refused(article, f"{_culprit(document)} holds half a character (a lone surrogate)")
    except (InvalidDocument, RecursionError) as error:
        return refused(article, f"{_culprit(document)}: {error}")
    if len(encoded) > MAX_BYTES:
        return refused(
            article, f"its document has {len(encoded):,} bytes; MongoDB takes 16 MiB, we take {MAX_BYTES:,}"
        )
    return Encoded(encoded)


def too_deep(value: dict[str, Any] | list[Any], limit: int = MAX_DEPTH) -> bool:
    """Whether a value nests deeper than `limit` levels."""
    level: list[Any] = [value]
    for _ in range(limit):
        level = [inner for outer in level for inner in _inner(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inner(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _culprit(document: Mapping[str, Any]) -> str:
    """The field that cannot be encoded."""
    for name, value in document.items():
        try:
            bson.encode({name: value})
        except (OverflowError, UnicodeEncodeError, InvalidDocument, RecursionError):
            return f"`{name}`" if name.isprintable() else "a field's name"
    return "the document"
