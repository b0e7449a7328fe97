"""Lists that a table's cell holds as text: `['Jane Doe', 'Tom Roe']` of Python, `["Jane Doe"]` of JSON."""

import ast
from typing import Any

import orjson

_LONGEST = 20_000


def listed(text: str) -> list[Any] | None:
    """The list that a text spells out; None for any other text.

    >>> listed("['Jane Doe', \\"Tom O'Roe\\"]"), listed('["ferry"]'), listed("[Jane] Doe")
    (['Jane Doe', "Tom O'Roe"], ['ferry'], None)
    """
    text = text.strip()
    if not (text[:1] == "[" and text[-1:] == "]") or len(text) > _LONGEST:
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    return value if isinstance(value, list) else None
