"""Which raw fields the records of a load have, and how often they are filled: counted on a few of each block.

Only of sources that state expectations, and only the first records of a block: a few in a thousand of what
a record costs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice

import msgspec

from etl.extract.names import printable
from etl.model import RawRecord, Rejection
from etl.sources import Source
from etl.transform.fields import is_filled
from etl.transform.nested import dig

_EACH = 32
"""Records of a block that are looked at."""
_MOST_NAMES = 300
"""Names that are counted: those of records that all have names of their own must not fill the memory."""
_LONGEST = 100


class FieldCounts(msgspec.Struct, frozen=True):
    """How many of some records have a field filled."""

    looked: int = 0
    """Records that were looked at."""
    filled: tuple[tuple[str, int], ...] = ()
    """Each field's name and how many of those have it; pairs, for a name may be any text."""

    def __add__(self, other: "FieldCounts") -> "FieldCounts":
        if not other.looked:
            return self
        counts = Counter(dict(self.filled))
        counts.update(dict(other.filled))
        return FieldCounts(self.looked + other.looked, tuple(counts.most_common(_MOST_NAMES)))

    def share(self, name: str) -> float:
        """Share of the records that have the field; 0 where none was looked at."""
        return dict(self.filled).get(name, 0) / self.looked if self.looked else 0.0


class FieldTally:
    """Counts the fields of records on their way."""

    def __init__(self, source: Source) -> None:
        self._asked = "expect" in source.model_fields_set
        self._deep = [
            (name, name.split("."))
            for name in (*source.expect.required, *source.expect.forbidden)
            if "." in name
        ]
        self._looked = 0
        self._filled: Counter[str] = Counter()

    def watch(self, records: Iterable[RawRecord | Rejection]) -> Iterable[RawRecord | Rejection]:
        """The records of a block, the first of them counted."""
        if not self._asked:
            return records
        rest: Iterator[RawRecord | Rejection] = iter(records)
        head = list(islice(rest, _EACH))
        for record in head:
            if isinstance(record, RawRecord):
                self._count(record)
        return chain(head, rest)

    def _count(self, record: RawRecord) -> None:
        self._looked += 1
        filled = self._filled
        for name, value in record.fields.items():
            if is_filled(value) and (name in filled or len(filled) < _MOST_NAMES):
                filled[name] += 1
        for name, path in self._deep:
            if name not in record.fields and is_filled(dig(record.fields, path)):
                filled[name] += 1

    def counts(self) -> FieldCounts:
        """What was counted so far."""
        named = ((printable(name)[:_LONGEST], n) for name, n in self._filled.most_common())
        return FieldCounts(self._looked, tuple(dict(named).items()))
