"""The cascade: from a raw value to an instant, or a refusal that says what would settle it."""

import re
from datetime import UTC, date, datetime
from typing import Any

from etl.errors import Refusal
from etl.model import Reason
from etl.transform.dates.arabic import to_english
from etl.transform.dates.common import read_common, read_epoch_number, read_framed, read_iso_clock
from etl.transform.dates.eastasian import to_iso
from etl.transform.dates.epochs import as_text, extended_json, read_epoch
from etl.transform.dates.guarded import read_guarded
from etl.transform.dates.instant import Clock, Instant
from etl.transform.dates.iso import read_iso
from etl.transform.dates.languages import civil_year, read_worded
from etl.transform.dates.month_names import languages_naming
from etl.transform.dates.persian import solar_to_iso
from etl.transform.dates.plain import LONGEST, plain
from etl.transform.dates.policy import DatePolicy
from etl.transform.dates.resolve import resolve
from etl.transform.dates.spelled import read_spelled

_SHOWN = 80
_ISO_DAY = len("2023-09-22T10:49:0")
_MOST_LANGUAGES = 6
_LABEL = re.compile(r"(?:first )?(?:published|posted|publication date|date)\b(?: on\b)?:? ?", re.IGNORECASE)
_LABEL_STARTS = frozenset("fpdFPD")
_MOSCOW = re.compile(r" ?\(?(?:МСК|мск|по московскому времени|по Москве)\)?(?=$|[ ,])")
_GLUED_TIME = re.compile(r"(?<=\d)T(?=\d)")


def read_date(value: object, policy: DatePolicy) -> Instant:
    """The instant that a raw date stands for.

    Tried in this order, and the first that knows the shape decides: epoch by its digits, ISO 8601,
    dates spelled in English or in numbers, dateutil behind guards, dateparser in the source's
    languages. Missing parts are never filled in, and nothing depends on this machine or on today.

    Raises:
        Refusal: wrong_type, undated, unreadable_date, incomplete_date, ambiguous_date, unknown_zone,
            nonexistent_time or date_out_of_range; `detail` has the value and the setting that helps.
    """
    if type(value) is not str:
        epoch = read_epoch_number(value, policy) if type(value) is int else None
        return epoch or _read_value(value, policy)
    is_iso = len(value) > _ISO_DAY and value[4] == "-"
    found = (read_iso_clock if is_iso else read_framed)(value, policy)
    if found is not None:
        return found
    known = policy.cache.get(value)
    if known is None:
        # What is read as fast as it would be remembered is not.
        known = read_common(value, policy) or _remembered(value, policy)
    if isinstance(known, Refusal):
        raise Refusal(known.reason, known.detail)
    return known


def _remembered(text: str, policy: DatePolicy) -> Instant | Refusal:
    found: Instant | Refusal
    try:
        found = _read_text(text, policy)
    except Refusal as refusal:
        found = Refusal(refusal.reason, refusal.detail)  # without its traceback
    if len(text) <= LONGEST:
        policy.remember(text, found)
    return found


def _read_value(value: object, policy: DatePolicy) -> Instant:
    if value is None:
        raise Refusal(Reason.UNDATED, "there is no publication date")
    if isinstance(value, str):
        return read_date(str(value), policy)
    if isinstance(value, bool):
        raise Refusal(Reason.WRONG_TYPE, f"the date is {value}, a truth value")
    if isinstance(value, int | float):
        return read_date(as_text(value), policy)
    if isinstance(value, datetime):
        return resolve(Clock(value.replace(tzinfo=None, fold=0), "second", value.tzinfo), policy)
    if isinstance(value, date):
        return resolve(Clock(datetime(value.year, value.month, value.day), "day"), policy)  # noqa: DTZ001
    if isinstance(value, dict):
        return _read_object(value, policy)
    raise Refusal(Reason.WRONG_TYPE, f"the date is a {type(value).__name__}, not text or a number")


def _read_object(value: dict[str, Any], policy: DatePolicy) -> Instant:
    held = extended_json(value)
    if isinstance(held, datetime):
        return resolve(Clock(held, "second", UTC), policy)
    if held is None:
        raise Refusal(Reason.WRONG_TYPE, f"the date is an object with {_names(value)}, not text or a number")
    return read_date(held, policy)


def _read_text(raw: str, policy: DatePolicy) -> Instant:
    if len(raw) > LONGEST:
        raw = raw.strip()
        if len(raw) > LONGEST:
            raise Refusal(Reason.UNREADABLE_DATE, f"{raw[:_SHOWN]!r}… has {len(raw)} characters: no date")
    text = plain(raw)
    if not text:
        raise Refusal(Reason.UNDATED, "the publication date is blank")
    try:
        clock = _read(text, policy)
    except Refusal as refusal:
        raise Refusal(refusal.reason, _with_raw(refusal.detail, raw)) from None
    if clock is None:
        raise _unread(text, raw, policy)
    try:
        return resolve(clock, policy)
    except Refusal as refusal:
        raise Refusal(refusal.reason, _with_raw(refusal.detail, raw)) from None


def _read(text: str, policy: DatePolicy) -> Clock | None:
    whole, _, fraction = text.partition(".")
    if whole.isdecimal() and (not fraction or fraction.isdecimal()):
        epoch = read_epoch(whole, fraction)
        if epoch is not None:
            return Clock(epoch, "second", UTC)
        if len(whole) in (8, 12, 14):
            return read_iso(text, policy.zones)
        return None
    if text[-2:] == ")/" and text.startswith("/Date("):
        return _read(text[6:-2], policy)  # .NET's epoch
    text = _LABEL.sub("", text, count=1) if text[:1] in _LABEL_STARTS else text
    if not text.isascii() or policy.languages:
        text = solar_to_iso(_MOSCOW.sub(" MSK", text), policy.languages)
    text = civil_year(to_english(to_iso(text)), policy)
    return (
        read_iso(text, policy.zones)
        or read_spelled(text, policy)
        or read_guarded(text, policy)
        or read_worded(_GLUED_TIME.sub(" ", text), policy)
        or (_read_by_month(text, policy) if not policy.languages else None)
    )


def _read_by_month(text: str, policy: DatePolicy) -> Clock | None:
    """The clock of a date whose language nobody states, but its month's name shows.

    Where several languages have that name, all of them that read the date must agree on it.
    """
    found: list[Clock] = []
    for language in languages_naming(text)[:_MOST_LANGUAGES]:
        spoken = policy.spoken(language, None, shown=False)
        clock = read_worded(_GLUED_TIME.sub(" ", civil_year(text, spoken)), spoken)
        if clock is not None:
            found.append(clock)
    return found[0] if found and all(clock == found[0] for clock in found) else None


def _unread(text: str, raw: str, policy: DatePolicy) -> Refusal:
    shown = f"{raw[:_SHOWN]!r}"
    digits = sum(character.isdigit() for character in text)
    if digits < 5:
        return Refusal(Reason.INCOMPLETE_DATE, f"{shown} does not give year, month and day")
    if policy.languages or text.isascii():
        return Refusal(Reason.UNREADABLE_DATE, f"{shown}: no rule reads it")
    return Refusal(
        Reason.UNREADABLE_DATE, f'{shown}: no rule reads it; name its language, such as languages = ["de"]'
    )


def _with_raw(detail: str, raw: str) -> str:
    shown = repr(raw[:_SHOWN])
    return detail if shown in detail else f"{shown}: {detail}"


def _names(value: dict[str, Any]) -> str:
    return ", ".join(repr(str(name)[:20]) for name in list(value)[:3]) or "nothing"
