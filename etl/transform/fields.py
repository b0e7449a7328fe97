"""Which raw field serves which role, worked out once for each shape of record.

The records of a dump share a few sets of names; for each set the plan is compiled and kept, so that a
record costs one look-up and one indexing for each role.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple, get_args

from etl.sources import Names, Role, Source
from etl.transform.clocks import Beside, beside
from etl.transform.nested import dig

ROLES: Final[tuple[Role, ...]] = get_args(Role)
_PUBLISHED = ROLES.index("published")
_JOIN = " + "
"""Between the fields that make one date: `day + clock + zone`."""
ENVELOPES = (
    "_source",
    "attributes",
    "fields",
    "data",
    "article",
    "post",
    "story",
    "node",
    "response.content",
)
"""Objects in which many services keep all that a record says; its own names go before those in them."""

MOST_PLANS = 1024
"""Plans kept; dumps whose records all have names of their own must not fill the memory."""


class Place(NamedTuple):
    """Where a value stands in a record."""

    name: str
    """The raw field."""
    inner: tuple[str, ...]
    """Names within it, where it is nested; mostly empty."""
    label: str
    """Both, joined by dots."""


class Leftover(NamedTuple):
    """What remains of the records of one shape once some places are used."""

    names: tuple[str, ...]
    nested: tuple[Place, ...]
    """Used places inside of fields that remain."""


class Plan:
    """For one set of raw names: the candidates of each role, and what no role claims."""

    __slots__ = ("_absent", "_leftovers", "_usual", "beside", "candidates", "get", "names", "rest")

    def __init__(self, names: tuple[str, ...], candidates: tuple[tuple[Place, ...], ...]) -> None:
        self.names = names
        """Without those that the source ignores."""
        self.candidates = candidates
        """One tuple for each of `ROLES`, the preferred place first."""
        self.beside = _beside(candidates[_PUBLISHED], names)
        """What completes a date, by the place of the date: mostly nothing."""
        self._leftovers: dict[tuple[Place | None, ...], Leftover] = {}
        self._usual: list[Place | None] = [places[0] if places else None for places in candidates]
        self._absent = [role for role, place in enumerate(self._usual) if place is None]
        present = [place.name for place in self._usual if place is not None]
        self.rest = self._without(self._usual)
        self.get: Callable[[Mapping[str, Any]], tuple[Any, ...]] | None = None
        if present and not any(place.inner for place in self._usual if place is not None):
            self.get = itemgetter(*(place.name if place else present[0] for place in self._usual))

    def pick(self, fields: Mapping[str, Any]) -> tuple[list[Any], list[Place | None]]:
        """For each role its first filled value and where it stood; None and None where there is none."""
        if self.get is None:
            return self.search(fields)
        values = self.get(fields)
        for value in values:
            # Nearly every value is a text that begins with a letter or a digit, or a list of some.
            if type(value) is str:
                if value < "!" and not is_filled(value):
                    return self.search(fields)
            elif not value and not is_filled(value):
                return self.search(fields)
        picked = list(values)
        for role in self._absent:
            picked[role] = None
        return picked, self._usual.copy()

    def search(self, fields: Mapping[str, Any]) -> tuple[list[Any], list[Place | None]]:
        """`pick` where a preferred place is nested or not filled."""
        values: list[Any] = []
        places: list[Place | None] = []
        for candidates in self.candidates:
            for place in candidates:
                value = fields[place.name]
                if place.inner:
                    value = dig(value, place.inner)
                if is_filled(value):
                    values.append(value)
                    places.append(place)
                    break
            else:
                values.append(None)
                places.append(None)
        return values, places

    def leftover(self, places: list[Place | None]) -> Leftover:
        """What remains once these places are used."""
        if places == self._usual:  # the same objects: compared without looking into them
            return self.rest
        used = tuple(places)
        found = self._leftovers.get(used)
        if found is None:
            if len(self._leftovers) >= MOST_PLANS:
                self._leftovers.clear()
            found = self._leftovers[used] = self._without(used)
        return found

    def _without(self, used: Sequence[Place | None]) -> Leftover:
        whole = {place.name for place in used if place and not place.inner}
        nested = tuple(place for place in used if place and place.inner and place.name not in whole)
        return Leftover(tuple(name for name in self.names if name not in whole), nested)


class FieldMap:
    """A source's field map over the common names, compiled as shapes come by."""

    __slots__ = ("_enveloped", "_ignored", "_names", "_plans")

    def __init__(self, source: Source, table: Mapping[Role, Names]) -> None:
        mapped = {role: source.fields.get(role, tuple(table.get(role, ()))) for role in ROLES}
        if source.published_from:
            mapped["published"] = tuple(
                name for entry in source.published_from for name in _expanded(entry, mapped)
            )
        self._names = tuple(mapped[role] for role in ROLES)
        self._enveloped = tuple(role not in source.fields for role in ROLES)
        self._ignored = frozenset(name.lower() for name in source.ignore)
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
        kept = tuple(name for name in names if name.lower() not in self._ignored)
        envelopes = tuple(envelope for envelope in ENVELOPES if envelope.partition(".")[0] in by_lower)
        return Plan(
            kept,
            tuple(
                _candidates(_within(wanted, envelopes if may_be else ()), frozenset(names), by_lower)
                for wanted, may_be in zip(self._names, self._enveloped, strict=True)
            ),
        )


def is_filled(value: Any) -> bool:
    """Whether a value says anything: None, blank text, an empty list and an empty object do not."""
    if type(value) is str:
        return bool(value) and not value.isspace()
    return value is not None and value not in ([], {})


def _expanded(entry: str, mapped: Mapping[Role, Names]) -> Names:
    """A role stands for its fields; any other entry for the field of that name."""
    return next((names for role, names in mapped.items() if role == entry), (entry,))


def _within(wanted: Names, envelopes: tuple[str, ...]) -> Names:
    """The names, and after them the same within each of the envelopes that the record has."""
    return (*wanted, *(f"{envelope}.{name}" for envelope in envelopes for name in wanted))


def _beside(dates: tuple[Place, ...], names: tuple[str, ...]) -> dict[Place, Beside | tuple[str, ...]]:
    found: dict[Place, Beside | tuple[str, ...]] = {}
    for place in dates:
        if _JOIN in place.label:
            found[place] = tuple(place.label.split(_JOIN))
        elif not place.inner and (of_it := beside(place.name, names)) != (None, None):
            found[place] = of_it
    return found


def _candidates(wanted: Names, names: frozenset[str], by_lower: Mapping[str, str]) -> tuple[Place, ...]:
    found: list[Place] = []
    for name in wanted:
        actual = name if name in names else by_lower.get(name.lower())
        if actual is not None:
            found.append(Place(actual, (), actual))
        elif _JOIN in name:
            parts = [part.strip() for part in name.split("+")]
            actuals = [part if part in names else by_lower.get(part.lower(), part) for part in parts]
            if actuals[0] in names:
                found.append(Place(actuals[0], (), _JOIN.join(actuals)))
        elif "." in name:
            head, *inner = name.split(".")
            actual = head if head in names else by_lower.get(head.lower())
            if actual is not None:
                found.append(Place(actual, tuple(inner), ".".join((actual, *inner))))
    return tuple(dict.fromkeys(found))
