"""Tell an object that only wraps records, as the answers of news services do, from a record."""

from typing import Any

COMMON_LISTS = frozenset(
    ("articles", "items", "data", "results", "docs", "documents", "news", "records", "entries", "hits")
) | frozenset(("stories", "posts", "rows", "response", "value"))
"""Names under which an object keeps its records, where the source says nothing."""
BODIES = frozenset(
    ("body", "text", "content", "maintext", "articleBody", "article_body", "full_text", "story")
)
"""Names that make an object a record itself, whatever lists it has."""
TITLES = frozenset(("title", "headline"))


def wrapped_list(value: Any, depth: int = 2) -> tuple[str, ...]:
    """Path to the records in an object that only wraps them; nothing where it is a record itself.

    >>> wrapped_list({"status": "ok", "articles": [{"title": "A"}]})
    ('articles',)
    >>> wrapped_list({"response": {"docs": []}})
    ('response', 'docs')
    >>> wrapped_list({"title": "A", "text": "…", "items": [{"id": 1}]})
    ()
    """
    if not isinstance(value, dict) or not BODIES.isdisjoint(value):
        return ()
    paths: list[tuple[str, ...]] = []
    for key in COMMON_LISTS & value.keys():
        inner = value[key]
        if isinstance(inner, list):
            if all(isinstance(item, dict) for item in inner) and (inner or TITLES.isdisjoint(value)):
                paths.append((key,))
        elif depth > 1 and (path := wrapped_list(inner, depth - 1)):
            paths.append((key, *path))
    return paths[0] if len(paths) == 1 else ()
