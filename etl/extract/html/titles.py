"""The headline of a page's article, out of the several titles that a page has.

`headline` (JSON-LD), `og:title`, the `h1` and `title` often differ: by the site's name, by a label
above the headline, by being cut to a length, or by being written for search engines. What two of them
agree on is the headline.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from urllib.parse import urlsplit

from etl.extract.html.linked_data import text_of, texts_of
from etl.extract.html.page import Page, text_content

_SEPARATOR = re.compile(r"\s+[|–—\-·•:»«/~⋆*>‹›]+\s+|\s*[|｜»]\s*|\s*[_]\s*(?=\S+$)|(?<=\S)\s*[|]{2}\s*|::")
_TITLE_METAS = (
    "twitter:title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title", "headline", "title",
)  # fmt: skip
_SUFFIX = re.compile(r"\s+[|–—\-·•»]\s+\S|\s*\|")
_ELLIPSIS = re.compile(r"\s*(?:\.{3}|…)\s*$")
_TITLE_CLASSES = (
    '//*[not(self::h1 or self::meta)][contains(@class, "title") or contains(@class, "headline")'
    ' or contains(@id, "title") or @itemprop="headline"]'
)
_MOST_HEADINGS = 20
_SURE = 12
"""Letters from which on one title within another one is no chance."""
_LONGEST = 2000


def headline(page: Page) -> str | None:
    """The article's title as the page has it (maybe with entities); None where there is none."""
    brands = _brands(page)
    linked = _cleaned(text_of(page.article.get("headline")) or text_of(page.article.get("name")), brands)
    linked = linked or _only(_named(page, brands, '//*[@itemprop="headline"]'))
    shared = _cleaned(page.meta("og:title"), brands)
    other = _cleaned(page.meta(*_TITLE_METAS), brands)
    window = _cleaned(_window_title(page), brands)
    main = _main_heading(page, brands, [linked, shared, other, window])
    linked, shared = (_up_to(main, _whole(text, [main, shared, other, window])) for text in (linked, shared))
    shared = shared or other
    # What readers see goes before what was written for machines, where a second title bears it out.
    for one, another in ((linked, main), (shared, main), (linked, shared), (window, main)):
        if one and another and _key(one) == _key(another):
            return one
    candidates = [text for text in (linked, shared, main, window) if text]
    return _without_trimmings(candidates) if candidates else None


def site_name(page: Page) -> str | None:
    """What the page calls its site."""
    publisher = text_of(page.article.get("publisher"))
    return page.meta("og:site_name") or publisher or page.meta("application-name") or None


def _without_trimmings(candidates: list[str]) -> str:
    """Of titles that all differ, the first; or one in it that is the same without a label or a brand."""
    first = candidates[0]
    for other in candidates[1:]:
        key = _key(other)
        if len(key) >= _SURE and len(key) * 2 > len(_key(first)) and key in _key(first):
            return other
    return first


def _whole(title: str | None, others: Iterable[str | None]) -> str | None:
    """The title itself, or the one among the others that goes on where it was cut."""
    if not title or not _ELLIPSIS.search(title):
        return title
    stem = _key(_ELLIPSIS.sub("", title))
    for other in others:
        if stem and other and _key(other).startswith(stem) and not _ELLIPSIS.search(other):
            return other
    return title


def _up_to(main: str | None, title: str | None) -> str | None:
    """The title without what follows the `h1` in it after a separator: a brand that is stated nowhere."""
    if main and title and len(main) < len(title) and title.startswith(main) and len(_key(main)) >= _SURE:
        rest = title[len(main) :]
        if _SUFFIX.match(rest):
            return main
    return title


def _main_heading(page: Page, brands: frozenset[str], others: Sequence[str | None]) -> str | None:
    """The `h1` that another title speaks of, else the first; without any, a lower heading that is one."""
    known = [_key(other) for other in others if other]
    shown = _headings(page, brands, "h1")
    split = [[_key(part) for part in _SEPARATOR.split(other)] for other in others if other]
    parts = {part for pieces in split for part in pieces} | set(known)
    trailing = {part for pieces in split for part in pieces[1:]} - set(known)
    lower = [*_headings(page, brands, "h2", "h3"), *_named(page, brands, _TITLE_CLASSES)]
    leading = parts - trailing if shown else parts
    borne_out = next((text for text in lower if _size(text) >= _SURE and _key(text) in leading), None)
    # With a headline below it, an `h1` that ends the window's title is the site's name or its section's.
    shown = [text for text in shown if not (borne_out and _key(text) in trailing)]
    for text in shown:
        if any(_key(text) == key for key in known):
            return text
    for text in shown:
        key = _key(text)
        if len(key) >= _SURE and any(key in other or other in key for other in known if len(other) >= _SURE):
            return text
    if shown:
        return shown[0]
    return borne_out


def _only(texts: Iterator[str]) -> str | None:
    """The one text that there is; None where there are several, for some are of other stories."""
    found = set(texts)
    return found.pop() if len(found) == 1 else None


def _named(page: Page, brands: frozenset[str], path: str) -> Iterator[str]:
    """The texts of elements that their attributes call titles."""
    for element in islice(page.tree.xpath(path), _MOST_HEADINGS):
        text = element.get("content") or text_content(element)
        if len(text) <= _LONGEST and (cleaned := _cleaned(text, brands)):
            yield cleaned


def _size(title: str) -> int:
    """Letters of a title; those of China, Japan and Korea count twice."""
    return sum(2 if "\u2e80" <= letter <= "\ud7ff" else 1 for letter in _key(title))


def _headings(page: Page, brands: frozenset[str], *tags: str) -> list[str]:
    found = islice(page.tree.iter(*tags), _MOST_HEADINGS)
    return [text for text in (_cleaned(text_content(heading), brands) for heading in found) if text]


def _window_title(page: Page) -> str | None:
    for element in page.tree.iter("title"):
        parent = element.getparent()
        if parent is not None and parent.tag != "svg":
            return text_content(element)
    return None


def _brands(page: Page) -> frozenset[str]:
    """Keys of the names under which the site may stand in its own titles."""
    names = [
        *page.meta_all("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site"),
        *texts_of(page.article.get("publisher")),
        *(text_of(node.get("name")) for node in page.nodes if "WebSite" in texts_of(node.get("@type"))),
    ]
    for url in (page.known_url, *page.urls):
        host = _host(url or "").removeprefix("www.")
        if "." in host:
            labels = host.split(".")
            names += [host, labels[0], labels[-2], ".".join(labels[-3:-1])]
    return frozenset(key for key in map(_key, names) if len(key) >= 2)


def _host(url: str) -> str:
    """The host in a URL; empty where there is none, or it is no URL."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _cleaned(title: str | None, brands: frozenset[str]) -> str | None:
    """A title on one line without the site's name around it; None for one that says nothing."""
    if not title:
        return None
    title = " ".join(html.unescape(title).split())[:_LONGEST]
    if _key(title) in brands or len(_key(title)) < 2:
        return None
    while True:
        parts = list(_SEPARATOR.finditer(title))
        if not parts:
            return title
        last, first = parts[-1], parts[0]
        if _key(title[last.end() :]) in brands and _key(title[: last.start()]):
            title = title[: last.start()].strip()
        elif _key(title[: first.start()]) in brands and _key(title[first.end() :]):
            title = title[first.end() :].strip()
        else:
            return title


def _key(title: str) -> str:
    return "".join(filter(str.isalnum, html.unescape(title).casefold()))
