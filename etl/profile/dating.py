"""What the source must say of its dates: order, window, languages, zone; and what speaks for it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from etl.errors import Refusal
from etl.model import RawRecord
from etl.profile.clocks import Gap, Hours, gap_of, hours_of
from etl.profile.columns import Column
from etl.profile.dateshapes import MEANINGS, OrderEvidence, order_of, shapes_of
from etl.profile.page import Page, share, shown
from etl.sources import Source
from etl.transform.dates import DatePolicy, Instant, read_date
from etl.transform.fields import is_filled
from etl.transform.nested import dig

_MOST_PAIRS = 1500
_SHAPES_SHOWN = 5
_MOST_LANGUAGES = 24


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
    before = [i.utc.date() for i in dating.out_of_range if i.utc.date() < source.earliest]
    if len(before) * 10 < records or not before:
        return None
    return date(min(before).year, 1, 1)


def say_dates(page: Page, dating: Dating, values: Sequence[Any], fills: str) -> None:
    """Shapes of the publication dates onto the page."""
    page.say(f"Publication dates: {fills}. Their shapes:")
    for shape, n, example in shapes_of(values)[:_SHAPES_SHOWN]:
        page.say(f"  {n:,} × {shown(shape)}, such as {shown(example)}")
    total = dating.stated + dating.naive + dating.days
    page.say(
        f"Of {total:,} that can be read, {dating.stated:,} state their zone, {dating.naive:,} are "
        f"clocks without "
        f"one, {dating.days:,} are days without a time."
    )


def say_order(page: Page, order: OrderEvidence, ambiguous: int) -> None:
    """Whether day and month can be told apart."""
    if not order.numeric:
        page.say("Day and month: none of the dates seen has its year last in numbers; nothing to confuse.")
        return
    page.say(
        f"Day and month: of {order.numeric:,} numeric dates with the year last, {order.day_first:,} "
        f"can only be "
        f"day first, {order.month_first:,} only month first, {order.either:,} either"
        + (f" (such as {shown(order.example)})." if order.example else ".")
    )
    if order.url_day_first or order.url_month_first:
        page.say(
            f"Held against the day in the record's URL: {order.url_day_first:,} fit day first, "
            f"{order.url_month_first:,} month first."
        )
    if order.order:
        page.put("date_order", order.order)
    elif order.day_first and order.month_first:
        page.say("Both orders occur, so no one `date_order` is right: those that can be either are rejected.")
    elif ambiguous or order.either:
        page.say(
            "They cannot be told apart by the dates alone: such records are rejected until you say which."
        )
        page.propose("date_order", "DMY")


def say_zone(page: Page, dating: Dating, languages: Sequence[str]) -> str | None:
    """What speaks for a time zone onto the page; gives the zone where the evidence is hard."""
    page.heading("Time zone")
    zone: str | None = None
    for clocks in dating.clocks:
        zone = _say_clocks(page, clocks) or zone
    if dating.zone_field and not zone:
        name, zone = dating.zone_field
        page.say(f"The field {shown(name)} says {shown(zone)} in every record that has it.")
    if dating.naive and dating.hours:
        _say_hours(page, dating.hours)
    if zone:
        page.put("timezone", zone)
    elif dating.naive or dating.days:
        n = dating.naive + dating.days
        page.say(
            f"{n:,} dates state no zone; they are taken for UTC, and marked `assumed`, until you "
            f"say whose they are:"
        )
        page.propose("timezone", _likely_zone(dating, languages))
    elif dating.stated:
        page.say("Every date states its own zone: nothing is to be said.")
    else:
        page.say("No date could be read: nothing speaks for a zone.")
    return zone


def _say_clocks(page: Page, clocks: Clocks) -> str | None:
    gap = clocks.gap
    raw, other, _, instant = clocks.example
    page.say(
        f"Two clocks in {share(gap.records, gap.records)} record{'s' if gap.records > 1 else ''} that "
        f"ha{'ve' if gap.records > 1 else 's'} both: {shown(clocks.without_zone)} has no zone "
        f"({shown(raw)}), {shown(clocks.with_zone)} has one ({shown(other)} = "
        f"{instant.utc:%Y-%m-%dT%H:%M:%S}Z)."
    )
    if not gap.is_offset:
        if gap.records == 1:
            page.say(
                f"They are {_length(gap.usual)} apart: that is no whole zone offset, so their gap "
                f"is no time zone; "
                "the second is another event, such as a capture or an update."
            )
        else:
            page.say(
                f"They lie {_length(gap.least)} to {_length(gap.most)} apart, most often "
                f"{_length(gap.usual)} "
                f"({gap.share:.0%}): that is no constant zone offset, so their gap is no time zone; "
                f"the second is "
                "another event, such as a capture or an update."
            )
        return None
    zones = ", ".join(gap.zones[:6]) or "none of the usual zones"
    page.say(
        f"The first reads {_length(gap.usual)} {'ahead of' if gap.usual > timedelta() else 'off'} "
        f"the second in "
        f"{gap.share:.0%}: a whole zone offset, which speaks for a zone. Clocks of {zones} would "
        f"show just that."
    )
    if gap.hard:
        return gap.zones[0]
    few = "too few records" if gap.records < 10 else "several zones fit, as no summer and winter are seen"
    page.say(f"It is not settled, though ({few}).")
    if gap.zones:
        page.propose("timezone", gap.zones[0])
    return None


def _say_hours(page: Page, hours: Hours) -> None:
    if hours.midnight * 2 > hours.clocks:
        page.say(
            f"{share(hours.midnight, hours.clocks)} clocks without a zone stand at 00:00: that is a "
            f"day rather "
            "than a moment."
        )
    if hours.rest is None:
        return
    until = (hours.rest + 5) % 24
    ahead = hours.ahead or 0
    if abs(ahead) <= 2:
        meant = "as a newsroom's own nights would: these clocks look local (or the newsroom is near UTC)"
    else:
        meant = (
            f"which is no night: a newsroom that rests around 3 would be {ahead:+d} h off these "
            f"clocks, which may "
            "then be UTC or another place's"
        )
    page.say(f"Hours of these clocks: fewest from {hours.rest:02}:00 to {until:02}:00, {meant}.")


def _likely_zone(dating: Dating, languages: Sequence[str]) -> str:
    homes = {
        "zh": "Asia/Shanghai", "ja": "Asia/Tokyo", "ko": "Asia/Seoul", "de": "Europe/Berlin",
        "fr": "Europe/Paris", "es": "Europe/Madrid", "it": "Europe/Rome", "pt": "America/Sao_Paulo",
        "ru": "Europe/Moscow", "tr": "Europe/Istanbul", "ar": "Asia/Riyadh", "id": "Asia/Jakarta",
        "vi": "Asia/Ho_Chi_Minh", "th": "Asia/Bangkok", "hi": "Asia/Kolkata", "pl": "Europe/Warsaw",
        "nl": "Europe/Amsterdam", "uk": "Europe/Kyiv", "fa": "Asia/Tehran", "he": "Asia/Jerusalem",
        "el": "Europe/Athens",
    }  # fmt: skip
    return homes.get(languages[0], "Europe/London") if languages else "Europe/London"


def _length(gap: timedelta) -> str:
    seconds = round(abs(gap.total_seconds()))
    sign = "-" if gap < timedelta() else ""
    days, rest = divmod(seconds, 86400)
    clock = f"{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{sign}{days} d {clock}" if days else f"{sign}{clock}"


def say_abbreviations(page: Page, details: Sequence[str]) -> None:
    """Zone abbreviations that only the source's owner knows the meaning of."""
    import re

    names = Counter(found[1] for text in details if (found := re.search(r"zone '([A-Za-z]{2,6})'", text)))
    for name, n in names.most_common(4):
        meanings = MEANINGS.get(name.upper(), ())
        listed = ", ".join(f"{zone} ({place})" for zone, place in meanings) or "an IANA name or an offset"
        page.say(f"{n:,} dates name the zone {shown(name)}, which has no one meaning; it may be {listed}:")
        page.propose(f"zones.{name.upper()}", meanings[0][0] if meanings else "+00:00")


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
