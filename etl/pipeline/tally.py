"""Outcomes added up to books."""

from collections.abc import Iterable

from etl.model import Counts, Outcome, Rejection


def tally(outcomes: Iterable[Outcome | Rejection]) -> Counts:
    """The books of some records: each outcome, or rejection, is one record read."""
    found = list(outcomes)
    # Counted by the list: a dict would ask each outcome for its hash, which of an enum is a call.
    inserted, revised = found.count(Outcome.INSERTED), found.count(Outcome.REVISED)
    superseded, duplicate = found.count(Outcome.SUPERSEDED), found.count(Outcome.DUPLICATE)
    rejected = len(found) - inserted - revised - superseded - duplicate
    reasons: dict[str, int] = {}
    if rejected:
        for outcome in found:
            if isinstance(outcome, Rejection):
                reasons[outcome.reason.value] = reasons.get(outcome.reason.value, 0) + 1
    return Counts(len(found), inserted, revised, superseded, duplicate, rejected, reasons)
