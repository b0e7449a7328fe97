"""What in a page is surely not its article's text: captions, credits, boxes of links, sharing, embeds."""

import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

_TAGS = frozenset((
    "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "select", "iframe",
    "svg", "figcaption", "dialog",
))  # fmt: skip
_WORDS = frozenset((
    "caption", "icaption", "credit", "credits", "copyright", "photocredit", "figcaption", "related",
    "recommended", "recommendations", "newsletter", "sidebar", "widget", "share", "sharing", "sharer",
    "social", "tags", "taglist", "comments", "comment", "disqus", "promo", "advert", "advertisement", "ad",
    "ads", "advertorial", "sponsored", "breadcrumb", "breadcrumbs", "cookie", "cookies", "paywall",
    "subscribe", "subscription", "readmore", "instagram-media", "twitter-tweet", "fb-post", "tiktok-embed",
    "embed",
))  # fmt: skip
"""Words of class and id that mark such an element."""
_WORD = re.compile(r"[a-z]+|[A-Z][a-z]*|[A-Z]+(?![a-z])")
_KEPT = frozenset(("html", "body", "head", "main", "article", "h1"))
_LARGE, _LARGE_WITH_HEADLINE = 0.3, 0.8
"""Share of the page's text: what holds more is no box beside an article, whatever it is called. Where the
headline is known, nothing around it is taken anyway."""
_MOST_PROSE = 0.25
"""Share of the text in the page's paragraphs, links left out."""
_LINK_SHARE = 0.75
_EMPHASIZED_LINK_SHARE = 0.2
_WHOLLY = 0.9
_EMPHASIS = ("strong", "b", "em", "i")
_BRACKETED = re.compile(r"\s*\[[^\[\]]{2,25}\]\s*")
_LONGEST_LINK = 250
_LINK_BLOCKS = ("p", "h2", "h3", "h4", "h5", "div")
_MOST_CHILDREN = 8
_LABEL = re.compile(r"[^.!?\n]{0,60}[:：–—»>→]\s*")
_PICTURE = re.compile(
    r"pic(?:ture)?|image|img|photo|gallery|slideshow|thumb|bild|foto|immagine|imagen", re.IGNORECASE
)
_LONGEST_CAPTION = 400


def pruned(tree: Any) -> Any:
    """A copy of the page without such elements. Nothing that holds the headline or much text is taken."""
    tree = deepcopy(tree)
    sizes = _text_sizes(tree)
    headline = {ancestor for h1 in tree.iter("h1") for ancestor in (h1, *h1.iterancestors())}
    most = (_LARGE_WITH_HEADLINE if headline else _LARGE) * sizes.get(tree, 0)
    prose = _prose_sizes(tree, sizes)
    most_prose = _MOST_PROSE * prose.get(tree, 0)
    for element in list(tree.iter("*")):
        if element in headline or element.tag in _KEPT:
            continue
        size = sizes.get(element, 0)
        if prose.get(element, 0) > most_prose:
            continue
        if (size <= most and _is_marked(element)) or (size <= _LONGEST_CAPTION and _is_picture(element)):
            _drop(element)
    _drop_link_paragraphs(tree, sizes, _LARGE * sum(sizes.get(p, 0) for p in tree.iter("p")))
    return tree


def without_layout_tables(tree: Any) -> Any:
    """The same tree, with tables that only lay out the page turned into plain blocks."""
    for table in tree.iter("table"):
        if next(table.iterdescendants("table", "p", "div", "h1", "h2", "h3"), None) is not None:
            table.tag = "div"
            for part in table.iterdescendants("tbody", "tr", "td", "th", "thead", "tfoot", "colgroup"):
                part.tag = "div"
    return tree


def _is_marked(element: Any) -> bool:
    if element.tag in _TAGS:
        return True
    names = " ".join(filter(None, (element.get("class"), element.get("id"))))
    if not names:
        return False
    lower = names.lower().split()
    return not _WORDS.isdisjoint(lower) or not _WORDS.isdisjoint(_words(names))


def _is_picture(element: Any) -> bool:
    """Whether an element is a picture with no more than its caption."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.tag != "figure" and not _PICTURE.search(names):
        return False
    if next(element.iter("img", "picture", "video"), None) is None:
        return False
    return len(list(element.iter("p"))) < 2


def _words(names: str) -> Iterable[str]:
    return (word.lower() for word in _WORD.findall(names))


def _drop_link_paragraphs(tree: Any, sizes: dict[Any, int], most: float) -> None:
    """Takes out paragraphs that are nothing but a link, or a label and a link, where they are few."""
    found: dict[Any, int] = {}
    for element in tree.iter(*_LINK_BLOCKS):
        size = sizes.get(element, 0)
        if 0 < size <= _LONGEST_LINK and len(element) <= _MOST_CHILDREN and element.getparent() not in found:
            links = list(element.iter("a"))
            linked = sum(sizes.get(link, 0) for link in links)
            if (
                linked >= _LINK_SHARE * size
                or (linked >= _EMPHASIZED_LINK_SHARE * size and _is_emphasized(element, sizes))
                or (len(links) == 1 and _is_label_and_link(element, links[0]))
            ):
                found[element] = size
    if sum(size for element, size in found.items() if element.tag == "p") > most:
        found = {}
    for element in tree.iter(*_EMPHASIS, "span"):
        # A "[more]" behind a paragraph.
        if _BRACKETED.fullmatch("".join(element.itertext())) and next(element.iter("a"), None) is not None:
            found[element] = 0
    for element in found:
        _drop(element)


def _is_emphasized(element: Any, sizes: dict[Any, int]) -> bool:
    """Whether a paragraph is bold or italic as a whole, as pointers to other pages often are."""
    emphasized = 0
    for inner in element.iter(*_EMPHASIS):
        if not any(outer.tag in _EMPHASIS for outer in inner.iterancestors() if outer is not element):
            emphasized += sizes.get(inner, 0)
    return emphasized >= _WHOLLY * sizes.get(element, 0)


def _is_label_and_link(element: Any, link: Any) -> bool:
    """Whether a paragraph is like "Read also: …", with its link at the end."""
    whole, linked = "".join(element.itertext()).strip(), "".join(link.itertext()).strip()
    if not linked or not whole.endswith(linked):
        return False
    return _LABEL.fullmatch(whole[: -len(linked)]) is not None


def _drop(element: Any) -> None:
    """Takes an element out; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail and element.tail.strip():
        before = element.getprevious()
        if before is not None:
            before.tail = f"{before.tail or ''} {element.tail}"
        else:
            parent.text = f"{parent.text or ''} {element.tail}"
    parent.remove(element)


def _prose_sizes(tree: Any, sizes: dict[Any, int]) -> dict[Any, int]:
    """Letters in the paragraphs of each element, without those in links."""
    prose: dict[Any, int] = {}
    for paragraph in tree.iter("p"):
        size = sizes.get(paragraph, 0) - sum(sizes.get(link, 0) for link in paragraph.iter("a"))
        for element in (paragraph, *paragraph.iterancestors()):
            prose[element] = prose.get(element, 0) + size
    return prose


def _text_sizes(tree: Any) -> dict[Any, int]:
    """Letters in each element, its descendants included."""
    sizes: dict[Any, int] = {}
    for element in reversed(list(tree.iter())):
        size = 0
        if isinstance(element.tag, str) and element.tag not in ("script", "style", "noscript", "template"):
            size = len((element.text or "").strip()) + sum(sizes.get(child, 0) for child in element)
            size += sum(len((child.tail or "").strip()) for child in element)
        sizes[element] = size
    return sizes
