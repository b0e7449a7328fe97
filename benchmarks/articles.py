"""The corpus, record by record: a record is made from its number alone, in any process, on any machine.

Fifteen in a hundred records repeat an earlier one byte for byte, five are an earlier article captured
again with another body, the rest are new. They are numbered in the order of publication, give or take a day.
"""

from datetime import datetime
from random import Random
from typing import Any

import orjson

from benchmarks.dateshapes import SHAPES, Shape
from benchmarks.sentences import LANGUAGES, any_language, body, headline, one_of, paragraph

SEED = 20260301
DUPLICATES = 0.15
REVISIONS = 0.05

_START = 1_672_531_200
"""2023-01-01T00:00:00Z."""
_STEP = 150
"""Seconds from one record to the next: a year has 210,000."""
_DAY = 86_400
_WINDOW = 500
"""How many records back the original of a repetition lies, at most."""
_BODY_BYTES = 2850

_KIND, _CONTENT, _REVISION, _CHANGE = range(4)


def line(number: int) -> bytes:
    """The record as a line of JSON, with its LF."""
    return encode(record(number))


def encode(fields: dict[str, Any]) -> bytes:
    """Fields as a line of JSON, with its LF."""
    return orjson.dumps(fields) + b"\n"


def record(number: int, shape: Shape | None = None) -> dict[str, Any]:
    """Raw fields of the record of this number (0-based); its date in `shape`, by default in its own."""
    kind, parent = origin(number)
    if kind == "new":
        return _new(number, shape)
    if kind == "duplicate":
        return record(parent, shape)
    return _revised(_new(root(parent), shape), _rng(number, _REVISION), days=0)


def origin(number: int) -> tuple[str, int]:
    """`new`, `duplicate` or `revised`, and the number of the record that it repeats (its own if new)."""
    rng = _rng(number, _KIND)
    draw = rng.random()
    if number == 0 or draw >= DUPLICATES + REVISIONS:
        return "new", number
    parent = number - 1 - int(rng.random() * min(_WINDOW, number))
    return ("duplicate" if draw < DUPLICATES else "revised"), parent


def root(number: int) -> int:
    """Number of the new record that this one goes back to."""
    kind, parent = origin(number)
    return number if kind == "new" else root(parent)


def changed(number: int) -> dict[str, Any] | None:
    """The record as it stands after a tenth of a dump was changed in place; None where it is as before."""
    rng = _rng(number, _CHANGE)
    if rng.random() >= 0.1:
        return None
    return _revised(_new(root(number)), rng, days=2)


def _rng(number: int, purpose: int) -> Random:
    return Random((SEED << 40) | (number << 4) | purpose)


def _new(number: int, shape: Shape | None = None) -> dict[str, Any]:
    rng = _rng(number, _CONTENT)
    language = any_language(rng)
    published = _START + number * _STEP + int((rng.random() - 0.5) * 2 * _DAY)
    own_shape = SHAPES[int(rng.random() * len(SHAPES))]
    title = headline(rng, language)
    paragraphs = body(rng, language, int(_BODY_BYTES * (0.6 + 0.8 * rng.random())))
    fields: dict[str, Any] = {
        "id": f"{language.code}-{number:08}",
        "title": title,
        "published_at": (shape or own_shape)(published),
        "body": _untidy(rng, paragraphs),
        "url": f"https://news-{language.code}.example/{number // 1000}/{number:08}.html",
        "author": one_of(rng, language.names),
        "tags": sorted({one_of(rng, language.tags) for _ in range(3 + int(rng.random() * 4))}),
        "captured_at": _captured(published + 600 + int(rng.random() * 6 * 3600)),
    }
    if rng.random() < 0.6:
        fields["language"] = language.code
    return fields


def _untidy(rng: Random, paragraphs: list[str]) -> str:
    """The body; one in eight has something to clean, as scraped text has."""
    draw = rng.random()
    if draw < 0.03:
        paragraphs[0] = paragraphs[0].replace(" ", "\u00a0", 3)
    elif draw < 0.06:
        paragraphs[-1] = "Research &amp; Development: " + paragraphs[-1]
    elif draw < 0.09:
        paragraphs[0] = paragraphs[0].replace(" ", "  ", 4) + "  "
    elif draw < 0.12:
        paragraphs[-1] = f"\u201c{paragraphs[-1]}\u201d"
    return ("\r\n\r\n" if draw > 0.97 else "\n\n").join(paragraphs)


def _captured(epoch: int) -> str:
    return str(SHAPES[0](epoch))


def _revised(fields: dict[str, Any], rng: Random, days: int) -> dict[str, Any]:
    """Captured again, `days` and some hours later, with one paragraph more."""
    language = next(each for each in LANGUAGES if fields["id"].startswith(each.code))
    later = days * _DAY + 3600 + int(rng.random() * (_DAY - 7200))
    return {
        **fields,
        "body": f"{fields['body']}\n\n{paragraph(rng, language)}",
        "captured_at": _captured(epoch(fields["captured_at"]) + later),
    }


def epoch(captured_at: str) -> int:
    """Unix time of a record's `captured_at`."""
    return int(datetime.fromisoformat(captured_at).timestamp())
