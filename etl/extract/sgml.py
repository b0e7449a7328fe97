"""One SGML element to a tree, as forgiving as old newswire dumps need it.

Tags may be left open or be closed twice, attribute values may lack quotes, and character references may
name control characters, which are dropped.
"""

import html
import re
from collections import Counter
from typing import Any

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][\w.-]{0,100})(?P<attributes>(?:\s(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)?)/?>"
    r"|<![A-Za-z][^>]*>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w.-]{0,100})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def sgml_element(text: str) -> Any:
    """The element that a text consists of, as an lxml element. Raises `ValueError` where there is none."""
    from lxml.etree import TreeBuilder

    builder = TreeBuilder()
    opened: list[str] = []
    open_names: Counter[str] = Counter()
    at = 0
    for found in _TOKEN.finditer(text):
        if opened:
            builder.data(_plain(text[at : found.start()]))
        at = found.end()
        name = found["name"]
        if found["cdata"] is not None and opened:
            builder.data(_CONTROLS.sub("", found["cdata"]))
        elif not name:
            continue
        elif not found["close"]:
            builder.start(name, _attributes(found["attributes"]))
            opened.append(name)
            open_names[name.lower()] += 1
        elif open_names[name.lower()]:
            while opened:
                last = opened.pop()
                open_names[last.lower()] -= 1
                builder.end(last)
                if last.lower() == name.lower():
                    break
            if not opened:
                break
    if opened:
        builder.data(_plain(text[at:]))
    while opened:
        builder.end(opened.pop())
    return builder.close()


def unescaped(text: str) -> str:
    """The text with its character references resolved; those of control characters vanish."""
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _plain(text: str) -> str:
    return _CONTROLS.sub("", unescaped(text))


def _attributes(text: str) -> dict[str, str]:
    return {name: _plain(double or single or bare) for name, double, single, bare in _ATTRIBUTE.findall(text)}
