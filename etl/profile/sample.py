"""Some records of some dumps, read as a load would read them."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from etl.errors import DumpError
from etl.extract.archives import Walk, members
from etl.extract.compression import Budget as Expansion
from etl.extract.names import file_name
from etl.extract.opening import open_file
from etl.extract.readers import READERS, format_of
from etl.extract.types import Dump, Member, Reading
from etl.model import RawRecord, Rejection
from etl.profile.budget import Bounded, Budget

_MOST_FAILURES = 10
_LEAST_EACH = 8
"""Records of a dump that are looked at however many dumps there are."""


class Sample(msgspec.Struct):
    """What was read."""

    records: list[tuple[Dump, RawRecord]]
    """Without their own bytes."""
    rejections: list[Rejection]
    """What the readers refused."""
    formats: Counter[str]
    """Records by the format of their member."""
    opened: int = 0
    """Dumps."""
    whole: int = 0
    """Dumps that were read to their end."""
    failed: int = 0
    failures: list[DumpError] = []
    """The first of them."""


def sample(dumps: Iterable[Dump], reading: Reading, budget: Budget) -> Sample:
    """Records of the dumps, each dump's share of the budget in turn."""
    found = Sample([], [], Counter())
    dumps = list(dumps)
    for n, dump in enumerate(dumps):
        if not budget.left:
            break
        waiting = len(dumps) - n
        most = max(_LEAST_EACH, budget.records // waiting)
        most_bytes = max(1 << 20, budget.kept_bytes // waiting)
        found.opened += 1
        errors = _Reader(dump, reading, budget, found).read(most, most_bytes)
        found.failed += bool(errors)
        found.failures += errors[: _MOST_FAILURES - len(found.failures)]
    return found


class _Reader:
    def __init__(self, dump: Dump, reading: Reading, budget: Budget, found: Sample) -> None:
        self._dump = dump
        self._reading = reading
        self._budget = budget
        self._found = found

    def read(self, most: int, most_bytes: int) -> list[DumpError]:
        """Up to `most` records into the sample; gives what could not be read."""
        errors: list[DumpError] = []
        dump, limits = self._dump, self._reading.limits
        start, start_bytes = self._budget.records, self._budget.kept_bytes
        try:
            with open_file(dump) as file:
                size = file.seek(0, 2)
                file.seek(0)
                walk = Walk(Expansion(dump.uri, size, limits), limits, self._reading.format is not None)
                for entry in members(file, file_name(dump.location), walk):
                    if isinstance(entry, DumpError):
                        errors.append(entry)
                    elif isinstance(entry, Member):
                        left = most - (start - self._budget.records)
                        left_bytes = most_bytes - (start_bytes - self._budget.kept_bytes)
                        if left <= 0 or left_bytes <= 0 or not self._budget.left:
                            return errors
                        self._member(entry, left, left_bytes, errors)
                within = start - self._budget.records < most and self._budget.left
                self._found.whole += within and not errors
        except DumpError as error:
            errors.append(error)
        return errors

    def _member(self, member: Member, most: int, most_bytes: int, errors: list[DumpError]) -> None:
        name = self._reading.format or format_of(member.file_name)
        if name is None:
            return
        stream = Bounded(member.stream, self._budget, member.dump)
        stop = self._budget.kept_bytes - most_bytes
        try:
            for record in READERS[name](member._replace(stream=stream), self._reading):
                self._budget.records -= 1
                self._budget.kept_bytes -= len(record.raw)
                self._found.formats[name] += 1
                bare = msgspec.structs.replace(record, raw=b"")
                if isinstance(bare, RawRecord):
                    self._found.records.append((self._dump, bare))
                else:
                    self._found.rejections.append(bare)
                most -= 1
                if most <= 0 or self._budget.kept_bytes <= stop or not self._budget.left:
                    return
        except DumpError as error:
            if not stream.stopped:
                errors.append(error)
