"""The rules that one document of `articles` or `article_revisions` must keep, by itself. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from etl.errors import Refusal
from etl.model import SCHEMA_VERSION
from etl.transform.identity import attribution, content_hash, title_hash, undated_key
from etl.transform.titles import normal_form

Fault = tuple[str, object, object]
"""Rule, what was found, what was expected."""

_WIDEST = timedelta(hours=14)
_LONGEST_BODY = 99_999_999


def _is(*types: type) -> Callable[[Any], bool]:
    return lambda value: type(value) in types


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is str for item in value)


def _published(value: Any) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and set(value) == {"raw", "precision", "zone", "from"}
        and all(type(item) is str for item in value.values())
    )


def _provenance(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == set(_PROVENANCE)
        and all(check(value[name]) for name, check in _PROVENANCE.items())
    )


_OPTIONAL_TEXT = _is(str, type(None))
_PROVENANCE: dict[str, Callable[[Any], bool]] = {
    "dump": _is(str),
    "member": _OPTIONAL_TEXT,
    "record": lambda value: isinstance(value, int),
    "offset": lambda value: value is None or isinstance(value, int),
    "sha256": _is(str),
    "parser": _is(str),
    "run": _is(str),
}
_SHAPE: dict[str, tuple[Callable[[Any], bool], str]] = {
    "_id": (_is(str), "text"),
    "title": (_is(str), "text"),
    "title_hash": (_is(str), "text"),
    "published_at": (_is(datetime, type(None)), "a date or null"),
    "published": (_published, "an object of raw, precision, zone and from, or null"),
    "body": (_is(str), "text"),
    "authors": (_texts, "a list of texts"),
    "editor": (_OPTIONAL_TEXT, "text or null"),
    "tags": (_texts, "a list of texts"),
    "language": (_OPTIONAL_TEXT, "text or null"),
    "url": (_OPTIONAL_TEXT, "text or null"),
    "source": (_is(str), "text"),
    "captured_at": (_is(datetime, type(None)), "a date or null"),
    "content_hash": (_is(str), "text"),
    "rank": (_is(str), "text"),
    "provenance": (_provenance, "an object of dump, member, record, offset, sha256, parser and run"),
    "flags": (_texts, "a list of texts"),
    "extra": (_is(dict), "an object"),
    "schema_version": (lambda value: value == SCHEMA_VERSION, str(SCHEMA_VERSION)),
}


def shape_faults(document: Mapping[str, Any], *, revision: bool) -> Iterator[Fault]:
    """Fields that are missing, of a wrong type, or not ours."""
    for name, (fits, expected) in _SHAPE.items():
        if name not in document:
            yield f"`{name}`", "no such field", expected
        elif not fits(document[name]):
            yield f"`{name}`", document[name], expected
    if revision and type(document.get("article")) is not str:
        yield "`article`", document.get("article"), "the article's key"
    for name in sorted(set(document) - set(_SHAPE) - ({"article"} if revision else set())):
        yield f"`{name}`", document[name], "no field of that name"


def value_faults(document: Mapping[str, Any], *, revision: bool) -> Iterator[Fault]:
    """Hashes, key and rank, computed anew; only for a document of the right shape."""
    try:
        hashed = title_hash(normal_form(document["title"]))
    except Refusal as refusal:
        hashed = f"none ({refusal})"
    if document["title_hash"] != hashed:
        yield "title_hash of the title", document["title_hash"], hashed
    try:
        content = _content(document)
    except Refusal as refusal:
        content = f"none ({refusal})"
    if document["content_hash"] != content:
        yield "content_hash of what the article says", document["content_hash"], content
    key = document["article"] if revision else document["_id"]
    if revision and document["_id"] != f"{key}/{document['content_hash']}":
        yield "_id of key and content", document["_id"], f"{key}/{document['content_hash']}"
    yield from _key_faults(document, key)
    yield from _rank_faults(document)


def _content(document: Mapping[str, Any]) -> str:
    names = ("title", "body", "authors", "editor", "tags", "language", "url", "extra")
    return content_hash(*(document[name] for name in names))


def _key_faults(document: Mapping[str, Any], key: str) -> Iterator[Fault]:
    at, published = document["published_at"], document["published"]
    if (at is None) != (published is None):
        yield "published_at and published together", (at, published), "both, or neither"
        return
    if at is None:
        try:
            expected = undated_key(document["title_hash"], document["body"])
        except Refusal as refusal:
            expected = f"none ({refusal})"
    elif published["precision"] == "day":
        day = key.partition("/")[0]
        expected = f"{day if _day_holds(day, at, published['zone']) else at.date()}/{document['title_hash']}"
    else:
        expected = f"{at.isoformat(timespec='seconds')}Z/{document['title_hash']}"
        if at.microsecond:
            yield "published_at to the second", at, at.replace(microsecond=0)
    if key != expected:
        yield "key of published_at, precision and title_hash", key, expected


def _day_holds(day: str, at: datetime, zone: str) -> bool:
    """Whether that moment can be the first one of that day, in the zone that is known or in some zone."""
    try:
        midnight = datetime.fromisoformat(f"{day}T00:00:00")
    except ValueError:
        return False
    return at == midnight if zone == "assumed" else abs(at - midnight) <= _WIDEST


def _rank_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    when, *others = document["rank"].split("/")
    try:
        attributed = attribution(document["source"], document["published"], document["flags"])
    except Refusal as refusal:
        attributed = f"none ({refusal})"
    length = str(min(len(document["body"]), _LONGEST_BODY)).zfill(8)
    captured = document["captured_at"]
    fits = when == "-" or _is_midnight(when)
    if captured is not None:
        when, fits = f"{captured.isoformat(timespec='milliseconds')}Z", True
    expected = "/".join((when if fits else "-", length, document["content_hash"], attributed))
    if document["rank"] != expected or len(others) != 3:
        yield "rank of capture time, body, content and attribution", document["rank"], expected


def _is_midnight(text: str) -> bool:
    try:
        datetime.fromisoformat(text.removesuffix("T00:00:00.000Z"))
    except ValueError:
        return False
    return text.endswith("T00:00:00.000Z")
