"""Plausible text in eight languages, from the lists in `words.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Language:
    """One language's parts of sentences. `weight` is its share of the articles, in percent."""

    code: str
    weight: int
    space: str
    stop: str
    comma: str
    starts: tuple[str, ...]
    subjects: tuple[str, ...]
    acts: tuple[str, ...]
    things: tuple[str, ...]
    about: tuple[str, ...]
    place: str
    town_heads: tuple[str, ...]
    town_tails: tuple[str, ...]
    ends: tuple[str, ...]
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    tags: tuple[str, ...]
    act_first: bool = False
    """Whether an opening adverbial pulls the verb before the subject."""


def _read() -> tuple[Language, ...]:
    tables = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    found = []
    for code, table in tables.items():
        act_first = table.pop("order", "") == "act first"
        lists: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
        found.append(Language(code=code, act_first=act_first, **lists))
    return tuple(found)


LANGUAGES = _read()
_BY_PERCENT = tuple(language for language in LANGUAGES for _ in range(language.weight))


def one_of(rng: Random, items: tuple[str, ...]) -> str:
    """One of them. `random()` alone is promised to give the same numbers in every Python."""
    return items[int(rng.random() * len(items))]


def any_language(rng: Random) -> Language:
    """A language, as often as its weight says."""
    return _BY_PERCENT[int(rng.random() * len(_BY_PERCENT))]


def headline(rng: Random, language: Language) -> str:
    """A title: who did what, and where."""
    who, act = one_of(rng, language.subjects), one_of(rng, language.acts)
    return _capital(_joined(language, who, act, _what(rng, language)))


def sentence(rng: Random, language: Language) -> str:
    """One sentence, with its full stop."""
    draw = rng.random()
    if draw < 0.15:
        return one_of(rng, language.numbers).format(2 + int(rng.random() * 9000))
    who, act, what = one_of(rng, language.subjects), one_of(rng, language.acts), _what(rng, language)
    if draw < 0.35:
        who = _joined(language, who, _where(rng, language))
    if draw < 0.6:
        end = one_of(rng, language.ends)
        return _capital(_joined(language, who, act, what, end)) + language.stop
    start = one_of(rng, language.starts)
    rest = _joined(language, *((act, who) if language.act_first else (who, act)), what)
    return f"{start}{language.comma}{rest}{language.stop}"


def _what(rng: Random, language: Language) -> str:
    thing, about = one_of(rng, language.things), one_of(rng, language.about)
    if not language.space:  # Chinese: the place and what it is about come first
        return f"{_where(rng, language)}{about}{thing}"
    return f"{thing} {about} {_where(rng, language)}"


def _where(rng: Random, language: Language) -> str:
    return language.place.format(one_of(rng, language.town_heads) + one_of(rng, language.town_tails))


def _joined(language: Language, *parts: str) -> str:
    return language.space.join(parts)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def paragraph(rng: Random, language: Language) -> str:
    """Three to six sentences."""
    return language.space.join([sentence(rng, language) for _ in range(3 + int(rng.random() * 4))])


def body(rng: Random, language: Language, size: int) -> list[str]:
    """Paragraphs of about `size` bytes of UTF-8 together."""
    paragraphs: list[str] = []
    while size > 0:
        paragraphs.append(paragraph(rng, language))
        size -= len(paragraphs[-1].encode()) + 2
    return paragraphs
