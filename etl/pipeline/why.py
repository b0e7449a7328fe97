"""Why a dump is due, or is not: what the ledger says of it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from enum import StrEnum

from etl.errors import DumpError
from etl.extract.types import Dump
from etl.load.entries import Load
from etl.model import Days


class Why(StrEnum):
    """What the ledger says of a dump."""

    NEVER_SEEN = "never seen"
    """No load of a dump of this name."""
    FAILED = "failed"
    """Its last load could not read it, or not to its end."""
    CUT_OFF = "cut off"
    """Its last load was stopped or killed."""
    CHANGED = "changed"
    """It is not what it was when it was loaded."""
    PARSER_NEWER = "parser newer"
    """The rules or the source's policy have changed since it was loaded."""
    OTHER_DAYS = "other days loaded"
    """It declares no day, and these publication days were not yet taken of it."""
    LOADED = "loaded"
    """It is finished."""
    UNREADABLE = "unreadable"
    """It is there and cannot be read."""


def reason(
    loads: Sequence[Load], dump: Dump, parser: str, days: Days | None, sha256: Callable[[], str]
) -> Why:
    """What the ledger says of a dump.

    Args:
        loads: All loads of a dump of this name, newest first.
        dump: As it is now.
        parser: The version that would read it.
        days: The publication days that are wanted of it; None for all of it.
        sha256: Its digest; asked for only where a finished load has the same size.
    """
    if not loads:
        return Why.NEVER_SEEN
    done = [load for load in loads if load.state == "finished"]
    alike = [load for load in done if dump.size in (None, load.size)]
    try:
        content = sha256() if alike else None
    except DumpError:
        return Why.UNREADABLE
    same = [load for load in alike if load.sha256 == content]
    mine = [load for load in same if load.parser == parser]
    if _covered(days, mine):
        return Why.LOADED
    if loads[0].state != "finished":
        return Why.FAILED if loads[0].state == "failed" else Why.CUT_OFF
    if mine:
        return Why.OTHER_DAYS
    return Why.PARSER_NEWER if same else Why.CHANGED


def _covered(days: Days | None, loads: Iterable[Load]) -> bool:
    """Whether finished loads of the same content took all that is wanted of it."""
    ranges = []
    for load in loads:
        if load.days is None:
            return True
        ranges.append(load.days)
    if days is None:
        return False
    next_day = days.first
    for each in sorted(ranges):
        if each.first <= next_day:
            next_day = max(next_day, each.last + timedelta(days=1))
    return next_day > days.last
