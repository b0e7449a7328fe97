"""Dates that a page shows to its readers: `time` elements, and lines of text that are wholly a date.

Many pages show dates of other things too: of the day they were fetched, of related articles, of the last
change. What counts stands near the headline.
"""

import re
from copy import deepcopy
from typing import Any, NamedTuple

from etl.extract.datelines import date_line
from etl.extract.html.moments import Moment, moment_of

_CHANGED = re.compile(
    r"updat|modif|edited|changed|aktualis|aktualiz|mis[-_ ]?[àa][-_ ]?jour|actualiz|aggiorna|bijgewerkt"
    r"|gewijzigd|uppdater|oppdater|opdater|redigeret|päivit|zmian|zmienion|upraven|ažur|frissít|módos|güncel"
    r"|ενημέρω|更新|обновл|оновлен|изменен|промен|cập nhật|diperbarui|수정|עודכן|עדכון|تحديث|تعديل|به‌?روز"
    r"|แก้ไข|ปรับปรุง",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"date|time|publi|posted|created|meta|byline|dateline|fecha|datum|\bdata|stamp|tarih|zeit|heure|dato",
    re.IGNORECASE,
)
_ELSEWHERE = frozenset(("aside", "nav", "footer", "form", "select", "script", "style", "noscript"))
_OTHERS = re.compile(
    r"related|recommend|sidebar|widget|latest|most[-_]?(?:read|popular)|trending|popular|comment|teaser|ticker"
    r"|weather|current|today|clock|copyright",
    re.IGNORECASE,
)
_INSIDE = frozenset(("article", "main"))
_CHANGED_WORDS = re.compile(rf"(?<![^\s,;(|•·–-])(?:[^\W\d]+\s)?\w*(?:{_CHANGED.pattern})", re.IGNORECASE)
"""The word that says so, with one before it: `Son Güncelleme`, `last updated`, `آخر تحديث`."""
_PIECES = re.compile(r"\s*[|•·]\s*|\s{3,}|\n")
_MOST_ELEMENTS = 20_000
_NEAR = 400
"""Elements after the headline among which the date is looked for."""
_JUST_BEFORE = 40
_LONGEST = 120


class _Found(NamedTuple):
    place: int
    """Ordinal of the element in the page."""
    inside: bool
    """Whether it is in the article, or its names say that it is a date."""
    moment: Moment


def shown_dates(tree: Any, *, with_text: bool) -> list[Moment]:
    """At most one date from a `time` element and one from a line of text (if `with_text`), in that order."""
    times: list[_Found] = []
    texts: list[_Found] = []
    headline: int | None = None
    for place, element in enumerate(tree.body.iter("*") if tree.body is not None else ()):
        if place > _MOST_ELEMENTS or (headline is not None and place > headline + _NEAR):
            break
        tag = element.tag
        if tag == "h1" and headline is None:
            headline = place
        elif stated := element.get("datetime") or (tag == "abbr" and element.get("title")):
            moment = moment_of(stated, "time")
            if moment is not None:
                _add(times, place, element, [moment])
        elif with_text:
            for shown in (element.text, element.tail):
                if shown and 6 <= len(shown) <= 2 * _LONGEST:
                    _add(texts, place, element, _moments_in(shown))
    chosen = (_nearest(found, headline) for found in (times, texts))
    return [moment for moment in chosen if moment is not None]


def without_others(tree: Any) -> Any:
    """A copy of the page without what tells of other things than its article; the headline stays."""
    tree = deepcopy(tree)
    kept = {ancestor for h1 in tree.iter("h1") for ancestor in (h1, *h1.iterancestors())}
    for element in list(tree.iter("*")):
        if element in kept or element.tag in ("html", "head", "body", *_INSIDE):
            continue
        names = " ".join(filter(None, map(element.get, ("class", "id", "itemprop"))))
        aside = element.tag in _ELSEWHERE and element.tag != "script"
        if aside or (names and (_OTHERS.search(names) or _CHANGED.search(names))):
            element.drop_tree()
    return tree


def _add(found: list[_Found], place: int, element: Any, moments: list[Moment]) -> None:
    if moments:
        inside = _stands(element)
        if inside is not None:
            found += [_Found(place, inside, moment) for moment in moments]


def _nearest(found: list[_Found], headline: int | None) -> Moment | None:
    """The first one after the headline, else the last one just before it; without one, the first inside."""
    if headline is None:
        return next((one.moment for one in found if one.inside), None)
    after = next((one.moment for one in found if one.place > headline), None)
    before = [one for one in found if headline - _JUST_BEFORE < one.place < headline and one.inside]
    return after or (before[-1].moment if before else None)


def _moments_in(shown: str) -> list[Moment]:
    """The dates in a text that consists of nothing but dates, labels and separators."""
    line = " ".join(shown.split())
    if not any(map(str.isdigit, line)):
        return []
    pieces = [line, *(_PIECES.split(shown) if _PIECES.search(shown) else ())]
    changed = _CHANGED_WORDS.search(line)
    if changed is not None and changed.start():
        pieces.insert(0, line[: changed.start()])  # "published on …, changed on …"
    for piece in pieces:
        found = date_line(piece) or date_line(piece.strip("|•·–-—,;()[] \t"))
        if found is not None and not _CHANGED.search(found[0]):
            moment = moment_of(found[1], "text")
            if moment is not None:
                return [moment]
    return []


def _stands(element: Any) -> bool | None:
    """Whether an element stands in the article; None if it is something else's, or tells of a change."""
    inside, hops = False, 0
    while element is not None and hops < 15:
        names = " ".join(filter(None, map(element.get, ("class", "id", "itemprop"))))
        if element.tag in _ELSEWHERE or (names and element.tag != "body" and _OTHERS.search(names)):
            return None
        if hops < 2 and _CHANGED.search(names):
            return None
        if hops < 3 and _HINT.search(names):
            inside = True
        if element.tag in _INSIDE:
            return True
        element, hops = element.getparent(), hops + 1
    return inside
