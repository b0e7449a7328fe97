"""Bodies that services keep as trees: Contentful, Editor.js, Portable Text, Arc, Fundus and their like.

All of them are objects and lists with text at the leaves, under a few names; what is a paragraph shows in
the nesting alone.
"""

from collections.abc import Iterator
from typing import Any

_TEXTS = ("text", "value", "content", "html", "paragraph", "body")
"""Names of a leaf's text."""
_INNER = (
    "content",
    "children",
    "paragraphs",
    "blocks",
    "sections",
    "items",
    "content_elements",
    "nodes",
    "elements",
)
_HEADS = ("summary", "headline", "title", "heading")
_DEEPEST = 12
_LEAVES = frozenset(("text", "span"))
"""Types of what is part of a line, and no paragraph."""


def rich_text(value: Any) -> str | None:
    """The text of a tree, its paragraphs joined by blank lines; None where it has none.

    >>> rich_text({"sections": [{"headline": ["A ferry"], "paragraphs": ["It sails.", "Every hour."]}]})
    'A ferry\\n\\nIt sails.\\n\\nEvery hour.'
    >>> rich_text({"blocks": [{"type": "paragraph", "data": {"text": "It sails."}}]})
    'It sails.'
    """
    if isinstance(value, list) and not all(isinstance(part, str | dict | list) for part in value):
        return None  # a row of a table, perhaps, but no text
    paragraphs = [part.strip() for part in _paragraphs(value, 0)]
    return "\n\n".join(filter(None, paragraphs)) or None


def _paragraphs(value: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(_is_leaf(item) for item in value):
            yield "".join(_leaf(item) for item in value)
            return
        for item in value:
            yield from _paragraphs(item, depth + 1)
    elif isinstance(value, dict):
        yield from _of_object(value, depth)


def _of_object(value: dict[str, Any], depth: int) -> Iterator[str]:
    for name in _HEADS:
        if isinstance(value.get(name), str | list):
            yield from _paragraphs(value[name], depth + 1)
    inner = next((value[name] for name in _INNER if isinstance(value.get(name), list)), None)
    if inner is not None:
        yield from _paragraphs(inner, depth + 1)
        return
    text = next((value[name] for name in _TEXTS if isinstance(value.get(name), str)), None)
    if text is not None:
        yield text
    elif isinstance(value.get("data"), dict):
        yield from _of_object(value["data"], depth + 1)


def _is_leaf(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("nodeType", value.get("_type", value.get("type"))) in _LEAVES
        and any(isinstance(value.get(name), str) for name in ("text", "value"))
    )


def _leaf(value: dict[str, Any]) -> str:
    return str(next(value[name] for name in ("text", "value") if isinstance(value.get(name), str)))
