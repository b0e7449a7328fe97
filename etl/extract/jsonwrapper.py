"""Tell an object that only wraps records, as the answers of news services do, from a record."""

from collections.abc import Iterator
from typing import Any

import orjson

COMMON_LISTS = frozenset(
    ("articles", "items", "data", "results", "docs", "documents", "news", "records", "entries", "hits")
) | frozenset(("stories", "posts", "rows", "response", "value", "children"))
"""Names under which an object keeps its records, where the source says nothing."""
BODIES = frozenset(
    ("body", "text", "content", "maintext", "articleBody", "article_body", "full_text", "story")
)
"""Names that make an object a record itself, whatever lists it has."""
TITLES = frozenset(("title", "headline"))
TITLE_LIKE = TITLES | {"name", "webTitle", "title_page", "headline_text", "post_title"}
EVERY = "*"
"""In a path: each object or list in the object, whatever its key, as where records are kept by their id."""

_ENVELOPES = ("_source", "attributes", "fields", "data")
"""Objects that hold all that a record says."""
_DEEPEST = 3
_LOOKED_AT = 50
_MOST_TITLED = 0.8
"""Share of the objects under ids that must look like records."""


def wrapped_list(value: Any, depth: int = _DEEPEST) -> tuple[str, ...]:
    """Path to the records in an object that only wraps them; nothing where it is a record itself.

    A list under a common name; else the only list of objects with titles, whatever its name; else the
    objects themselves, where they are kept by their ids.

    >>> wrapped_list({"status": "ok", "articles": [{"title": "A"}]})
    ('articles',)
    >>> wrapped_list({"response": {"docs": []}}), wrapped_list({"7": {"title": "A", "date": "…"}})
    (('response', 'docs'), ('*',))
    >>> wrapped_list({"title": "A", "text": "…", "items": [{"id": 1}]})
    ()
    """
    if not isinstance(value, dict) or not BODIES.isdisjoint(value):
        return ()
    paths = [
        path
        for key in COMMON_LISTS & value.keys()
        if (path := _under(key, value[key], depth, titled=not TITLES.isdisjoint(value))) is not None
    ]
    if not paths and TITLES.isdisjoint(value):
        if _by_id(value):
            return (EVERY,)
        paths = list(_of_any_name(value, depth)) if "name" not in value else []
    return paths[0] if len(paths) == 1 else ()


def _under(key: str, inner: Any, depth: int, *, titled: bool) -> tuple[str, ...] | None:
    """The path to the records under one key; None where there are none. `titled`: beside a title."""
    if isinstance(inner, list):
        if not all(isinstance(item, dict) for item in inner) or (not inner and titled):
            return None
        if (
            len(inner) == 1
            and depth > 1
            and not _is_titled(inner[0])
            and (path := wrapped_list(inner[0], depth - 1))
        ):
            return (key, *path)  # a list of one answer, as in an export of a whole database
        return (key,)
    return (key, *path) if depth > 1 and (path := wrapped_list(inner, depth - 1)) else None


def _of_any_name(value: dict[str, Any], depth: int) -> Iterator[tuple[str, ...]]:
    for key, inner in value.items():
        if isinstance(inner, list):
            if inner and all(map(_is_titled, inner[:_LOOKED_AT])):
                yield (key,)
            elif len(inner) == 1 and depth > 1 and (path := wrapped_list(inner[0], depth - 1)):
                yield (key, *path)
        elif depth > 1 and isinstance(inner, dict) and (path := wrapped_list(inner, depth - 1)):
            yield (key, *path)


def _by_id(value: dict[str, Any]) -> bool:
    """Whether all that an object holds is records under their ids (or addresses, or days)."""
    held = list(value.values())[:_LOOKED_AT]
    if (
        not held
        or not all(isinstance(inner, dict) for inner in held)
        or any(key in _ENVELOPES for key in value)
    ):
        return False
    return sum(map(is_record, held)) >= _MOST_TITLED * len(held)


def is_record(value: Any) -> bool:
    """Whether an object has a title, and something else that articles have."""
    return (
        isinstance(value, dict)
        and len(value) > 1
        and isinstance(value.get("title", value.get("headline")), str)
    )


def with_key(fields: dict[str, Any], key: str, raw: bytes) -> tuple[dict[str, Any], bytes]:
    """A record, and its JSON, with the key that it was kept by, unless it has an `id` (or `url`) itself."""
    names = ("url", "link") if key.startswith(("http://", "https://")) else ("id", "_id", "uuid")
    if any(name in fields for name in names):
        return fields, raw
    pair = orjson.dumps({names[0]: key})[:-1]
    return {names[0]: key, **fields}, pair + (b"," if fields else b"") + raw[1:]


def _is_titled(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if not TITLE_LIKE.isdisjoint(value):
        return True
    return any(
        isinstance(inner := value.get(name), dict) and not TITLE_LIKE.isdisjoint(inner) for name in _ENVELOPES
    )
