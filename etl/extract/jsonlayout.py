"""How a JSON dump is laid out, told from its first object: records, a list of them in it, or a table."""

import re
from typing import Any, NamedTuple

import orjson

from etl.extract.jsonscan import JsonCursor, Scan
from etl.extract.jsontables import table_rows
from etl.extract.jsonwrapper import EVERY, is_record, wrapped_list

_FIRST_OBJECT = re.compile(rb'\{\s*"(?:[^"\\]|\\.){1,1000}"\s*:\s*(?=\{)')


class Layout(NamedTuple):
    """Where the records are in the top-level objects."""

    path: tuple[str | None, ...] = ()
    """Keys down to them, None for a list under a common name; nothing: the objects are the records."""
    rows: tuple[dict[str, Any], ...] = ()
    """The records themselves, where the object is a table."""


def layout_of(cursor: JsonCursor, most: int, stated: str | None) -> Layout:
    """The layout of what begins at the cursor's place: by the path that is stated, else by the first
    object, of which up to `most` bytes are looked at."""
    if stated:
        return Layout(tuple(stated.split(".")))
    if not cursor.text.startswith(b"{", cursor.at):
        return Layout()
    end = cursor.value_end(most)
    if end is None:
        if cursor.ended:
            return Layout()
        # No record is that long: it must be a list in an object, or records under their ids.
        return Layout((EVERY,) if _is_by_id(cursor) else (None,))
    try:
        value = orjson.loads(cursor.text[cursor.at : end])
    except orjson.JSONDecodeError:
        return Layout()
    path = wrapped_list(value)
    return Layout(path, tuple(table_rows(value) or ()) if not path or path == (EVERY,) else ())


def _is_by_id(cursor: JsonCursor) -> bool:
    """Whether the first thing in an object too long to be looked at is a record under its id."""
    opening = _FIRST_OBJECT.match(cursor.text, cursor.at)
    end = Scan().run(cursor.text, opening.end()) if opening else None
    try:
        return opening is not None and is_record(orjson.loads(cursor.text[opening.end() : end]))
    except orjson.JSONDecodeError:
        return False
