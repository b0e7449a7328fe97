"""The headline of a page's article, out of the several titles that a page has.

`headline` (JSON-LD), `og:title`, the `h1` and `title` often differ: by the site's name, by a label
above the headline, by being cut to a length, or by being written for search engines. What two of them
agree on is the headline.
"""

import html
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from etl.extract.html.linked_data import text_of, texts_of
from etl.extract.html.page import Page, text_content

_SEPARATOR = re.compile(r"\s+[|–—\-·•:»«/~⋆*>‹›]+\s+|\s*[|｜»]\s*|\s*[_]\s*(?=\S+$)|(?<=\S)\s*[|]{2}\s*|::")
_TITLE_METAS = ("twitter:title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title", "headline", "title")
_SUFFIX = re.compile(r"\s+[|–—\-·•»]\s+\S|\s*\|")
_ELLIPSIS = re.compile(r"\s*(?:\.{3}|…)\s*$")
_SHORTEST = 3
_MOST_H1 = 10
_LONGEST = 2000


def headline(page: Page) -> str | None:
    """The article's title as the page has it (maybe with entities); None where there is none."""
    brands = _brands(page)
    linked = _cleaned(text_of(page.article.get("headline")) or text_of(page.article.get("name")), brands)
    shared = _cleaned(page.meta("og:title"), brands)
    shown = [text for text in (_cleaned(text_content(h1), brands) for h1 in _h1s(page)) if text]
    others = [_cleaned(title, brands) for title in page.meta_all(*_TITLE_METAS)]
    window = _cleaned(_window_title(page), brands)
    main = _main_h1(shown, [linked, shared, *others, window])
    linked = _whole(linked, [shared, main, *others, window])
    linked, shared = _up_to(main, linked), _up_to(main, shared)
    candidates = [text for text in (linked, shared, main, *others[:1], window) if text]
    if not candidates:
        return None
    for text in candidates:
        # The first one that another kind of title agrees with.
        agreeing = sum(_key(text) == _key(other) for other in (linked, shared, main) if other)
        if agreeing > 1:
            return text
    return _without_trimmings(candidates)


def site_name(page: Page) -> str | None:
    """What the page calls its site."""
    publisher = text_of(page.article.get("publisher"))
    return page.meta("og:site_name") or publisher or page.meta("application-name") or None


def _without_trimmings(candidates: list[str]) -> str:
    """Of titles that all differ, the first; or one in it that is the same without a label or a brand."""
    first = candidates[0]
    for other in candidates[1:]:
        if len(_key(other)) >= 12 and len(_key(other)) * 2 > len(_key(first)) and _key(other) in _key(first):
            return other
    return first


def _whole(title: str | None, others: Iterable[str | None]) -> str | None:
    """The title itself, or the one among the others that goes on where it was cut."""
    if not title or not _ELLIPSIS.search(title):
        return title
    stem = _key(_ELLIPSIS.sub("", title))
    longer = (other for other in others if other and _key(other).startswith(stem) and not _ELLIPSIS.search(other))
    return next(longer, title) if stem else title


def _up_to(main: str | None, title: str | None) -> str | None:
    """The title without what follows the `h1` in it after a separator: a brand that is stated nowhere."""
    if main and title and len(main) < len(title) and title.startswith(main) and len(_key(main)) >= 12:
        rest = title[len(main) :]
        if _SUFFIX.match(rest):
            return main
    return title


def _main_h1(shown: list[str], others: Iterable[str | None]) -> str | None:
    """The `h1` that another title speaks of, else the first."""
    known = [_key(other) for other in others if other]
    for text in shown:
        if any(_key(text) == key for key in known):
            return text
    for text in shown:
        if len(_key(text)) >= 12 and any(_key(text) in key or key in _key(text) for key in known if len(key) >= 12):
            return text
    return shown[0] if shown else None


def _h1s(page: Page) -> list:  # type: ignore[type-arg]
    return [h1 for h1 in page.tree.iter("h1")][:_MOST_H1]


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
        host = (urlsplit(url or "").hostname or "").removeprefix("www.")
        if "." in host:
            names += [host, host.split(".")[-2] if host.count(".") < 2 else host.rsplit(".", 2)[0], host.split(".")[0]]
    return frozenset(key for key in map(_key, names) if len(key) >= 2)


def _cleaned(title: str | None, brands: frozenset[str]) -> str | None:
    """A title on one line without the site's name around it; None for one that says nothing."""
    if not title:
        return None
    title = " ".join(html.unescape(title).split())[:_LONGEST]
    if _key(title) in brands or len(_key(title)) < _SHORTEST - 1:
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
