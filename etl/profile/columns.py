"""The fields of some records, nested ones by their path: how often filled, and with what."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from etl.transform.fields import is_filled
from etl.transform.stubs import LONGEST_STUB, is_stub

_DEEPEST = 4
_MOST_COLUMNS = 400
"""Names that are counted: records whose names are all their own must not fill the memory."""
_MOST_VALUES = 400
_LONGEST = 4000
"""Characters that are kept of a value."""


class Column(msgspec.Struct):
    """One field."""

    name: str
    """Its names joined by dots, as a source's `fields` takes it."""
    filled: int = 0
    values: list[Any] = []
    """Some of its filled values, long texts cut."""
    lengths: list[int] = []
    """Characters of its texts, before they were cut."""
    kinds: Counter[str] = msgspec.field(default_factory=Counter)
    rows: set[int] = set()
    """Ordinals of the records in which it is filled."""

    @property
    def texts(self) -> list[str]:
        """Those of its values that are texts."""
        return [value for value in self.values if isinstance(value, str)]

    @property
    def distinct(self) -> float:
        """Share of its values that differ from all others; 1 where each is its own."""
        return len(set(map(repr, self.values))) / len(self.values) if self.values else 0.0

    @property
    def median_length(self) -> int:
        """Of its texts."""
        return sorted(self.lengths)[len(self.lengths) // 2] if self.lengths else 0


def columns_of(records: list[Mapping[str, Any]]) -> dict[str, Column]:
    """The fields of the records, in the order in which they first come up."""
    found: dict[str, Column] = {}
    for row, fields in enumerate(records):
        for name, value in leaves(fields):
            column = found.get(name)
            if column is None:
                if len(found) >= _MOST_COLUMNS:
                    continue
                column = found[name] = Column(name)
            if not is_filled(value) or row in column.rows or _is_notice(value):
                continue
            column.filled += 1
            column.rows.add(row)
            column.kinds[_kind(value)] += 1
            if len(column.values) < _MOST_VALUES:
                if isinstance(value, str):
                    column.lengths.append(len(value))
                column.values.append(value[:_LONGEST] if isinstance(value, str) else value)
    return found


def _is_notice(value: Any) -> bool:
    """Whether it is what a service writes where it has nothing to give."""
    return isinstance(value, str) and len(value) <= LONGEST_STUB and is_stub(value)


def leaves(fields: Mapping[str, Any], depth: int = 0, before: str = "") -> Iterator[tuple[str, Any]]:
    """The values in a record that a role could take, with their paths."""
    for name, value in fields.items():
        if not isinstance(name, str) or (depth and "." in name):
            continue
        path = f"{before}{name}"
        if isinstance(value, dict) and not _is_extended(value):
            if depth < _DEEPEST and "." not in name:
                yield from leaves(value, depth + 1, f"{path}.")
            continue
        yield path, value
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str) and "." not in name:
            yield f"{path}.0", value[0]
        elif isinstance(value, list) and value and isinstance(value[0], dict) and depth < _DEEPEST:
            continue


def _is_extended(value: dict[str, Any]) -> bool:
    """Whether it is a value in MongoDB's extended JSON."""
    return len(value) == 1 and next(iter(value)).startswith("$")


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "truth value"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return "list of objects" if value and isinstance(value[0], dict) else "list"
    return "object"
