"""The text of a page's article: paragraphs, joined by blank lines.

trafilatura finds it. Before, what is surely not the article's own text is taken out of the page; after,
the lead is put back, which often stands outside of what trafilatura takes for the body.
"""

import re
from copy import deepcopy
from typing import Any

from etl.extract.datelines import date_line
from etl.extract.html.lead import with_lead
from etl.extract.html.linked_data import text_of
from etl.extract.html.page import Page, text_content
from etl.extract.html.pruning import pruned, without_layout_tables

_MANY_ELEMENTS = 15_000
"""From so many on only the first of trafilatura's ways is tried, for the others take seconds."""
_BLANK_LINES = re.compile(r"\n\s*\n|\n")
_SIGNATURE = re.compile(r"\(?[A-Z]{2,6}\)?|[\w.]{2,8}/[\w./]{2,10}")
_WORTHWHILE, _MISSED = 200, 0.4
"""The text in JSON-LD counts from so many characters on, where what was found is so small a part of it."""
_SURE = 3000
"""Characters from which on a text of which nothing was pruned is taken for the article without more ado."""
_LONG = 600
"""Characters of a paragraph that is kept even if part of it was pruned."""
_MUCH, _SENTENCE = 0.65, 60
"""Share of the characters in paragraphs of at least so many."""
_BYLINE = 90
_LEFTOVERS, _LOOSE = 4, 70
"""So many short lines at the end that are no sentences are not the article's: prices, links, a menu."""
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔።။։][\"'”’»)\]]*$|^- |[\u0e00-\u0eff\u1780-\u17ff]$")
"""Thai, Lao and Khmer end a sentence with nothing; an item of a list is no loose line."""
_REPEATED = 40
_PIECES = re.compile(r"\s*[|•·,–]\s+")


def body_text(page: Page, title: str | None) -> str:
    """The article's paragraphs; nothing where the page has no text."""
    tree = pruned(page.tree)
    paragraphs = _plain(tree) if page.is_huge else _chosen(page.tree, tree)
    paragraphs = with_lead(tree, paragraphs, title, page.meta("description", "og:description"))
    stated = _paragraphs(text_of(page.article.get("articleBody")))
    if _size(stated) >= _WORTHWHILE and _size(paragraphs) < _MISSED * _size(stated):
        paragraphs = stated
    return "\n\n".join(_without_edges(paragraphs, title))


def _chosen(tree: Any, own: Any) -> list[str]:
    """The text that is found in the whole page, less what is not in the pruned one (`own`).

    What was found may be the whole page for want of an article. So unless it is long and clean, the text
    that is found in the pruned page alone is asked too, and stands if it says much the same in less.
    """
    letters = _key("".join(own.itertext("*")))
    found = _extracted(tree)
    paragraphs = [part for part in found if len(part) > _LONG or _key(part) in letters]
    if len(paragraphs) == len(found) and _size(paragraphs) >= _SURE:
        return paragraphs
    alone = _extracted(own)
    as_much = _prose(alone) >= _MUCH * _prose(paragraphs)
    return alone if not paragraphs or (as_much and _size(alone) < _size(paragraphs)) else paragraphs


def _extracted(tree: Any) -> list[str]:
    from trafilatura import bare_extraction

    fast = sum(1 for _ in tree.iter()) > _MANY_ELEMENTS
    # It empties the tree that it is given.
    copy = without_layout_tables(deepcopy(tree))
    found: Any = bare_extraction(copy, include_comments=False, with_metadata=False, fast=fast)
    return _paragraphs(found.text or "") if found is not None else []


def _plain(tree: Any) -> list[str]:
    return _paragraphs("\n".join(map(text_content, tree.iter("p"))))


def _without_edges(paragraphs: list[str], title: str | None) -> list[str]:
    """Less repetitions, the headline, dates at the beginning, signatures and loose lines at the end."""
    kept: list[str] = []
    seen: set[str] = set()
    heading = True
    for part in paragraphs:
        heading = heading and len(part) <= _BYLINE
        if part == title or (heading and _has_date(part)):
            continue
        if len(part) < _REPEATED or part not in seen:
            seen.add(part)
            kept.append(part)
    if len(kept) > 1 and _SIGNATURE.fullmatch(kept[-1]):
        del kept[-1]
    end = len(kept)
    while end > 1 and len(kept[end - 1]) <= _LOOSE and not _SENTENCE_END.search(kept[end - 1]):
        end -= 1
    return kept[:end] if len(kept) - end >= _LEFTOVERS else kept


def _has_date(line: str) -> bool:
    return any(date_line(piece) for piece in _PIECES.split(line))


def _prose(paragraphs: list[str]) -> int:
    """Characters of the paragraphs that are long enough to be sentences."""
    return _size([part for part in paragraphs if len(part) >= _SENTENCE])


def _size(paragraphs: list[str]) -> int:
    return sum(map(len, paragraphs))


def _paragraphs(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in _BLANK_LINES.split(text))
    return [part for part in parts if any(map(str.isalnum, part))]


def _key(text: str) -> str:
    return "".join(filter(str.isalnum, text))
