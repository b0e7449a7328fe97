"""A bound on the attributes of one tag: libxml2 compares each with all before it."""

import re

_QUOTED = r"""=\s*+(?:"[^"]*+"|'[^']*+')"""
_TAG = re.compile(rf"<[a-zA-Z](?:[^>=]++|{_QUOTED}|=)*+>?")
"""A start tag as the parser sees it: quotes count after `=` alone. One pass, for it never fails midway."""
_QUOTED_VALUE = re.compile(_QUOTED)
_BETWEEN = re.compile(r"[\s/]+")
_NAME = re.compile(r"<[a-zA-Z][a-zA-Z0-9:-]{0,40}")
_LONG, _MOST = 4000, 500
"""Characters from which on a tag is looked into, and attributes that it may have; real ones have few."""


def bounded_tags(markup: str) -> str:
    """The markup, with tags of more attributes than any page has left without them.

    >>> bounded_tags('<p class="a">x</p>')
    '<p class="a">x</p>'
    """
    return _TAG.sub(_bounded, markup)


def _bounded(found: re.Match[str]) -> str:
    tag = found[0]
    if len(tag) < _LONG or len(_BETWEEN.split(_QUOTED_VALUE.sub("=", tag))) <= _MOST:
        return tag
    name = _NAME.match(tag)
    return f"{name[0]}>" if name else ">"
