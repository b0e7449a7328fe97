"""What the dates show, said: their shapes, the order of their parts, and what speaks for a zone."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from etl.profile.clocks import Hours
from etl.profile.dateshapes import MEANINGS, OrderEvidence, shapes_of
from etl.profile.dating import Clocks, Dating
from etl.profile.page import Page, share, shown

_SHAPES_SHOWN = 5


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
    names = Counter(found[1] for text in details if (found := re.search(r"zone '([A-Za-z]{2,6})'", text)))
    for name, n in names.most_common(4):
        meanings = MEANINGS.get(name.upper(), ())
        listed = ", ".join(f"{zone} ({place})" for zone, place in meanings) or "an IANA name or an offset"
        page.say(f"{n:,} dates name the zone {shown(name)}, which has no one meaning; it may be {listed}:")
        page.propose(f"zones.{name.upper()}", meanings[0][0] if meanings else "+00:00")
