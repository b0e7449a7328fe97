"""A raw record to an article, or to a rejection that says why not."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
import orjson

from etl.errors import Refusal
from etl.model import Article, DumpStamp, PublishedDocument, RawRecord, Reason, Rejection, Stage
from etl.settings import Limits
from etl.sources import Names, Role, Source
from etl.transform.boilerplate import body_cleaner
from etl.transform.clocks import Beside, completed, joined
from etl.transform.dates import DatePolicy, Instant, read_date
from etl.transform.display import TitleRules, display_title
from etl.transform.extra import kept, within
from etl.transform.fields import ROLES, FieldMap, Place, Plan, is_filled
from etl.transform.folders import folder_of
from etl.transform.identity import article_key, attribution, content_hash, rank, title_hash, undated_key
from etl.transform.language import stated_language, text_language
from etl.transform.nested import dig
from etl.transform.people import read_people
from etl.transform.rich import rich_text
from etl.transform.stubs import LONGEST_STUB, is_stub, without_cut
from etl.transform.tags import read_tags
from etl.transform.text import clean_line
from etl.transform.titles import normal_form

_LONGEST_DETAIL = 300
_LONGEST_DATE = 200
UTC_FIELDS = frozenset(("date_gmt", "post_date_gmt", "dateTimePub"))
"""Fields of well-known services (WordPress, Event Registry) whose clocks are in UTC and do not say so."""
_TEXT_KEYS = ("rendered", "main", "value", "#text", "$t", "_text", "text")
"""Names under which services keep a text with its markup or its variants."""
_MAYBE_URLS = frozenset(("source", "uri", "id", "guid", "guid.rendered"))
"""Fields that hold an address in the records of some services, and other things in those of others."""
_LOCALE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2})?")
_REGION = re.compile(r"[-_]([A-Za-z]{2})(?![A-Za-z0-9])")

TITLE, PUBLISHED, BODY, AUTHORS, EDITOR, TAGS, LANGUAGE, URL, CAPTURED = range(len(ROLES))
"""Index of each role in what a plan picks."""


class Normalizer:
    """One source's way from raw records to articles, compiled once for a run.

    The result depends on the record, its dump's declared date and the arguments here; never on this
    machine, on the time, or on the records before. Many records at once: `etl.transform.columns`, which
    goes by the same rules.
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
        self.source = source.name
        self.fields = FieldMap(source, field_table)
        self.folder = source.folder
        self.dates = DatePolicy.of(source, run_date)
        self.titles = TitleRules(source.brands, source.labels, limits.title_characters)
        self.clean_body = body_cleaner((*boilerplate, *source.boilerplate))
        self.not_articles = frozenset(map(normal_form, (*not_articles, *source.not_articles)))
        self._load_undated = source.undated == "load"
        languages = tuple(code.split("-")[0] for code in source.languages)
        self.languages = languages
        self.only_language = languages[0] if len(languages) == 1 else None
        self.extra_bytes = limits.extra_bytes
        self.longest_title = limits.title_characters

    def __call__(self, record: RawRecord, stamp: DumpStamp) -> Article | Rejection:
        """The article that a record gives, or its rejection. Never raises for what a record holds."""
        try:
            return self._article(record, stamp)
        except Refusal as refusal:
            return Rejection(
                Stage.TRANSFORM,
                refusal.reason,
                _storable_text(refusal.detail[:_LONGEST_DETAIL]),
                record.record,
                record.raw,
                record.member,
                record.offset,
            )

    def _article(self, record: RawRecord, stamp: DumpStamp) -> Article:
        fields = record.fields
        if self.folder is not None and self.folder not in fields:
            fields = fields | {self.folder: folder_of(stamp.dump, record.member)}
        plan = self.fields.plan(fields)
        values, places = plan.pick(fields)
        flags: list[str] = []

        if type(values[TITLE]) is not str:
            _unwrap(TITLE, values, places)
        title = self._title(values[TITLE], places[TITLE], flags)
        form = normal_form(title)
        if form in self.not_articles:
            raise Refusal(Reason.NOT_AN_ARTICLE, f"{title[:80]!r} is the title of a placeholder page")
        hashed = title_hash(form)
        if type(values[BODY]) is not str:
            _unwrap(BODY, values, places)
        elif len(values[BODY]) <= LONGEST_STUB and is_stub(values[BODY]):
            values[BODY], places[BODY] = self._instead(fields, plan, places[BODY])
        body = self._body(values[BODY], places[BODY], flags)

        instant, published, used = self._published(fields, plan, values, places)
        if instant is None:
            key, published_at = undated_key(hashed, body), None
        else:
            key, published_at = article_key(instant, hashed), instant.second
            if instant.flags:
                flags += instant.flags

        captured = self._captured(values[CAPTURED], places, flags) if places[CAPTURED] is not None else None
        authors = _names(values[AUTHORS], AUTHORS, places) if places[AUTHORS] is not None else []
        editors = _names(values[EDITOR], EDITOR, places) if places[EDITOR] is not None else []
        editor = ", ".join(editors) if editors else None
        tags = _tags(values[TAGS], places) if places[TAGS] is not None else []
        language = self._language(values[LANGUAGE], places, body)
        url = _url(values[URL], places) if places[URL] is not None else None

        leftover = plan.leftover(places)
        extra = kept(fields, leftover) if leftover.names else {}
        if extra:
            for name in used:
                extra.pop(name, None)
            extra, truncated = within(extra, self.extra_bytes)
            if truncated:
                flags.append("extra_truncated")
        content = content_hash(title, body, authors, editor, tags, language, url, extra)
        attributed = attribution(self.source, published, flags)
        ranked = rank(when(captured, stamp), len(body), content, attributed)
        # By position: names would cost four times as much, on every record.
        return Article(
            key,
            hashed,
            published_at,
            published,
            captured.utc if captured is not None else None,
            content,
            ranked,
            flags,
            stamp,
            record.record,
            record.raw,
            record.member,
            record.offset,
            record.digest,
            title,
            body,
            authors,
            editor,
            tags,
            language,
            url,
            extra,
        )

    def _published(
        self, fields: Mapping[str, Any], plan: Plan, values: list[Any], places: list[Place | None]
    ) -> tuple[Instant | None, PublishedDocument | None, tuple[str, ...]]:
        """The publication instant, how it was learnt, and the fields that completed it; None and None
        where the source loads what is undated."""
        place = places[PUBLISHED]
        if place is None:
            if self._load_undated:
                return None, None, ()
            raise Refusal(
                Reason.UNDATED,
                'no field gives a publication date; map one with fields.published, or say undated = "load"',
            )
        if type(values[PUBLISHED]) is list:
            _unwrap(PUBLISHED, values, places)
            place = places[PUBLISHED] or place
        raw, language = values[PUBLISHED], values[LANGUAGE]
        used: tuple[str, ...] = ()
        if plan.beside and place in plan.beside:
            raw, instant, used = self._completed(raw, place, fields, plan.beside[place], language)
        else:
            instant = self._instant(raw, place, fields, language)
        return instant, published_as(raw, instant, place), used

    def _instant(self, raw: Any, place: Place, fields: Mapping[str, Any], language: Any) -> Instant:
        """The publication instant; where the date alone does not settle it, by what the record says of its
        zone and its language. A source's own languages go before the record's."""
        if place.name in UTC_FIELDS:
            return self._in_zone(raw, "UTC")
        try:
            return read_date(raw, self.dates)
        except Refusal as refusal:
            spoken = self._spoken(language, shown=fields.get("published_by") == "text")
            if spoken is None:
                raise
            try:
                return read_date(raw, spoken)
            except Refusal:
                raise refusal from None

    def _completed(
        self,
        raw: Any,
        place: Place,
        fields: Mapping[str, Any],
        found: Beside | tuple[str, ...],
        language: Any,
    ) -> tuple[Any, Instant, tuple[str, ...]]:
        """The date with what stands in fields beside it, its instant, and the names of these fields."""
        if isinstance(found, Beside):
            text, zone, used = completed(raw, fields, found)
        else:
            text, zone, used = joined(found, fields)
        if zone is not None and self.dates.in_zone(zone) is not None:
            return text, self._in_zone(text, zone), used
        return text, self._instant(text, place, fields, language), used

    def _in_zone(self, raw: Any, zone: Any) -> Instant:
        """The instant of a clock whose zone the record itself states."""
        policy = self.dates.in_zone(zone) if isinstance(zone, str) else None
        instant = read_date(raw, policy or self.dates)
        return msgspec.structs.replace(instant, zone="explicit") if policy else instant

    def _spoken(self, language: Any, *, shown: bool) -> DatePolicy | None:
        """The policy for the language that a record states, where the source allows that it is in it."""
        code = stated_language(language)
        if code is None or (self.languages and code not in self.languages):
            return None
        region = _REGION.search(language)
        return self.dates.spoken(code, region[1].upper() if region else None, shown=shown)

    def _instead(self, fields: Mapping[str, Any], plan: Plan, stub: Place | None) -> tuple[Any, Place | None]:
        """The next field that has a body, for a service's notice that there is none; else nothing."""
        for place in plan.candidates[BODY]:
            value = dig(fields[place.name], place.inner) if place.inner else fields[place.name]
            if place != stub and isinstance(value, str) and is_filled(value) and not is_stub(value):
                return value, place
        return None, None

    def _title(self, raw: Any, place: Place | None, flags: list[str]) -> str:
        if place is None:
            raise Refusal(Reason.NO_TITLE, "no field gives a title; map one with fields.title")
        if not isinstance(raw, str):
            raise Refusal(Reason.WRONG_TYPE, f"the title, in {place.label}, is {_kind(raw)}, not text")
        title = display_title(raw, self.titles)
        # The cut may have fallen on a space.
        if len(raw) > self.longest_title and len(title) >= self.longest_title - 1:
            flags.append("title_cut")
        return title

    def _body(self, raw: Any, place: Place | None, flags: list[str]) -> str:
        if isinstance(raw, list) and all(isinstance(part, str) for part in raw):
            raw = "\n\n".join(raw)
        elif isinstance(raw, list | dict):
            raw = rich_text(raw) or raw
        elif type(raw) is str and raw[-1:] == "]" and (cut := without_cut(raw)) is not None:
            raw = cut
            flags.append("body_cut")
        if place is not None and not isinstance(raw, str):
            raise Refusal(Reason.WRONG_TYPE, f"the body, in {place.label}, is {_kind(raw)}, not text")
        body = self.clean_body(raw) if place is not None else ""
        if not body:
            flags.append("no_body")
        return body

    def _captured(self, raw: Any, places: list[Place | None], flags: list[str]) -> Instant | None:
        try:
            return read_date(raw, self.dates)
        except Refusal:
            # When it was fetched is no part of its identity: kept as it is, in `extra`.
            flags.append("captured_unreadable")
            places[CAPTURED] = None
            return None

    def _language(self, raw: Any, places: list[Place | None], body: str) -> str | None:
        stated = stated_language(raw)
        if stated is not None:
            return stated
        places[LANGUAGE] = None
        return self.only_language or text_language(body, self.languages)


