"""A raw record to an article, or to a rejection that says why not."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from etl.errors import Refusal
from etl.model import Article, DumpStamp, PublishedDocument, RawRecord, Reason, Rejection, Stage
from etl.settings import Limits
from etl.sources import Names, Role, Source
from etl.transform.boilerplate import body_cleaner
from etl.transform.dates import DatePolicy, Instant, read_date
from etl.transform.display import TitleRules, display_title
from etl.transform.extra import leftovers, within
from etl.transform.fields import FieldMap, Path, take
from etl.transform.identity import article_key, attribution, content_hash, rank, title_hash, undated_key
from etl.transform.language import stated_language, text_language
from etl.transform.people import read_people
from etl.transform.tags import read_tags
from etl.transform.text import clean_line
from etl.transform.titles import normal_form

_LONGEST_DETAIL = 300
_LONGEST_RAW_DATE = 200


class Normalizer:
    """One source's way from raw records to articles, compiled once for a run.

    The result depends on the record, its dump's declared date and the arguments here; never on this
    machine, on the time, or on the records before.
    """

    def __init__(
        self,
        source: Source,
        field_table: Mapping[Role, Names],
        *,
        limits: Limits,
        run_date: date,
        boilerplate: Names = (),
        not_articles: Names = (),
    ) -> None:
        self._source = source.name
        self._fields = FieldMap(source, field_table)
        self._dates = DatePolicy.of(source, run_date)
        self._titles = TitleRules(source.brands, source.labels, limits.title_characters)
        self._clean_body = body_cleaner((*boilerplate, *source.boilerplate))
        self._not_articles = frozenset(map(normal_form, (*not_articles, *source.not_articles)))
        self._load_undated = source.undated == "load"
        languages = tuple(code.split("-")[0] for code in source.languages)
        self._languages = languages
        self._only_language = languages[0] if len(languages) == 1 else None
        self._extra_bytes = limits.extra_bytes
        self._longest_title = limits.title_characters

    def __call__(self, record: RawRecord, stamp: DumpStamp) -> Article | Rejection:
        """The article that a record gives, or its rejection. Never raises for what a record holds."""
        try:
            return self._article(record, stamp)
        except Refusal as refusal:
            reason, detail = refusal.reason, refusal.detail
        return Rejection(
            Stage.TRANSFORM,
            reason,
            detail[:_LONGEST_DETAIL],
            record.record,
            record.raw,
            record.member,
            record.offset,
        )

    def _article(self, record: RawRecord, stamp: DumpStamp) -> Article:
        fields = record.fields
        plan = self._fields.plan(fields)
        used: list[Path] = []
        flags: list[str] = []
        (
            title_from,
            published_from,
            body_from,
            authors_from,
            editor_from,
            tags_from,
            language_from,
            url_from,
            captured_from,
        ) = plan.candidates

        title = self._title(*take(fields, title_from), used, flags)
        form = normal_form(title)
        if form in self._not_articles:
            raise Refusal(Reason.NOT_AN_ARTICLE, f"{title[:80]!r} is the title of a placeholder page")

        body = self._body(*take(fields, body_from), used, flags)
        instant, published = self._published(*take(fields, published_from), used)
        captured = self._captured(*take(fields, captured_from), used, flags)
        authors = self._list(read_people, *take(fields, authors_from), used)
        editor = ", ".join(self._list(read_people, *take(fields, editor_from), used)) or None
        tags = self._list(read_tags, *take(fields, tags_from), used)
        language = self._language(*take(fields, language_from), used, body)
        url = self._url(*take(fields, url_from), used)

        extra = leftovers(fields, plan.names, used)
        if extra:
            extra, truncated = within(extra, self._extra_bytes)
            if truncated:
                flags.append("extra_truncated")

        hashed = title_hash(form)
        if instant is None:
            key = undated_key(hashed, body)
            attributed = attribution(self._source, *flags)
        else:
            key = article_key(instant, hashed)
            flags += instant.flags
            attributed = attribution(self._source, *published.values(), *flags)  # type: ignore[union-attr]
        content = content_hash(title, body, authors, editor, tags, language, url, extra)
        return Article(
            key=key,
            title=title,
            title_hash=hashed,
            published_at=instant.second if instant else None,
            published=published,
            body=body,
            authors=authors,
            editor=editor,
            tags=tags,
            language=language,
            url=url,
            captured_at=captured.utc if captured else None,
            content_hash=content,
            rank=rank(_when(captured, stamp), len(body), content, attributed),
            flags=flags,
            extra=extra,
            stamp=stamp,
            record=record.record,
            raw=record.raw,
            member=record.member,
            offset=record.offset,
        )

    def _title(self, raw: Any, path: Path | None, used: list[Path], flags: list[str]) -> str:
        if path is None:
            raise Refusal(Reason.NO_TITLE, "no field gives a title; map one with fields.title")
        if not isinstance(raw, str):
            raise Refusal(Reason.WRONG_TYPE, f"the title, in {'.'.join(path)}, is {_kind(raw)}, not text")
        used.append(path)
        title = display_title(raw, self._titles)
        if len(title) >= self._longest_title:
            flags.append("title_cut")
        return title

    def _body(self, raw: Any, path: Path | None, used: list[Path], flags: list[str]) -> str:
        if path is None:
            flags.append("no_body")
            return ""
        if isinstance(raw, list) and all(isinstance(part, str) for part in raw):
            raw = "\n\n".join(raw)
        if not isinstance(raw, str):
            raise Refusal(Reason.WRONG_TYPE, f"the body, in {'.'.join(path)}, is {_kind(raw)}, not text")
        used.append(path)
        body = self._clean_body(raw)
        if not body:
            flags.append("no_body")
        return body

    def _published(
        self, raw: Any, path: Path | None, used: list[Path]
    ) -> tuple[Instant | None, PublishedDocument | None]:
        if path is None:
            if self._load_undated:
                return None, None
            raise Refusal(
                Reason.UNDATED,
                'no field gives a publication date; map one with fields.published, or say undated = "load"',
            )
        instant = read_date(raw, self._dates)
        used.append(path)
        return instant, {
            "raw": _date_text(raw),
            "precision": instant.precision,
            "zone": instant.zone,
            "from": ".".join(path),
        }

    def _captured(self, raw: Any, path: Path | None, used: list[Path], flags: list[str]) -> Instant | None:
        if path is None:
            return None
        try:
            captured = read_date(raw, self._dates)
        except Refusal:
            flags.append("captured_unreadable")
            return None
        used.append(path)
        return captured

    def _list(self, read: Any, raw: Any, path: Path | None, used: list[Path]) -> list[str]:
        if path is None:
            return []
        found: list[str] | None = read(raw)
        if found is None:
            return []
        used.append(path)
        return found

    def _language(self, raw: Any, path: Path | None, used: list[Path], body: str) -> str | None:
        if path is not None:
            stated = stated_language(raw)
            if stated is not None:
                used.append(path)
                return stated
        return self._only_language or text_language(body, self._languages)

    def _url(self, raw: Any, path: Path | None, used: list[Path]) -> str | None:
        if path is None or not isinstance(raw, str):
            return None
        used.append(path)
        return clean_line(raw)


def _when(captured: Instant | None, stamp: DumpStamp) -> str | None:
    if captured is not None:
        return captured.millis
    return f"{stamp.declared}T00:00:00.000Z" if stamp.declared else None


def _date_text(raw: Any) -> str:
    if isinstance(raw, str):
        return raw[:_LONGEST_RAW_DATE]
    try:
        return orjson.dumps(raw).decode()[:_LONGEST_RAW_DATE]
    except TypeError:
        return str(raw)[:_LONGEST_RAW_DATE]


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object with {', '.join(repr(str(key)[:20]) for key in list(value)[:3])}"
    return {list: "a list", bool: "a truth value", int: "a number", float: "a number"}.get(
        type(value), f"a {type(value).__name__}"
    )
