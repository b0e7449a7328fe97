"""Dates that a page shows to its readers: `time` elements, and lines of text that are wholly a date.

Many pages show dates of other things too: of the day they were fetched, of related articles, of the last
change. What counts stands near the headline.
"""

import re
from copy import deepcopy
from datetime import date
from typing import Any, NamedTuple

from etl.extract.html.moments import Moment, moment_of
from etl.extract.html.wording import CHANGED, LONGEST, changes_in, is_of_another, label_before, moments_in

_HINT = re.compile(
    r"date|time|publi|posted|created|meta|byline|dateline|fecha|datum|\bdata|stamp|tarih|zeit|heure|dato",
    re.IGNORECASE,
)
_ELSEWHERE = frozenset(("aside", "nav", "footer", "form", "select", "script", "style", "noscript"))
_OTHERS = re.compile(
    r"related|recommend|sidebar|widget|latest|most[-_]?(?:read|popular)|trending|popular|comment|teaser|ticker"
    r"|weather|current|today|clock|copyright|discussion|disqus|replies|\balso\b|read[-_]?more|recirc|promo"
    r"|outbrain|taboola",
    re.IGNORECASE,
)
_INSIDE = frozenset(("article", "main"))
_STATING = (
    "data-date",
    "data-datetime",
    "data-time",
    "data-timestamp",
    "data-published",
    "data-utc",
    "title",
)
"""Attributes that may hold the moment of which an element shows only `2 hours ago`."""
_FULL = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.{0,20}|1\d{9}(?:\d{3})?")
_MOST_ELEMENTS = 20_000
_NEAR = 400
"""Elements after the headline among which the date is looked for."""
_JUST_BEFORE = 40
_FEW_PARTS = 8
"""Elements that the parts of one date may stand in."""


class _Found(NamedTuple):
    place: int
    """Ordinal of the element in the page."""
    inside: bool
    """Whether it is in the article, or its names say that it is a date."""
    moment: Moment
    named: bool = False
    """Whether the element itself says that it is the date of publication."""


def shown_dates(tree: Any, *, with_text: bool) -> list[Moment]:
    """At most one date from a `time` element and one from a line of text (if `with_text`), in that order."""
    times: list[_Found] = []
    texts: list[_Found] = []
    headline: int | None = None
    within = False
    for place, element in enumerate(tree.body.iter("*") if tree.body is not None else ()):
        if place > _MOST_ELEMENTS or (headline is not None and place > headline + _NEAR):
            break
        if element.tag == "h1" and headline is None:
            headline = place
            within = any(ancestor.tag in _INSIDE for ancestor in element.iterancestors())
        elif moment := _stated_by(element):
            _add(times, place, element, [moment])
        if with_text and element.tag != "h1":
            _add_texts(texts, place, element)
    chosen = (_nearest(found, headline, within=within) for found in (times, texts))
    return [moment for moment in chosen if moment is not None]


def is_shown_elsewhere(tree: Any, day: date) -> bool:
    """Whether the page shows a day of a change, or in a `time` element, be it whatever it is of."""
    for element in tree.iter("*"):
        moments = [_stated_by(element)]
        for text in (element.text, _in_parts(element)):
            if isinstance(text, str) and 6 <= len(text) <= 2 * LONGEST and any(map(str.isdigit, text)):
                moments += changes_in(text)
        if any(moment is not None and _may_be(moment, day) for moment in moments):
            return True
    return False


def _may_be(moment: Moment, day: date) -> bool:
    if moment.wall is not None:
        return moment.wall.date() == day
    return {day.year, day.day} <= {int(number) for number in re.findall(r"[0-9]+", moment.raw)}


def without_others(tree: Any) -> Any:
    """A copy of the page without what tells of other things than its article; the headline stays."""
    tree = deepcopy(tree)
    kept = {ancestor for h1 in tree.iter("h1") for ancestor in (h1, *h1.iterancestors())}
    for element in list(tree.iter("*")):
        if element in kept or element.tag in ("html", "head", "body", *_INSIDE):
            continue
        names = _names(element)
        aside = element.tag in _ELSEWHERE and element.tag != "script"
        answered = element.tag == "meta" and element.get("http-equiv")
        if aside or answered or (names and (_OTHERS.search(names) or CHANGED.search(names))):
            element.drop_tree()
    return tree


def _stated_by(element: Any) -> Moment | None:
    """The moment in an element's attributes, such as the `datetime` of a `time`."""
    stated = element.get("datetime")
    if not stated:
        stated = next(
            (value for name in _STATING if (value := element.get(name)) and _FULL.fullmatch(value)), None
        )
    return moment_of(stated, "time") if stated else None


def _add_texts(texts: list[_Found], place: int, element: Any) -> None:
    for shown, is_own in ((element.text, True), (element.tail, False), (_in_parts(element), True)):
        if shown and 6 <= len(shown) <= 2 * LONGEST and any(map(str.isdigit, shown)):
            moments = moments_in(shown)
            if moments and not (is_own and is_of_another(label_before(element))):
                _add(texts, place, element, moments)


def _in_parts(element: Any) -> str | None:
    """The text of an element whose parts are in elements of their own; None for one of more than a line."""
    if not 1 <= len(element) <= _FEW_PARTS or any(len(child) for child in element):
        return None
    return " ".join(part.strip() for part in element.itertext("*") if part.strip())


def _add(found: list[_Found], place: int, element: Any, moments: list[Moment]) -> None:
    if moments:
        inside = _stands(element)
        if inside is not None:
            names = element.get("itemprop") or element.get("class") or ""
            named = element.get("pubdate") is not None or "publi" in names.lower()
            found += [_Found(place, inside, moment, named) for moment in moments]


def _nearest(found: list[_Found], headline: int | None, *, within: bool) -> Moment | None:
    """The one that says that it is it; else the first one after the headline, else the last one just
    before it; without a headline, the first inside. A headline in the article has its date there too."""
    if headline is None:
        return next((one.moment for one in found if one.inside), None)
    after = [one for one in found if one.place > headline and (one.inside or not within)]
    before = [one for one in found if headline - _JUST_BEFORE < one.place < headline and one.inside]
    chosen = next((one for one in after if one.named), None) or next(iter(after), None)
    return chosen.moment if chosen else before[-1].moment if before else None


def _stands(element: Any) -> bool | None:
    """Whether an element stands in the article; None if it is something else's, or tells of a change."""
    inside, hops = False, 0
    while element is not None and hops < 15:
        names = _names(element)
        if element.tag in _ELSEWHERE or (names and element.tag != "body" and _OTHERS.search(names)):
            return None
        if hops < 2 and CHANGED.search(names):
            return None
        if hops < 3 and _HINT.search(names):
            inside = True
        if element.tag in _INSIDE:
            return True
        element, hops = element.getparent(), hops + 1
    return inside


def _names(element: Any) -> str:
    return " ".join(filter(None, map(element.get, ("class", "id", "itemprop"))))