# A value of a kind that its role does not take counts as not used, and goes to `extra`.


def _names(raw: Any, role: int, places: list[Place | None]) -> list[str]:
    found = read_people(raw)
    if found is None:
        places[role] = None
        return []
    return found


def _tags(raw: Any, places: list[Place | None]) -> list[str]:
    found = read_tags(raw)
    if found is None:
        places[TAGS] = None
        return []
    return found


def _unwrap(role: int, values: list[Any], places: list[Place | None]) -> None:
    """The text in an object or a list of one that stands where text should: WordPress's
    `{"rendered": …}`, Scrapy's `["…"]`. What else the object holds stays among the leftovers."""
    value, place = values[role], places[role]
    if place is None:
        return
    key: str | None = None
    if isinstance(value, dict):
        key = next((name for name in _TEXT_KEYS if isinstance(value.get(name), str)), None)
        if key is None and len(value) == 1:
            key = next(
                (name for name, held in value.items() if isinstance(held, str) and _LOCALE.fullmatch(name)),
                None,
            )
    elif isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        key = "0"
    if key is not None:
        values[role] = dig(value, (key,))
        inner = (*place.inner, key)
        places[role] = Place(place.name, inner, ".".join((place.name, *inner)))


def _url(raw: Any, places: list[Place | None]) -> str | None:
    place = places[URL]
    found = None if place is None else read_url(raw, place)
    if found is None:
        places[URL] = None
    return found


