"""Which field serves which role: by its name, held against what it holds."""

import re
from collections.abc import Mapping
from datetime import date

import msgspec

from etl.errors import Refusal
from etl.model import Reason
from etl.profile.columns import Column
from etl.profile.words import HINTS
from etl.sources import Names, Role
from etl.transform.dates import DatePolicy, read_date
from etl.transform.fields import ENVELOPES
from etl.transform.language import stated_language

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[^\W\d_]+")
_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_MEDIA = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|ico)(?:[?#]|$)", re.IGNORECASE)
_WORDED = re.compile(r"(?=.*\b(?:1[7-9]|20)\d\d\b)(?=.*[^\W\d_]{2})(?:\D*\d){5,14}\D{0,20}")
"""What may be a date with the name of a month: cheap to ask, where reading it costs a millisecond."""
_NO_DATE = frozenset((Reason.WRONG_TYPE, Reason.UNDATED, Reason.UNREADABLE_DATE, Reason.INCOMPLETE_DATE))
_GENERIC = frozenset(
    (
        "@norm",
        "@value",
        "@iso",
        "@datetime",
        "#text",
        "value",
        "iso",
        "rendered",
        "main",
        "text",
        "plain",
        "cdata",
        "_text",
    )
)
"""Names that only say how a value is written; what it is, the name around it says."""
_LEAST = 1.2
"""Score from which on a field is taken for a role."""
_LEAST_DATES = 0.3
"""Share of values that must look like dates in a date's field that is called so."""
_ANY_LANGUAGE = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "ru",
    "tr",
    "ar",
    "pl",
    "id",
    "el",
    "vi",
    "da",
    "sv",
    "cs",
    "uk",
    "fa",
)

_TOP: tuple[Role, ...] = (
    "title",
    "published",
    "body",
    "url",
    "authors",
    "editor",
    "tags",
    "language",
    "captured",
)
_MULTIPLE = frozenset(("title", "published", "body", "url"))
"""Roles for which another field may stand in where the first is not filled."""


class Choice(msgspec.Struct, frozen=True):
    """A field that was taken for a role."""

    column: Column
    score: float
    by_name: bool
    """Whether its name speaks for it, and not its values alone."""


def choose(
    columns: Mapping[str, Column], table: Mapping[Role, Names], run_date: date
) -> dict[Role, list[Choice]]:
    """For each role the fields that serve it, the best first; those after it fill its gaps."""
    judge = _Judge(table, run_date)
    taken: set[str] = set()
    chosen: dict[Role, list[Choice]] = {}
    for role in _TOP:
        scored = [
            Choice(column, *judge.score(role, column))
            for column in columns.values()
            if column.filled and column.name not in taken
        ]
        scored = [choice for choice in scored if choice.score >= _LEAST]
        scored.sort(key=lambda choice: -choice.score * (0.3 + 0.7 * _share(choice.column, columns)))
        chosen[role] = _covering(scored) if role in _MULTIPLE else scored[:1]
        taken.update(_family(choice.column.name) for choice in chosen[role])
        taken.update(choice.column.name for choice in chosen[role])
    return chosen


def _family(name: str) -> str:
    """The list that an item's path is of."""
    return name.removesuffix(".0")


def _share(column: Column, columns: Mapping[str, Column]) -> float:
    return column.filled / max(other.filled for other in columns.values())


def _covering(scored: list[Choice]) -> list[Choice]:
    """The best, and those that fill records which none before them fills."""
    kept: list[Choice] = []
    rows: set[int] = set()
    for choice in scored:
        new = choice.column.rows - rows
        if not kept or (len(kept) < 4 and new and choice.by_name):
            kept.append(choice)
            rows |= choice.column.rows
    return kept


def words_of(name: str) -> list[str]:
    """The words in a field's name, in lower case: `pubDate_utc` is `pub date utc`."""
    return [word.lower() for word in _WORD.findall(name.replace("'", ""))]


class _Judge:
    def __init__(self, table: Mapping[Role, Names], run_date: date) -> None:
        self._table = {role: [name.lower() for name in names] for role, names in table.items()}
        self._orders = [
            DatePolicy(
                date(run_date.year + 2, 12, 31),
                earliest=date(1700, 1, 1),
                date_order="DMY",
                languages=languages,
            )
            for languages in ((), _ANY_LANGUAGE)
        ]
        self._dates: dict[str, float] = {}

    def score(self, role: Role, column: Column) -> tuple[float, bool]:
        """How well a field serves a role, and whether its name says so."""
        by_name = self._by_name(role, column)
        return getattr(self, f"_{role}")(column, by_name), by_name > 0.9

    def _by_name(self, role: Role, column: Column) -> float:
        listed = self._table.get(role, [])
        lower = column.name.lower()
        if lower in listed:
            # The earlier in the list, the more to the point.
            return 3.5 - 1.2 * listed.index(lower) / len(listed)
        envelope, _, bare = lower.partition(".")
        if envelope in ENVELOPES and bare in listed:
            return 3.3 - 1.2 * listed.index(bare) / len(listed)
        hints = HINTS[role]
        *outer, last = (*column.name.removesuffix(".0").split("."),)
        if outer and last.lower() in _GENERIC:
            last = f"{outer.pop()} {last}"
        score = sum(hints.get(word, 0.0) for word in dict.fromkeys(words_of(last)))
        against = sum(min(0.0, hints.get(word, 0.0)) for part in outer for word in words_of(part))
        return min(score, 3.4) + against - 0.1 * len(outer)

    def _title(self, column: Column, by_name: float) -> float:
        texts = column.texts
        if len(texts) * 2 < len(column.values) or _dated(texts, self) > 0.5 or _links(texts) > 0.2:
            return 0.0
        length = column.median_length
        if length > 400 or (length < 3 and by_name < 3):
            return 0.0
        many = len(texts) >= 5
        sound = 1.0 if 12 <= length <= 200 else 0.5
        alike = -1.5 if many and column.distinct < 0.3 else 0.0
        wordy = 0.5 if sum(" " in text or not text.isascii() for text in texts) * 2 > len(texts) else -0.5
        if by_name == 0:  # nothing but its values speaks for it
            return 1.25 if sound == 1.0 and wordy > 0 and column.distinct > 0.8 else 0.0
        return by_name + sound + alike + wordy

    def _body(self, column: Column, by_name: float) -> float:
        values = [value for value in column.values if isinstance(value, str | list)]
        if len(values) * 2 < len(column.values) or column.kinds["list of objects"] * 2 > column.filled:
            return 0.0
        texts = column.texts or ["\n".join(map(str, value)) for value in values]
        if _dated(texts, self) > 0.5 or _links(texts) > 0.5:
            return 0.0
        length = column.median_length or sorted(map(len, texts))[len(texts) // 2]
        if by_name <= 0 and length < 300:
            return 0.0
        alike = -3.0 if len(texts) >= 3 and column.distinct < 0.34 else 0.0
        unnamed = 1.0 if by_name == 0 else 0.0
        return by_name + min(length, 2000) / 800 + alike + unnamed

    def _published(self, column: Column, by_name: float) -> float:
        dates = self.dates(column)
        if by_name >= 2:  # in words of a language that is not known yet
            dates = max(
                dates,
                0.6
                * sum(bool(_WORDED.fullmatch(text.strip())) for text in column.texts[:40])
                / max(1, len(column.values[:40])),
            )
        if dates < _LEAST_DATES or (by_name <= 0 and dates < 0.9):
            return 0.0
        numbers = column.kinds["number"] * 2 > column.filled
        if by_name <= 0 and (numbers or not any(":" in text or "-" in text for text in column.texts[:20])):
            return 0.0
        clocked = (
            0.3 if sum(":" in text or "T" in text for text in column.texts) * 2 > len(column.texts) else 0.0
        )
        return by_name + dates + clocked + (0.4 if by_name <= 0 else 0)

    def _captured(self, column: Column, by_name: float) -> float:
        return by_name + self.dates(column) if by_name > 0.9 and self.dates(column) >= 0.5 else 0.0

    def _url(self, column: Column, by_name: float) -> float:
        links = _links(column.texts)
        media = sum(bool(_MEDIA.search(text)) for text in column.texts)
        if links < 0.5 or by_name < 0 or media * 3 > len(column.texts):
            return 0.0
        return by_name + links + (0.4 if column.distinct > 0.8 else -0.8)

    def _authors(self, column: Column, by_name: float) -> float:
        if _links(column.texts) > 0.5 or column.median_length > 300:
            return 0.0
        return by_name if by_name > 1 else 0.0

    def _editor(self, column: Column, by_name: float) -> float:
        return self._authors(column, by_name)

    def _tags(self, column: Column, by_name: float) -> float:
        alike = len(column.values) > 20 and column.distinct * len(column.values) < 3  # a switch: YES, NO
        return by_name if by_name > 1.2 and _links(column.texts) < 0.5 and not alike else 0.0

    def _language(self, column: Column, by_name: float) -> float:
        codes = sum(stated_language(text) is not None for text in column.texts)
        return by_name if by_name > 1 and codes * 2 > len(column.values) else 0.0

    def dates(self, column: Column) -> float:
        """Share of a field's values that look like dates, whatever would still have to be said of them."""
        if column.name not in self._dates:
            values = column.values[:: max(1, len(column.values) // 40)][:40]
            self._dates[column.name] = sum(map(self.is_date, values)) / len(values) if values else 0.0
        return self._dates[column.name]

    def is_date(self, value: object) -> bool:
        """Whether a value looks like a date."""
        if isinstance(value, str) and (len(value) > 80 or not any(c.isdigit() for c in value)):
            return False
        for policy in self._orders:
            if policy.languages and not (isinstance(value, str) and _WORDED.fullmatch(value.strip())):
                return False
            try:
                read_date(value, policy)
            except Refusal as refusal:
                if refusal.reason not in _NO_DATE:
                    return True
            else:
                return True
        return False


def _links(texts: list[str]) -> float:
    return sum(bool(_LINK.match(text.strip())) for text in texts) / len(texts) if texts else 0.0


def _dated(texts: list[str], judge: _Judge) -> float:
    some = texts[:12]
    return sum(map(judge.is_date, some)) / len(some) if some else 0.0
