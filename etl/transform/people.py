"""Authors and editors: from text, lists and objects to names."""

import re
from typing import Any

from etl.transform.listtext import listed
from etl.transform.stubs import is_stub
from etl.transform.text import clean_line

MOST = 100
LONGEST = 200
"""Characters of one name; what is longer is no name and is cut."""

_BY = re.compile(r"(?:written |reported |posted |story )?by\b[:\s]+|authors?:\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[;|、]\s*|\s+(?:and|&)\s+", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:reporter|editor|correspondent|writer|staff|contributor|columnist|producer|analyst|bureau|desk|"
    r"jr|sr|phd|md|esq)\b",
    re.IGNORECASE,
)
_NAME_KEYS = ("name", "full_name", "fullName", "display_name", "title", "label")


def read_people(value: Any) -> list[str] | None:
    """The names in a raw value, in its order, each once; None where it is of no such kind.

    Text is divided at `and`, `&`, `;`, `|`, and at commas between full names: `Doe, Jane` stays whole.
    """
    if type(value) is str:
        if value[:1] != "[" or (spelled := listed(value)) is None:
            return list(_KNOWN.get(value) or _learnt(value))
        value = spelled
    names: list[str] = []
    for item in value[:MOST] if isinstance(value, list) else (value,):
        text = _name(item)
        if text is None:
            return None
        names += _KNOWN.get(text) or _learnt(text)
    return names if len(names) == 1 else _unique(names)


_KNOWN: dict[str, tuple[str, ...]] = {}
"""Raw bylines to names: the same people write all the time."""
_MOST_KNOWN = 10_000


def _learnt(text: str) -> tuple[str, ...]:
    names = () if is_stub(text) else tuple(_unique(_divided(text)))
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
    if len(text) <= LONGEST:
        _KNOWN[text] = names
    return names


def _name(value: Any) -> str | None:
    if isinstance(value, dict):
        named = (value.get(key) for key in _NAME_KEYS)
        return next((name for name in named if isinstance(name, str) and name.strip()), None)
    return value if isinstance(value, str) else None


def _divided(text: str) -> list[str]:
    line = clean_line(text[: MOST * LONGEST])
    by = _BY.match(line)
    if by:
        line = line[by.end() :]
    names: list[str] = []
    for part in _BETWEEN.split(line):
        pieces = [piece.strip() for piece in part.replace("，", ",").split(",")]
        pieces = [piece for piece in pieces if piece]
        names += pieces if _all_full_names(pieces) else [", ".join(pieces)]
    return names


def _all_full_names(pieces: list[str]) -> bool:
    return all(" " in piece and not _ROLE.search(piece) for piece in pieces) or not any(
        piece.isascii() for piece in pieces
    )


def _unique(names: list[str]) -> list[str]:
    found: dict[str, str] = {}
    for name in names:
        if name:
            found.setdefault(name.casefold(), name[:LONGEST])
    return list(found.values())[:MOST]
