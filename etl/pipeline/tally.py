"""Outcomes added up to books."""

from collections.abc import Iterable

from etl.model import Counts, Outcome, Rejection


def tally(outcomes: Iterable[Outcome | Rejection]) -> Counts:
    """The books of some records: each outcome, or rejection, is one record read."""
    tallied = dict.fromkeys(Outcome, 0)
    reasons: dict[str, int] = {}
    read = 0
    for outcome in outcomes:
        read += 1
        if isinstance(outcome, Rejection):
            tallied[Outcome.REJECTED] += 1
            reasons[outcome.reason.value] = reasons.get(outcome.reason.value, 0) + 1
        else:
            tallied[outcome] += 1
    return Counts(
        read=read,
        inserted=tallied[Outcome.INSERTED],
        revised=tallied[Outcome.REVISED],
        superseded=tallied[Outcome.SUPERSEDED],
        duplicate=tallied[Outcome.DUPLICATE],
        rejected=tallied[Outcome.REJECTED],
        reasons=reasons,
    )