def read_url(raw: Any, place: Place) -> str | None:
    """The address in a raw value; None where it is none."""
    if not isinstance(raw, str) or (
        place.label.lower() in _MAYBE_URLS and not raw.startswith(("http://", "https://"))
    ):
        return None
    return clean_line(raw)


def when(captured: Instant | None, stamp: DumpStamp) -> str | None:
    if captured is not None:
        return captured.millis
    return _day_start(stamp.declared) if stamp.declared is not None else None


@lru_cache(maxsize=64)
def _day_start(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000Z"


def published_as(raw: Any, instant: Instant, place: Place) -> PublishedDocument:
    """How a publication instant was learnt."""
    return {
        "raw": raw if type(raw) is str and len(raw) <= _LONGEST_DATE else _date_text(raw),
        "precision": instant.precision,
        "zone": instant.zone,
        "from": place.label,
    }


def _date_text(raw: Any) -> str:
    if isinstance(raw, str):
        return raw[:_LONGEST_DATE]
    try:
        return orjson.dumps(raw).decode()[:_LONGEST_DATE]
    except TypeError:
        return str(raw)[:_LONGEST_DATE]


def _storable_text(text: str) -> str:
    """With half characters, that a field's name may hold, written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object with {', '.join(repr(str(key)[:20]) for key in list(value)[:3])}"
    return {list: "a list", bool: "a truth value", int: "a number", float: "a number"}.get(
        type(value), f"a {type(value).__name__}"
    )
