"""What the source must say of its dates: order, window, languages, zone; and what speaks for it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from etl.errors import Refusal
from etl.model import RawRecord
from etl.profile.clocks import Gap, Hours, gap_of, hours_of
from etl.profile.columns import Column
from etl.profile.dateshapes import OrderEvidence, order_of
from etl.sources import Source
from etl.transform.dates import DatePolicy, Instant, read_date
from etl.transform.fields import is_filled
from etl.transform.nested import dig

_MOST_PAIRS = 1500
_SHAPES_SHOWN = 5
_MOST_LANGUAGES = 24
_EPOCH = date(1970, 1, 1)
"""What programs print for no date."""


class Clocks(msgspec.Struct, frozen=True):
    """Two fields whose clocks were compared."""

    without_zone: str
    with_zone: str
    gap: Gap
    example: tuple[Any, Any, Instant, Instant]


class Dating(msgspec.Struct):
    """What was found out about the dates."""

    order: OrderEvidence
    clocks: list[Clocks]
    hours: Hours | None
    stated: int
    """Publication dates with a zone of their own."""
    naive: int
    """Publication clocks without one."""
    days: int
    """Publication dates without a time."""
    out_of_range: list[Instant]
    zone_field: tuple[str, str] | None
    """A field that names one zone throughout, and the zone."""


def value_at(fields: Mapping[str, Any], name: str) -> Any:
    """The filled value at a path, as a source's `fields` would find it; None where there is none."""
    value = fields.get(name)
    if value is None and "." in name:
        head, *inner = name.split(".")
        value = dig(fields.get(head), inner)
    return value if is_filled(value) else None


def first_of(fields: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The first filled value among some fields."""
    return next((value for name in names if (value := value_at(fields, name)) is not None), None)


def lenient(source: Source, run_date: date) -> DatePolicy:
    """The source's rules for dates with a window that takes all."""
    wide = source.model_copy(update={"earliest": date(1600, 1, 1), "timezone": None, "latest_days": 3650})
    return DatePolicy.of(wide, run_date)


def read(value: Any, policy: DatePolicy) -> Instant | None:
    """The instant of a value; None where it gives none."""
    try:
        return read_date(value, policy)
    except Refusal:
        return None


def examine_dates(
    records: list[RawRecord],
    published: Sequence[str],
    others: Sequence[str],
    urls: Sequence[str],
    columns: Mapping[str, Column],
    source: Source,
    run_date: date,
    languages: Sequence[str],
) -> Dating:
    """What the publication dates of the records say, alone and beside the records' other clocks."""
    policy = lenient(source, run_date)
    raw = [first_of(record.fields, published) for record in records]
    instants = [None if value is None else read(value, policy) for value in raw]
    known = [instant for instant in instants if instant is not None]
    window = DatePolicy.of(source, run_date)
    found = Dating(
        order=order_of(
            (value, _text(first_of(record.fields, urls))) for value, record in zip(raw, records, strict=True)
        ),
        clocks=[],
        hours=None,
        stated=sum(instant.zone == "explicit" for instant in known),
        naive=sum(instant.zone == "assumed" and instant.precision != "day" for instant in known),
        days=sum(instant.precision == "day" for instant in known),
        out_of_range=[i for i in known if not window.window_start <= i.utc < window.after_window],
        zone_field=_zone_field(columns),
    )
    found.hours = hours_of([instant for instant in known if instant.zone == "assumed"])
    for name in others:
        clocks = _compared(records[:_MOST_PAIRS], raw, instants, name, published, policy, languages)
        if clocks is not None:
            found.clocks.append(clocks)
    return found


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _compared(
    records: list[RawRecord],
    raw: list[Any],
    instants: list[Instant | None],
    name: str,
    published: Sequence[str],
    policy: DatePolicy,
    languages: Sequence[str],
) -> Clocks | None:
    pairs: list[tuple[Instant, Instant]] = []
    example = None
    ours = published[0]
    swapped = False
    for row, record in enumerate(records):
        mine, value = instants[row], value_at(record.fields, name)
        if mine is None or value is None:
            continue
        other = read(value, policy)
        if other is None or "day" in (mine.precision, other.precision) or mine.zone == other.zone:
            continue
        swapped = mine.zone == "explicit"
        pairs.append((other, mine) if swapped else (mine, other))
        example = example or ((value, raw[row], other, mine) if swapped else (raw[row], value, mine, other))
    gap = gap_of(pairs, languages)
    if gap is None or example is None:
        return None
    return Clocks(*((name, ours) if swapped else (ours, name)), gap, example)


def _zone_field(columns: Mapping[str, Column]) -> tuple[str, str] | None:
    """A field such as `pubDateTZ` that says the same zone in every record that has it."""
    from zoneinfo import available_timezones

    for column in columns.values():
        lower = column.name.lower()
        if not (lower.endswith(("tz", "zone")) and column.distinct * len(column.values) <= 1.01):
            continue
        value = column.values[0] if column.values else None
        if isinstance(value, str) and value in available_timezones() and column.filled >= 1:
            return column.name, value
    return None


def earliest_for(dating: Dating, source: Source, records: int) -> date | None:
    """The first day that the window must reach back to; None where what lies before is but a few slips."""
    days = (instant.utc.date() for instant in dating.out_of_range)
    before = [day for day in days if day < source.earliest and day != _EPOCH]
    if len(before) * 10 < records or not before:
        return None
    return date(min(before).year, 1, 1)


def settled_languages(
    records: list[RawRecord],
    published: Sequence[str],
    source: Source,
    run_date: date,
    spoken: Sequence[str],
) -> tuple[str, ...]:
    """Languages to state, where the dates cannot be read without them."""
    if not spoken:
        return ()
    plain = lenient(source, run_date)
    unread = [
        value
        for record in records
        if isinstance(value := first_of(record.fields, published), str) and read(value, plain) is None
    ][:200]
    if not unread:
        return ()
    languages = tuple(code for code in spoken[:_MOST_LANGUAGES] if 2 <= len(code) <= 3)
    worded = lenient(source.model_copy(update={"languages": languages}), run_date)
    mended = sum(read(value, worded) is not None for value in unread)
    return languages if mended else ()
