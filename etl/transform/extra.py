"""What no role took: kept beside the article, in a form that the store can hold, within a bound."""

from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any

import orjson

from etl.errors import Refusal
from etl.model import Reason
from etl.transform.fields import Leftover, is_filled
from etl.transform.nested import without

DROPPED = "_dropped"
"""Name under which `extra` lists the fields that went over the bound."""

_LEAST, _MOST = -(1 << 63), (1 << 63) - 1


def kept(fields: Mapping[str, Any], leftover: Leftover) -> dict[str, Any]:
    """The filled values that no role took; nested ones lose only the part that was taken.

    Raises:
        Refusal: bad_value, for what no document can hold.
    """
    found: dict[str, Any] = {}
    for name in leftover.names:
        value = fields[name]
        if type(value) is str and value > "!" and "\x00" not in name:
            found[name] = value
            continue
        for place in leftover.nested:
            if place.name == name:
                value = without(value, place.inner)
        if is_filled(value):
            found[_sound_key(name)] = storable(value)
    return found


def storable(value: Any, depth: int = 0) -> Any:
    """A value as a document can hold it; MongoDB's extended JSON becomes what it stands for.

    Raises:
        Refusal: bad_value, for NaN, an integer over 64 bits, NUL in a key, or a type of no document.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        if not _LEAST <= value <= _MOST:
            raise Refusal(Reason.BAD_VALUE, "an integer is over 64 bits")
        return value
    if kind is float:
        if not isfinite(value):
            raise Refusal(Reason.BAD_VALUE, f"a number is {value}")
        return value
    if depth > 180:
        raise Refusal(Reason.TOO_DEEP, "values nest deeper than a document can")
    if isinstance(value, dict):
        return _storable_object(value, depth)
    if isinstance(value, list | tuple):
        return [storable(item, depth + 1) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise Refusal(Reason.BAD_VALUE, f"a value is a {kind.__name__}, which no document can hold")


def _storable_object(value: dict[Any, Any], depth: int) -> Any:
    if len(value) == 1:
        ((name, held),) = value.items()
        if name in {"$oid", "$date", "$numberDecimal"} and isinstance(held, str | int):
            return storable(held, depth + 1)
        if name in {"$date"} and isinstance(held, dict):
            return storable(held, depth + 1)
        if name in {"$numberLong", "$numberInt"} and isinstance(held, str) and held.lstrip("-").isdecimal():
            return storable(int(held[:20]), depth + 1)
    return {_sound_key(name): storable(item, depth + 1) for name, item in value.items()}


def _sound_key(name: Any) -> str:
    if not isinstance(name, str):
        raise Refusal(Reason.BAD_VALUE, f"a field's name is a {type(name).__name__}, not text")
    if "\x00" in name:
        raise Refusal(Reason.BAD_VALUE, f"the field name {name[:40]!r} holds NUL")
    return name


def within(extra: dict[str, Any], most_bytes: int) -> tuple[dict[str, Any], bool]:
    """`extra` within a bound of its JSON bytes, and whether anything had to go.

    The largest fields go first, and `_dropped` lists their names, so that nothing goes unsaid.

    Raises:
        Refusal: bad_value, for half a character.
    """
    try:
        if len(orjson.dumps(extra)) <= most_bytes:
            return extra, False
        sizes = {name: len(orjson.dumps({name: value})) for name, value in extra.items()}
    except TypeError as error:
        raise Refusal(Reason.BAD_VALUE, f"the record holds what no document can: {error}") from None
    total = sum(sizes.values())
    dropped: list[str] = []
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        if total <= most_bytes:
            break
        total -= sizes[name]
        dropped.append(name)
    remaining = {name: value for name, value in extra.items() if name not in set(dropped)}
    return {**remaining, DROPPED: [name[:100] for name in dropped[:50]]}, True
