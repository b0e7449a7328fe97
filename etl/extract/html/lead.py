"""The lead: sentences between the headline and the body, which often stand in a box of their own."""

import re
from typing import Any

from etl.extract.html.page import text_content

_BLOCKS = frozenset(["p", "h2", "h3", "h4", "div", "span", "strong", "b", "em", "li", "section", "blockquote", "td"])
_INLINE = frozenset(["a", "abbr", "b", "strong", "i", "em", "span", "br", "small", "sub", "sup", "u", "mark", "time", "font", "wbr", "q", "cite", "code"])
_ELSEWHERE = frozenset(["nav", "aside", "footer", "form", "figure", "figcaption", "button", "select", "table"])
_LEAD = re.compile(
    r"lead|teaser|intro|standfirst|abstract|\bdek\b|deck|subtitle|subhead|subline|summary|excerpt|descri|chapo|chapeau"
    r"|vorspann|entrad|bajad|sommario|occhiello|sapo|perex|ingress|manchet|zajawka|anons|spot|synopsis",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"author|byline|share|related|caption|credit|comment|cookie|nav|menu|breadcrumb|bio", re.IGNORECASE)
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
    blocks = 0
    for element in tree.body.iter("*"):
        if element.tag == "h1":
            begun = True
            leads.clear()  # what came before an earlier h1 is not this article's
            continue
        if element.tag not in _BLOCKS or not _is_leaf(element):
            continue
        text = text_content(element)
        key = _key(text)
        if not key:
            continue
        blocks += begun
        if (len(key) >= _SHORTEST_CJK and key in start) or start[:_SHORTEST] in key:
            return leads[:_MOST_LEADS]
        if blocks > _MOST_BLOCKS:
            break
        summarized = len(summary) >= _SHORTEST and (key.startswith(summary) or summary.startswith(key[:_START]))
        if (begun or summarized) and key not in whole and key not in headline and _is_lead(element, text, summarized):
            leads.append(text)
    # The body's start was not met: only what the page itself calls its summary is sure to belong to it.
    return [text for text in leads if len(summary) >= _SHORTEST and _key(text).startswith(summary)][:1]


def _is_leaf(element: Any) -> bool:
    """Whether an element holds text, and none of the elements in it is a block."""
    if not any((part or "").strip() for part in (element.text, *(child.tail for child in element))) and not (
        element.tag == "p" or len(element) == 0
    ):
        return len(element) > 0 and all(child.tag in ("br", "em", "strong", "b", "i") for child in element)
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
