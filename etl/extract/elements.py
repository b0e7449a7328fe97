"""An XML element as a record's fields."""

import re
from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from etl.errors import Refusal
from etl.model import Reason

_BREAKING = frozenset((
    "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "blockquote", "pre",
    "hr", "para", "paragraph", "section",
))  # fmt: skip
_MARKUP = _BREAKING | frozenset((
    "br", "lb", "b", "i", "em", "strong", "u", "a", "span", "sub", "sup", "q", "small", "big", "font", "td",
    "th", "tbody", "thead", "code", "img", "cite", "abbr", "ins", "del", "s", "strike", "tt", "emphasis",
))  # fmt: skip
"""Elements that are part of a text and no fields, in the many formats that borrow from HTML."""
_LINE_BREAKS = ("br", "lb")
_BLANK_LINES = re.compile(r"[ \t]*+\n[ \t]*+(?:\n[ \t]*+)+")


def element_fields(element: Any, depth: int) -> dict[str, Any]:
    """The fields of a record's element.

    Each child is a field: its text, or an object where it has elements of its own (so `meta.published`
    reaches into `<meta><published>`); a list where the name is repeated. An attribute is a field too:
    `@id` of the record itself and of an object, `date@type` beside the text of `date`. Elements of HTML
    within a child belong to its text, with blank lines between paragraphs; other text between elements is
    `#text`. A full stop in a name becomes `_`.

    Args:
        depth: levels that may be nested. Raises `Refusal` (too_deep) where there are more.
    """
    return _fields(element, depth, set())


def _fields(element: Any, depth: int, mixed: set[Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {f"@{_local(name)}": value for name, value in element.attrib.items()}
    loose = [element.text]
    for child in element:
        name = _name(child)
        value = _value(child, depth - 1, mixed)
        if isinstance(value, str):
            for attribute, stated in child.attrib.items():
                _add(fields, f"{name}@{_local(attribute)}", stated)
        if value not in ("", {}):
            _add(fields, name, value)
        loose.append(child.tail)
    text = " ".join(part.strip() for part in loose if part and not part.isspace())
    if text:
        fields["#text"] = text
    return fields


def _value(element: Any, depth: int, mixed: set[Any]) -> str | Mapping[str, Any]:
    if depth < 0:
        raise Refusal(Reason.TOO_DEEP, "nests deeper than `limits.depth` in config/settings.toml allows")
    if len(element) == 0:
        text = element.text or ""
        return text if not text.isspace() and (text or not element.attrib) else _fields(element, depth, mixed)
    return _text(element) if _is_marked_up(element, mixed) else _fields(element, depth, mixed)


def _is_marked_up(element: Any, mixed: set[Any]) -> bool:
    """Whether all elements within are markup of its text; `mixed` are those of which it is known not to be
    so, for each is looked through only once."""
    from lxml.etree import iterwalk

    if element in mixed:
        return False

    # `iterdescendants` takes time quadratic in how deep they nest, as those do that SGML leaves open.
    inner = iterwalk(element, events=("start",))
    next(inner)
    for _, descendant in inner:
        if descendant.tag.rpartition("}")[2].lower() not in _MARKUP:
            mixed.add(element)
            mixed.update(takewhile(lambda around: around is not element, descendant.iterancestors()))
            return False
    return True


def _text(element: Any) -> str:
    """The text of an element with markup in it."""
    from lxml.etree import iterwalk

    parts = [element.text or ""]
    for event, inner in iterwalk(element, events=("start", "end")):
        if inner is element:
            continue
        name = _local(inner.tag).lower()
        if name in _BREAKING:
            parts.append("\n\n")
        elif event == "start" and name in _LINE_BREAKS:
            parts.append("\n")
        parts.append((inner.text if event == "start" else inner.tail) or "")
    return _BLANK_LINES.sub("\n\n", "".join(parts)).strip()


def _add(fields: dict[str, Any], name: str, value: Any) -> None:
    if name not in fields:
        fields[name] = value
    elif isinstance(fields[name], list):
        fields[name].append(value)
    else:
        fields[name] = [fields[name], value]


def _name(element: Any) -> str:
    local = _local(element.tag)
    return f"{element.prefix}:{local}" if element.prefix else local


def _local(name: str) -> str:
    return name.rpartition("}")[2].replace(".", "_")
