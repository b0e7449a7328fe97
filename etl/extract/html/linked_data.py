"""What a page says of itself in JSON-LD (schema.org), however carelessly it was written."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

Node = dict[str, Any]

_OPENINGS = ("<!--", "//<![CDATA[", "// <![CDATA[", "<![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */")
_CLOSINGS = ("-->", "//]]>", "// ]]>", "]]>", "/*]]>*/", "/* ]]> */", ";")
_TRAILING_COMMA = re.compile(r",(\s{0,200}[}\]])")
_PAIR = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated|@type|inLanguage|articleSection)"\s*:\s*"((?:[^"\\]|\\.){0,2000})"'
)
"""What can still be read where the JSON is beyond repair."""
_DEEPEST = 6
_MOST_NODES = 500

_PAGE_TYPES = frozenset(("WebPage", "ItemPage", "AboutPage", "WebSite"))
_MEDIA_TYPES = frozenset(("VideoObject", "AudioObject", "PodcastEpisode", "Recipe", "MediaObject", "Review"))
_ARTICLE_TYPES = frozenset(("BlogPosting", "Report", "SocialMediaPosting", "DiscussionForumPosting"))


def nodes_of(scripts: Iterable[str]) -> list[Node]:
    """The objects that describe the page, of all its JSON-LD scripts in their order.

    Objects that are listed as other pages (related articles, list items, live updates) are not among them.
    """
    nodes: list[Node] = []
    for script in scripts:
        nodes.extend(_top_nodes(_parsed(script), 0))
        if len(nodes) >= _MOST_NODES:
            break
    return nodes


def main_node(nodes: Sequence[Node], urls: Iterable[str], titles: Iterable[str]) -> Node:
    """The object that is the page's article; an empty one where none is.

    An article goes before a video or recipe, and that before the page itself; among several articles the
    one that bears one of the page's URLs or titles.
    """
    urls, titles = {_url_key(url) for url in urls}, {_title_key(title) for title in titles}
    best: Node = {}
    best_score = 0
    for node in nodes:
        score = _rank(node)
        if not score:
            continue
        if any(_url_key(url) in urls for url in node_urls(node)):
            score += 2
        if _title_key(text_of(node.get("headline"))) in titles:
            score += 2
        if node.get("datePublished"):
            score += 1
        if score > best_score:
            best, best_score = node, score
    return best


def text_of(value: Any) -> str:
    """A value as text: a string, the name of an object, the first of a list that says anything."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return text_of(value.get("name") or value.get("@value"))
    if isinstance(value, list):
        return next(filter(None, map(text_of, value)), "")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def texts_of(value: Any) -> list[str]:
    """All texts of a value that may be one or many."""
    values = value if isinstance(value, list) else [value]
    return [text for text in map(text_of, values) if text]


def node_urls(node: Node) -> list[str]:
    """The addresses that an object states for itself."""
    found: list[str] = []
    for key in ("url", "@id", "mainEntityOfPage"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and value.startswith("http"):
            found.append(value)
    return found


def is_article(node: Node) -> bool:
    """Whether an object is of a type of article."""
    return any(name.endswith(("Article", "Posting")) or name in _ARTICLE_TYPES for name in _types(node))


def _rank(node: Node) -> int:
    if is_article(node):
        return 30
    types = _types(node)
    if _MEDIA_TYPES.intersection(types):
        return 20
    return 10 if _PAGE_TYPES.intersection(types) and node.get("datePublished") else 0


def _types(node: Node) -> list[str]:
    return [name.rstrip("/").rpartition("/")[2] for name in texts_of(node.get("@type"))]


def _top_nodes(value: Any, depth: int) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:_MOST_NODES]:
            yield from _top_nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity"):
            yield from _top_nodes(value.get(key), depth + 1)
        page = value.get("mainEntityOfPage")
        if isinstance(page, dict) and page.get("datePublished"):
            yield page


def _parsed(script: str) -> Any:
    script = script.strip()
    for opening in _OPENINGS:
        script = script.removeprefix(opening).lstrip()
    for closing in (*_CLOSINGS, ";"):
        script = script.removesuffix(closing).rstrip()
    if not script:
        return None
    try:
        return orjson.loads(script)
    except orjson.JSONDecodeError:
        pass
    for mended in (script, _TRAILING_COMMA.sub(r"\1", script), html.unescape(script)):
        try:
            # Raw line ends in strings, which the strict parser refuses, are frequent.
            return json.loads(mended, strict=False)
        except (ValueError, RecursionError):
            continue
    found: Node = {}
    for key, value in _PAIR.findall(script):
        found.setdefault(key, _unescaped(value))
    return found


def _unescaped(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _url_key(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].rstrip("/").removeprefix("https:").removeprefix("http:")


def _title_key(title: str) -> str:
    return "".join(filter(str.isalnum, html.unescape(title).casefold())) or "\0"
