"""HTML pages: one article a page, with what the page says of it to machines and to readers."""

from collections.abc import Iterator, Sequence
from typing import Any

from etl.errors import Refusal
from etl.extract.declared import DAMAGE, refuse_damage
from etl.extract.html.body import body_text
from etl.extract.html.dates import modified, published
from etl.extract.html.linked_data import text_of
from etl.extract.html.page import Page
from etl.extract.html.people import authors, tags
from etl.extract.html.titles import headline, site_name
from etl.extract.rejecting import rejected, too_large
from etl.extract.streams import passed_over, read_all
from etl.extract.types import Member, Reading
from etl.model import RawRecord, Reason, Rejection


def html_page(member: Member, reading: Reading) -> Iterator[RawRecord | Rejection]:
    """The one page of a member. A page over the cap on a record is rejected, and so is an empty one."""
    most = reading.limits.record_bytes
    data = read_all(member.stream, most)
    if len(data) > most:
        size = len(data) + passed_over(member.stream)
        yield too_large(data, size, most, record=1, member=member.name, offset=0)
        return
    try:
        fields = page_fields(data, (reading.encoding,), most_tags=reading.limits.page_tags)
    except Refusal as refusal:
        yield rejected(refusal, data, 1, member.name, 0)
    else:
        yield RawRecord(fields, 1, data, member.name, 0)


def page_fields(
    data: bytes,
    charsets: Sequence[str | None] = (),
    url: str | None = None,
    most_tags: int | None = None,
) -> dict[str, Any]:
    """The fields of a page, each only where it has it.

    `title`, `published` (as written, with `published_by`: what stated it), `date_disagreement` (what else
    is stated, where it means another day), `modified`, `authors`, `body` (paragraphs joined by blank
    lines), `tags`, `language`, `url`, `site`, `section`, `description`, `captured`.

    Args:
        charsets: encodings stated elsewhere than in the page, such as by HTTP, the most trusted first.
        url: where the page was fetched, if that is known; it goes before what the page says.
        most_tags: that it may have; each takes up to 14 µs, however small it is.

    Raises:
        Refusal: the page has neither a title nor text, or too many tags, or what it has cannot be decoded.
    """
    page = Page(data, charsets, url, most_tags)
    title = headline(page)
    body = body_text(page, title)
    if not title and not body:
        raise Refusal(Reason.NOT_AN_ARTICLE, "the page has neither a title nor any text")
    refuse_damage(title or "", "the title")
    refuse_damage(body, "the text")
    moment, disagreement = published(page)
    saved_url, saved_date = page.saved()
    fields = {
        "title": title,
        "published": moment.raw if moment else None,
        "published_by": moment.where if moment else None,
        "date_disagreement": disagreement,
        "modified": modified(page),
        "authors": authors(page),
        "body": body,
        "tags": tags(page),
        "language": _language(page),
        "url": url or next(iter(page.urls), None) or saved_url,
        "canonical": next((stated for stated in page.urls if url and stated != url), None),
        "site": site_name(page),
        "section": text_of(page.article.get("articleSection")) or page.meta("article:section"),
        "description": page.meta("description", "og:description") or text_of(page.article.get("description")),
        "captured": saved_date,
    }
    return {name: value for name, value in fields.items() if value and DAMAGE not in str(value)}


def _language(page: Page) -> str | None:
    root = page.tree.get("lang") or page.tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    stated = root or page.tree.get("xml:lang") or page.meta("content-language", "og:locale", "language")
    return stated or text_of(page.article.get("inLanguage")) or None


__all__ = ["html_page", "page_fields"]
