"""Tags: from text, lists and objects to short labels, each once."""

import re
from typing import Any

from etl.transform.listtext import listed
from etl.transform.text import clean_line

MOST = 500
LONGEST = 200
"""Characters of one tag; a longer one is cut."""

_BETWEEN = re.compile(r"[,;|\n、，；]")
_TAG_KEYS = ("name", "term", "label", "title", "tag", "webTitle", "value")


def read_tags(value: Any) -> list[str] | None:
    """The tags in a raw value, in its order and first-seen case, each once whatever its case; None
    where the value is of no such kind.

    Text is divided at `#` where it begins with one, else at commas, semicolons and bars.
    """
    if type(value) is list and _are_plain(value):
        return value.copy()
    if type(value) is str:
        text = value[: MOST * LONGEST]
        spelled = listed(value) if text[:1] == "[" else None
        if spelled is not None:
            value = spelled
        else:
            value = text.split("#") if text.lstrip().startswith("#") else _BETWEEN.split(text)
    elif isinstance(value, dict) and value and all(isinstance(inner, dict) for inner in value.values()):
        value = list(value.values())  # kept by their names or ids
    elif not isinstance(value, list):
        return None
    found: dict[str, str] = {}
    for item in value:
        name = item if type(item) is str else _name(item)
        if name is None:
            return None
        folded, tag = _KNOWN.get(name) or _learnt(name)
        if tag and folded not in found:
            found[folded] = tag
            if len(found) == MOST:
                break
    return list(found.values())


def _are_plain(items: list[Any]) -> bool:
    """Whether all of them are tags that were met before, are shown as they are, and differ."""
    try:
        folded = set(map(_PLAIN.get, items))
    except TypeError:  # an object or a list
        return False
    return len(folded) == len(items) <= MOST and None not in folded


def _name(item: Any) -> str | None:
    if isinstance(item, dict):
        if isinstance(item.get("value"), str) and "rank" in item:
            return str(item["value"])  # the New York Times: `name` is the kind of keyword
        return next((item[key] for key in _TAG_KEYS if isinstance(item.get(key), str)), None)
    if isinstance(item, int) and not isinstance(item, bool) and -(1 << 63) <= item < 1 << 63:
        return str(item)
    return item if isinstance(item, str) else None


_KNOWN: dict[str, tuple[str, str]] = {}
"""Raw tags to their casefolded and their shown form: a collection has few tags and uses them often."""
_MOST_KNOWN = 10_000
_PLAIN: dict[str, str] = {}
"""Of these, the ones that are shown as they are, to their casefolded form."""


def _learnt(name: str) -> tuple[str, str]:
    tag = clean_line(name[: 2 * LONGEST]).lstrip("#").strip()[:LONGEST].rstrip()
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
        _PLAIN.clear()
    if len(name) <= LONGEST:
        _KNOWN[name] = tag.casefold(), tag
        if name == tag != "":
            _PLAIN[name] = tag.casefold()
    return tag.casefold(), tag
