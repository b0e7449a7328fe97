"""Who wrote a page's article, and what it is filed under."""

import re
from copy import deepcopy

from etl.extract.html.linked_data import texts_of
from etl.extract.html.page import Page

_AUTHOR_METAS = (
    "author", "article:author", "article:author_name", "og:article:author", "og:author", "parsely-author",
    "sailthru.author", "byl", "cxenseparse:author", "dc.creator", "dc:creator", "dcterms.creator",
    "citation_author", "article.author", "creator",
)  # fmt: skip
_NO_NAME = re.compile(r"https?:|www\.|@|^\d+$|^(?:admin|name|webmaster|user)$", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LONGEST = 200
_MOST = 50


def authors(page: Page) -> list[str]:
    """Names as the page states them, in JSON-LD, else in `meta` tags, else in its byline."""
    for stated in (
        texts_of(page.article.get("author")),
        texts_of(page.article.get("creator")),
        *(page.meta_all(name) for name in _AUTHOR_METAS),
    ):
        plain = (_TAG.sub("", name).strip() for name in stated)
        names = [name for name in dict.fromkeys(plain) if _is_name(name)]
        if names:
            return names[:_MOST]
    return [] if page.is_huge else _from_byline(page)


def tags(page: Page) -> list[str]:
    """Keywords of JSON-LD, else of `meta` tags; lists in one text are left to be split."""
    stated = texts_of(page.article.get("keywords")) or page.meta_all("news_keywords", "article:tag")
    return list(dict.fromkeys(stated or page.meta_all("keywords", "parsely-tags")))[:_MOST]


def _is_name(text: str) -> bool:
    return 1 < len(text) <= _LONGEST and _NO_NAME.search(text) is None


def _from_byline(page: Page) -> list[str]:
    from trafilatura.metadata import extract_author

    found = extract_author(deepcopy(page.tree))
    return [name for name in (found or "").split("; ") if _is_name(name)]
