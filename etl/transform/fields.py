"""Which raw field serves which role, worked out once for each shape of record.

The records of a dump share a few sets of names; for each set the plan is compiled and kept, so that a
record costs one look-up and one indexing for each role.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from etl.sources import Names, Role, Source

ROLES: Final[tuple[Role, ...]] = get_args(Role)

Path = tuple[str, ...]
"""Names from the record's own fields inwards; almost always one."""

MOST_PLANS = 1024
"""Plans kept; dumps whose records all have names of their own must not fill the memory."""


class Plan:
    """For one set of raw names: the candidates of each role, and what no role claims."""

    __slots__ = ("candidates", "leftovers", "names")

    def __init__(self, names: tuple[str, ...], candidates: tuple[tuple[Path, ...], ...]) -> None:
        self.names = names
        self.candidates = candidates
        """One tuple for each of `ROLES`, the preferred path first."""
        self.leftovers: dict[frozenset[Path], tuple[str, ...]] = {}


class FieldMap:
    """A source's field map over the common names, compiled as shapes come by."""

    __slots__ = ("_names", "_plans", "ignored")

    def __init__(self, source: Source, table: Mapping[Role, Names]) -> None:
        mapped = {role: source.fields.get(role, tuple(table.get(role, ()))) for role in ROLES}
        if source.published_from:
            mapped["published"] = tuple(
                name for entry in source.published_from for name in _expanded(entry, mapped)
            )
        self._names = tuple(mapped[role] for role in ROLES)
        self.ignored = frozenset(name.lower() for name in source.ignore)
        self._plans: dict[tuple[str, ...], Plan] = {}

    def plan(self, fields: Mapping[str, Any]) -> Plan:
        """The plan for records with these raw names, in this order."""
        names = tuple(fields)
        found = self._plans.get(names)
        if found is None:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            found = self._plans[names] = self._compile(names)
        return found

    def _compile(self, names: tuple[str, ...]) -> Plan:
        by_lower: dict[str, str] = {}
        for name in names:
            by_lower.setdefault(name.lower(), name)
        kept = tuple(name for name in names if name.lower() not in self.ignored)
        return Plan(kept, tuple(_candidates(wanted, frozenset(names), by_lower) for wanted in self._names))


def _expanded(entry: str, mapped: Mapping[Role, Names]) -> Names:
    """A role stands for its fields; any other entry for the field of that name."""
    return next((names for role, names in mapped.items() if role == entry), (entry,))


def _candidates(wanted: Names, names: frozenset[str], by_lower: Mapping[str, str]) -> tuple[Path, ...]:
    found: list[Path] = []
    for name in wanted:
        actual = name if name in names else by_lower.get(name.lower())
        if actual is not None:
            found.append((actual,))
        elif "." in name:
            head, *rest = name.split(".")
            actual = head if head in names else by_lower.get(head.lower())
            if actual is not None:
                found.append((actual, *rest))
    return tuple(dict.fromkeys(found))


def take(fields: Mapping[str, Any], candidates: Sequence[Path]) -> tuple[Any, Path | None]:
    """The first filled value among the candidates, and where it stood; None where there is none.

    None, blank text, an empty list and an empty object are not filled.
    """
    for path in candidates:
        value = fields[path[0]]
        if len(path) > 1:
            value = dig(value, path[1:])
        if is_filled(value):
            return value, path
    return None, None


def is_filled(value: Any) -> bool:
    """Whether a value says anything."""
    if type(value) is str:
        return bool(value) and not value.isspace()
    return value is not None and value not in ([], {})


def dig(value: Any, path: Sequence[str]) -> Any:
    """What lies at a path in nested objects and lists (by their index); None where nothing does."""
    for name in path:
        if isinstance(value, dict):
            key = _key(value, name)
            value = None if key is None else value[key]
        elif isinstance(value, list) and name.isdecimal() and int(name[:9]) < len(value):
            value = value[int(name[:9])]
        else:
            return None
    return value


def without(value: Any, path: Sequence[str]) -> Any:
    """A copy of nested objects without what lies at the path; lists keep their length."""
    name, rest = path[0], path[1:]
    if isinstance(value, dict):
        key = _key(value, name)
        if key is None:
            return value
        copy = dict(value)
        if rest:
            copy[key] = without(copy[key], rest)
        if not rest or not is_filled(copy[key]):
            del copy[key]
        return copy
    if isinstance(value, list) and name.isdecimal() and int(name[:9]) < len(value):
        items = list(value)
        items[int(name[:9])] = without(items[int(name[:9])], rest) if rest else None
        return items if any(is_filled(item) for item in items) else []
    return value


def _key(value: Mapping[str, Any], name: str) -> str | None:
    if name in value:
        return name
    lower = name.lower()
    return next((key for key in value if isinstance(key, str) and key.lower() == lower), None)
