"""Tags: from text, lists and objects to short labels, each once."""

import re
from typing import Any

from etl.transform.text import clean_line

MOST = 500
LONGEST = 200
"""Characters of one tag; a longer one is cut."""

_BETWEEN = re.compile(r"[,;|\n、，；]")
_TAG_KEYS = ("name", "term", "label", "title", "tag", "value")


def read_tags(value: Any) -> list[str] | None:
    """The tags in a raw value, in its order and first-seen case, each once whatever its case; None
    where the value is of no such kind.

    Text is divided at `#` where it begins with one, else at commas, semicolons and bars.
    """
    if type(value) is str:
        divided = value.split("#") if value.lstrip().startswith("#") else _BETWEEN.split(value)
        return _unique(divided)
    if not isinstance(value, list):
        return None
    names: list[str] = []
    for item in value:
        name = _name(item) if isinstance(item, dict) else item
        if isinstance(name, str):
            names.append(name)
        elif isinstance(name, int | float) and not isinstance(name, bool):
            names.append(str(name))
        else:
            return None
    return _unique(names)


def _name(value: dict[str, Any]) -> Any:
    return next((value[key] for key in _TAG_KEYS if isinstance(value.get(key), str)), None)


def _unique(names: list[str]) -> list[str]:
    found: dict[str, str] = {}
    for name in names:
        tag = clean_line(name[: 2 * LONGEST]).lstrip("#").strip()[:LONGEST].rstrip()
        if tag:
            found.setdefault(tag.casefold(), tag)
    return list(found.values())[:MOST]
