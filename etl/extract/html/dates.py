"""When a page says that it was published, as it says it.

In order of trust: JSON-LD, `meta` tags, microdata, `time` elements, a line of text that is a date, what
the page gives to its scripts, the date in the URL, and last what htmldate makes of it, which is a day and
often only a guess.
"""

import re
from collections.abc import Iterator

from etl.extract.html.linked_data import text_of
from etl.extract.html.moments import Moment, best_of, disagree, in_shown_zone, moment_of
from etl.extract.html.page import Page, text_content
from etl.extract.html.scripts import in_scripts
from etl.extract.html.visible import is_shown_elsewhere, shown_dates, without_others

PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time",
    "datepublished", "rnews:datepublished", "published_time", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "vr:published_time",
    "mediator_published_time", "article.published", "article:publicationdate", "publish-date",
    "publish_date", "publishdate", "publishtime", "publication_date", "publication-date",
    "publicationdate", "originalpublicationdate", "published-date", "published_date", "published_at",
    "published", "pubdate", "pub_date", "pub-date", "article_date_original", "article:create_at",
    "weibo: article:create_at", "bytedance:published_time", "apub:time", "_pubtime", "og:pubdate",
    "og:release_date", "dc.date.issued", "dc:date:issued", "dcterms.issued", "dcterms:issued",
    "dcterms.created", "dcterms:created", "dc.date.created", "article:created_time", "datecreated",
    "created", "dc.date", "dc:date", "dcterms.date", "dcterms:date", "ptime", "date.created", "date",
    "citation_online_date", "citation_publication_date",
)  # fmt: skip
MODIFIED_METAS = (
    "article:modified_time", "og:article:modified_time", "datemodified", "og:updated_time",
    "article:modified", "last-modified", "lastmod", "dcterms.modified", "dcterms:modified",
    "dc.date.modified", "revision_date", "modified",
)  # fmt: skip
"""Names of `meta` tags, the most trusted first."""

_LINKED_KEYS = ("datePublished", "uploadDate", "dateCreated")
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_MICRODATA = (
    '//*[not(self::meta)][contains(@itemprop, "datePublished") or contains(@property, "datePublished")'
    ' or (@content and (contains(@property, "dc:date") or contains(@property, "dc:created")'
    ' or contains(@property, "dcterms:created") or contains(@property, "dc:issued")))]'
)
"""Elements that state it by microdata or RDFa."""
_MOST_STATED = 6
_NATIVE_DIGIT = re.compile(r"[^\D0-9]")


def published(page: Page) -> tuple[Moment | None, list[str]]:
    """The publication date to go by, and the statements that disagree on it (`where: raw`)."""
    stated = list(_stated(page))
    certain = any(moment.timed and moment.offset is not None for moment in stated)
    shown = shown_dates(page.tree, with_text=not certain)
    moments = stated + shown
    if not moments and (scripted := in_scripts(page.scripts())):
        moments = [scripted]
    moments += _in_url(page)
    if not moments and not page.is_huge:
        moments = _guessed(page)
    if not moments:
        return None, []
    best = in_shown_zone(best_of(moments), shown)
    others = [other for other in stated if other.raw != best.raw and disagree(best, other)]
    disagreement = [f"{moment.where}: {moment.raw}" for moment in (best, *others)] if others else []
    return best, disagreement


def modified(page: Page) -> str | None:
    """When the page says that it was last changed, as it says it."""
    values = (page.article.get("dateModified"), *page.meta_all(*MODIFIED_METAS))
    return next((moment.raw for moment in (moment_of(value, "") for value in values) if moment), None)


def _stated(page: Page) -> Iterator[Moment]:
    """What the page states for machines, each date once."""
    linked = [moment_of(_first(page.article.get(key)), "json-ld") for key in _LINKED_KEYS]
    metas = [moment_of(value, "meta") for value in page.meta_all(*PUBLISHED_METAS)[:_MOST_STATED]]
    microdata = [
        moment_of(element.get("datetime") or element.get("content") or text_content(element), "microdata")
        for element in page.tree.xpath(_MICRODATA)[:3]
    ]
    seen: set[str] = set()
    for moment in (*filter(None, linked[:1] if linked[0] else linked), *metas, *microdata):
        if moment is not None and moment.raw not in seen:
            seen.add(moment.raw)
            yield moment


def _first(value: object) -> object:
    value = value[0] if isinstance(value, list) and value else value
    return text_of(value) if isinstance(value, dict) else value


def _in_url(page: Page) -> list[Moment]:
    for url in (page.known_url, *page.urls):
        found = _URL_DATE.search(url or "")
        moment = moment_of("-".join(found.groups()), "url") if found else None
        if moment is not None:
            return [moment]
    return []


def _digits(page: Page) -> str:
    """The page as it was written, with the digits of every script as ASCII's."""
    return _NATIVE_DIGIT.sub(lambda found: str(int(found[0])), page.text)


def _guessed(page: Page) -> list[Moment]:
    from htmldate import find_date

    url = page.known_url or next(iter(page.urls), None)
    tree = without_others(page.tree)
    # A fixed far end, for the result must not depend on the day of the run; the transform has its window.
    day = find_date(tree, extensive_search=False, original_date=True, url=url, max_date="2100-01-01")
    moment = moment_of(day, "guess")
    changed = moment_of(modified(page), "meta")
    if moment is None or moment.wall is None or moment.wall.day == 1:
        return []  # the first of a month is what it makes of a month without a day
    if str(moment.wall.year) not in _digits(page):
        return []  # a year of another calendar, or one of two digits
    if changed is not None and changed.wall is not None and changed.wall.date() == moment.wall.date():
        return []
    if is_shown_elsewhere(page.tree, moment.wall.date()):
        return []  # it is when the page was changed, or of a story beside it
    return [moment]
