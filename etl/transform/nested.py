"""Values inside nested objects and lists, by a path of names."""

from collections.abc import Mapping, Sequence
from typing import Any


def dig(value: Any, path: Sequence[str]) -> Any:
    """What lies at a path in nested objects and lists (by their index); None where nothing does.

    Names are taken without regard to case where none fits exactly.
    """
    for name in path:
        if isinstance(value, dict):
            key = _key(value, name)
            value = None if key is None else value[key]
        elif isinstance(value, list):
            index = _index(value, name)
            value = None if index is None else value[index]
        else:
            return None
    return value


def without(value: Any, path: Sequence[str]) -> Any:
    """A copy without what lies at the path; None where nothing else is left.

    Lists keep their length, so that the indices of other paths stay right.
    """
    name, rest = path[0], path[1:]
    if isinstance(value, dict):
        key = _key(value, name)
        if key is None:
            return value
        copy = dict(value)
        inner = without(copy[key], rest) if rest else None
        if inner is None:
            del copy[key]
        else:
            copy[key] = inner
        return copy or None
    if isinstance(value, list):
        index = _index(value, name)
        if index is None:
            return value
        items = list(value)
        items[index] = without(items[index], rest) if rest else None
        return None if all(item is None for item in items) else items
    return value


def _key(value: Mapping[str, Any], name: str) -> str | None:
    if name in value:
        return name
    lower = name.lower()
    return next((key for key in value if isinstance(key, str) and key.lower() == lower), None)


def _index(value: list[Any], name: str) -> int | None:
    if not name.isdecimal() or len(name) > 9:
        return None
    index = int(name)
    return index if index < len(value) else None
