"""Where the records are in a dump whose format does not say: a path in JSON, a tag in markup."""

import re
from collections import Counter, defaultdict
from typing import Any

import orjson

from etl.extract.jsonwrapper import BODIES, TITLES, wrapped_list

_JSON_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]]', re.DOTALL)
_DEEPEST = 5
_LIST_OF = 2
"""Objects of a kind under one parent from which on they are taken for a list of records."""
_TITLE_LIKE = re.compile(r"title|headline|heading|titre|titel|titulo|subject|^name$", re.IGNORECASE)
_CONTENT_LIKE = re.compile(
    r"body|text|content|story|descri|summary|date|publish|url|link|author", re.IGNORECASE
)
_DATE_LIKE = re.compile(r"date|publish|time", re.IGNORECASE)
_BODY_LIKE = re.compile(r"body|text|content|story|descri|summary|para", re.IGNORECASE)
_MARKUP_TOKEN = re.compile(
    r"<!--.*?-->|<!\[CDATA\[(?P<cdata>.*?)\]\]>|<(?P<close>/?)(?P<name>[A-Za-z_][\w.:-]*)"
    r"(?P<attributes>(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*?)(?P<empty>/?)>",
    re.DOTALL,
)


def closed(head: bytes) -> Any:
    """The value of a JSON text of which only the head is there, cut after its last whole object or list.

    None where there is no such.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] not in (b"{", b"["):
        found = re.search(rb"[=(]\s*([\[{])", text[:300])
        text = text[found.start(1) :] if found else b""
    stack: list[bytes] = []
    end = 0
    closers = b""
    for token in _JSON_TOKEN.finditer(text):
        mark = token[0]
        if mark in (b"{", b"["):
            stack.append(b"}" if mark == b"{" else b"]")
        elif mark in (b"}", b"]"):
            if not stack or stack.pop() != mark:
                break
            end, closers = token.end(), b"".join(reversed(stack))
            if not stack:
                break
    try:
        return orjson.loads(text[:end] + closers) if end else None
    except orjson.JSONDecodeError:
        return None


def records_path(value: Any) -> str | None:
    """The path to the records of a parsed JSON dump, where a reader would not find it by itself.

    >>> records_path({"payload": {"hits": [{"title": "A", "url": "u"}, {"title": "B", "url": "v"}]}})
    'payload.hits'
    >>> records_path({"articles": [{"title": "A"}]}) is None
    True
    """
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, dict)), None)
    if not isinstance(value, dict) or _likeness(value) >= 3:
        return None
    candidates = sorted(_candidates(value, ()), key=lambda found: (-found[0], len(found[1])))
    if not candidates:
        return None
    path = candidates[0][1]
    return None if path == wrapped_list(value) else ".".join(path)


def _candidates(value: dict[str, Any], path: tuple[str, ...]) -> list[tuple[float, tuple[str, ...]]]:
    found: list[tuple[float, tuple[str, ...]]] = []
    if len(path) >= _DEEPEST:
        return found
    for key, inner in value.items():
        if "." in key or len(key) > 100:
            continue
        here = (*path, key)
        if isinstance(inner, list):
            objects = [item for item in inner[:50] if isinstance(item, dict)]
            likeness = max((max(_likeness(item), _inner_likeness(item)) for item in objects), default=0)
            if likeness >= 2 and len(objects) * 2 > len(inner[:50]):
                found.append((likeness + min(len(objects), 10) / 20, here))
        elif isinstance(inner, dict):
            found += _candidates(inner, here)
    values = [item for item in value.values() if isinstance(item, dict)]
    if len(values) >= _LIST_OF and len(values) * 2 > len(value):
        likeness = min(map(_likeness, values[:20]))
        if likeness >= 2:
            found.append((likeness, (*path, "*")))
    return found


def _likeness(value: dict[str, Any]) -> int:
    """How much an object looks like an article by its names."""
    names = [
        key
        for key, held in value.items()
        if (isinstance(held, str | int | float) and held != "") or _is_text(held)
    ]
    title = 2 if any(_TITLE_LIKE.search(name) for name in names) else 0
    body = 1 if any(name in BODIES or name in TITLES for name in names) else 0
    return title + body + min(2, sum(bool(_CONTENT_LIKE.search(name)) for name in names))


def _is_text(value: Any) -> bool:
    """Whether it is a text with its markup or its variants, as in WordPress's `{"rendered": …}`."""
    return isinstance(value, dict) and any(
        isinstance(value.get(name), str) for name in ("rendered", "main", "value")
    )


def _inner_likeness(value: dict[str, Any]) -> int:
    return max((_likeness(inner) - 1 for inner in value.values() if isinstance(inner, dict)), default=0)


def record_tag(text: str) -> str | None:
    """The tag of a record's element in the head of an XML or SGML dump; None where nothing looks like one."""
    counts: Counter[str] = Counter()
    children: dict[str, Counter[str]] = defaultdict(Counter)
    deeper: dict[str, Counter[str]] = defaultdict(Counter)
    depths: dict[str, int] = {}
    stack: list[str] = []
    for token in _MARKUP_TOKEN.finditer(text):
        name = token["name"]
        if not name:
            continue
        if token["close"]:
            if name in stack:
                while stack.pop() != name:
                    pass
            continue
        counts[name] += 1
        depths.setdefault(name, len(stack))
        if stack:
            children[stack[-1]][name] += 1
            for outer in set(stack[-3:-1]):
                deeper[outer][name] += 1
        if not token["empty"] and len(stack) < 60:
            stack.append(name)
    scored = [
        (_tag_score(name, counts[name], children[name], deeper[name]), -depths[name], name)
        for name in counts
        if len(children[name]) >= 2
    ]
    best = max(scored, default=None)
    return best[2] if best and best[0] > 0 else None


def _tag_score(name: str, n: int, children: Counter[str], deeper: Counter[str]) -> float:
    def per_record(names: Counter[str], pattern: re.Pattern[str]) -> float:
        """Elements of the kind for each record: near 1 in a record, many in what holds the records."""
        return max((count / n for inner, count in names.items() if pattern.search(inner)), default=0.0)

    def held(pattern: re.Pattern[str]) -> float:
        return max(per_record(children, pattern), per_record(deeper, pattern) * 0.95)

    title, body, date = held(_TITLE_LIKE), held(_BODY_LIKE), held(_DATE_LIKE)
    if title == 0 and body == 0 and date == 0:
        return 0.0
    # One title a record; many mean that this element holds the records.
    alone = 1.0 if title <= 1.5 else 0.2
    kin = sum(bool(_CONTENT_LIKE.search(inner)) for inner in (*children, *deeper))
    parts = 3 * min(title, 1) + min(body, 1) + 1.5 * min(date, 1) + 0.2 * min(kin, 4)
    return alone * parts + (0.5 if n >= _LIST_OF else 0)
