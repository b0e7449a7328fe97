"""The lead: sentences between the headline and the body, which often stand in a box of their own."""

import re
from collections.abc import Iterator
from typing import Any

from etl.extract.html.page import text_content

_INLINE = frozenset((
    "a", "abbr", "b", "strong", "i", "em", "span", "br", "small", "sub", "sup", "u", "mark", "time", "font",
    "wbr", "q", "cite", "code",
))  # fmt: skip
_ELSEWHERE = frozenset((
    "nav", "aside", "footer", "form", "figure", "figcaption", "button", "select", "table",
))  # fmt: skip
_LEAD = re.compile(
    r"lead|teaser|intro|standfirst|abstract|\bdek\b|deck|subtitle|subhead|subline|summary|excerpt|descri|chapo|chapeau"
    r"|vorspann|entrad|bajad|sommario|occhiello|sapo|perex|ingress|manchet|zajawka|anons|spot|synopsis",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"author|byline|share|related|caption|credit|comment|cookie|nav|menu|breadcrumb|bio", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔:][\"'”’»)\]]*$")
_CJK = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]")
_SHORTEST, _LONGEST = 40, 1200
_SHORTEST_CJK = 18
_MOST_BLOCKS = 400
_MOST_LEADS = 6
_LINK_SHARE = 0.4
_LONG = 80
_START = 60


def with_lead(tree: Any, body: list[str], title: str | None, description: str | None) -> list[str]:
    """The paragraphs of `body`, and before the first long one those of the lead that it lacks."""
    first = next((i for i, part in enumerate(body) if len(part) >= _LONG or _CJK.search(part)), None)
    if first is None or tree.body is None:
        return body
    leads = _leads(tree, _key(body[first]), _key("".join(body)), _key(title or "\0"), _key(description or ""))
    return [*body[:first], *leads, *body[first:]]


def _leads(tree: Any, start: str, whole: str, headline: str, description: str) -> list[str]:
    """What stands between the headline and the body, which begins with `start`; all given as `_key`s."""
    summary = description[:_START]
    leads: list[str] = []
    begun = False
    for blocks, (element, text) in enumerate(_runs(tree.body)):
        if element.tag == "h1":
            begun = True
            leads.clear()  # what came before an earlier h1 is not this article's
            continue
        key = _key(text)
        if (len(key) >= _SHORTEST_CJK and key in start) or start[:_SHORTEST] in key:
            return leads[:_MOST_LEADS]
        if blocks > _MOST_BLOCKS:
            break
        summarized = len(summary) >= _SHORTEST and summary.startswith(key[: len(summary)])
        known = key in whole or key in headline
        if (begun or summarized) and not known and _is_lead(element, text, summarized):
            leads.append(text)
    # The body's start was not met: only what the page itself calls its summary is sure to belong to it.
    return [text for text in leads if len(summary) >= _SHORTEST and _key(text).startswith(summary)][:1]


def _runs(body: Any) -> Iterator[tuple[Any, str]]:
    """Runs of text in the order of the page, each with the element that it is directly in."""
    from lxml.etree import iterwalk

    walk = iterwalk(body, events=("start", "end"))
    for event, element in walk:
        if not isinstance(element.tag, str):
            continue
        if event == "start":
            leaf = element.tag == "h1" or _is_leaf(element)
            text = text_content(element) if leaf else element.text
            if leaf:
                walk.skip_subtree()
            around = element
        else:
            text, around = element.tail, element.getparent()
        if around is not None and text and not text.isspace():
            yield around, " ".join(text.split())


def _is_leaf(element: Any) -> bool:
    """Whether all elements in an element are such as stand within a line."""
    return all(descendant.tag in _INLINE for descendant in element.iterdescendants("*"))


def _is_lead(element: Any, text: str, summarized: bool) -> bool:
    shortest = _SHORTEST_CJK if _CJK.search(text) else _SHORTEST
    if not shortest <= len(text) <= _LONGEST:
        return False
    linked = sum(len(text_content(link)) for link in element.iter("a"))
    if linked > _LINK_SHARE * len(text):
        return False
    hinted = summarized
    for hops, ancestor in enumerate((element, *element.iterancestors())):
        if ancestor.tag in ("article", "main", "body"):
            break
        names = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''} {ancestor.get('itemprop') or ''}"
        if ancestor.tag in _ELSEWHERE or ancestor.tag == "a" or (hops < 4 and _OTHERS.search(names)):
            return False
        hinted = hinted or (hops < 4 and _LEAD.search(names) is not None)
    return hinted or _SENTENCE_END.search(text) is not None


def _key(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
