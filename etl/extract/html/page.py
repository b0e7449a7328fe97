"""An HTML page as a tree, with the facts that every rule asks it for."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from etl.errors import Refusal
from etl.extract.declared import DAMAGE, decode_declared, html_encoding
from etl.extract.html.attributes import bounded_tags
from etl.extract.html.linked_data import Node, main_node, nodes_of
from etl.model import Reason

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_SAVED = re.compile(
    r"<!--[^>]{0,300}?(?:saved from url=\(\d+\)(?P<saved>\S{1,2000})"
    r"|Page saved with SingleFile\s+url:\s*(?P<single>\S{1,2000})\s+saved date:\s*(?P<date>[^\n]{10,80}))"
)
_WAYBACK = re.compile(r"^https?://web\.archive\.org/web/\d+[a-z_]*/(?=\w)")
_WAYBACK_DATE = re.compile(r"FILE ARCHIVED ON (\d\d:\d\d:\d\d) (\w{3}) (\d{1,2}), (\d{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HUGE = 40_000
"""Elements; real pages have a few thousand."""
_START_TAG = re.compile(r"<[a-zA-Z]")
_SPACE = re.compile(r"\s+")
_TEXT = ".//text()[not(parent::script or parent::style or parent::noscript)]"


class Page:
    """A page that was parsed: its tree, its `meta` tags, its JSON-LD."""

    def __init__(
        self,
        data: bytes,
        charsets: Sequence[str | None],
        url: str | None = None,
        most_tags: int | None = None,
    ) -> None:
        """`charsets` are encodings that are stated elsewhere than in the page, the most trusted first.

        Raises `Refusal` (too_large) where there are more than `most_tags`, before they are parsed.
        """
        from lxml import html as lxml_html
        from lxml.etree import ParserError

        self.text = decode_declared(data, (html_encoding(data), *charsets))
        if most_tags is not None:
            _refuse_many(self.text, most_tags)
        markup = bounded_tags(_XML_DECLARATION.sub("", _CONTROLS.sub(" ", self.text)))
        parser = lxml_html.HTMLParser(encoding="utf-8", remove_pis=True)
        try:
            self.tree: Any = lxml_html.document_fromstring(
                markup.encode("utf-8", "replace"), parser=parser, ensure_head_body=True
            )
        except ParserError:
            # Nothing but blanks, or a comment without an end: a page with nothing in it.
            self.tree = lxml_html.document_fromstring(b"<p></p>", ensure_head_body=True)
        self.is_huge = next(islice(self.tree.iter(), _HUGE, None), None) is not None
        """Whether libraries that look at every element many times are to be spared."""
        self.metas = _metas(self.tree)
        self.known_url = url
        self.urls = self._urls()
        self.nodes = nodes_of(
            script.text or ""
            for script in self.tree.iter("script")
            if "ld+json" in (script.get("type") or "").lower()
        )
        titles = [*self.meta_all("og:title", "twitter:title"), *map(text_content, self.tree.iter("h1"))]
        self.article: Node = main_node(self.nodes, self.urls, titles)

    def meta(self, *names: str) -> str | None:
        """Content of the first of these `meta` tags (by name, property or itemprop) that has one."""
        return next(iter(self.meta_all(*names)), None)

    def meta_all(self, *names: str) -> list[str]:
        """Contents of these `meta` tags, in the order of the names."""
        return [content for name in names for content in self.metas.get(name, ())]

    def saved(self) -> tuple[str | None, str | None]:
        """URL and date that the program which saved the page left in a comment."""
        head = self.text[:4096]
        found = _SAVED.search(head)
        if found:
            return found["saved"] or found["single"], (found["date"] or "").partition("(")[0].strip() or None
        archived = _WAYBACK_DATE.search(self.text[-4096:]) or _WAYBACK_DATE.search(head)
        if archived is None or archived[2] not in _MONTHS:
            return None, None
        clock, month, day, year = archived.groups()
        return None, f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}T{clock}Z"

    def scripts(self) -> list[str]:
        """The texts of its scripts."""
        return [script.text for script in self.tree.iter("script") if script.text]

    def _urls(self) -> list[str]:
        links = (link for link in self.tree.iter("link") if (link.get("rel") or "").lower() == "canonical")
        stated = [
            *(link.get("href") for link in links),
            *self.meta_all("og:url", "twitter:url"),
            self.saved()[0],
        ]
        found = [_WAYBACK.sub("", url.strip()) for url in stated if url]
        return [url for url in found if url.startswith(("http://", "https://")) and DAMAGE not in url]


def _refuse_many(text: str, most: int) -> None:
    if text.count("<") > most and next(islice(_START_TAG.finditer(text), most, None), None) is not None:
        raise Refusal(
            Reason.TOO_LARGE, f"has over {most:,} tags; the cap is `limits.page_tags` in config/settings.toml"
        )


def text_content(element: Any) -> str:
    """The element's text on one line, without scripts and styles."""
    return _SPACE.sub(" ", "".join(element.xpath(_TEXT))).strip()


def _metas(tree: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (meta.get(attribute) or "").strip().lower()
            if name and not (attribute == "http-equiv" and name == "date"):  # when the server answered
                found.setdefault(name, []).append(content)
    return found
