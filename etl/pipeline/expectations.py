"""What a source states of a normal load (`[expect]`), held against what a run gave."""

from collections.abc import Iterator, Sequence

from etl.pipeline.job import Miss, SourceReport
from etl.pipeline.seen import FieldCounts
from etl.sources import Source

_ENOUGH = 20
"""Records on both sides below which a drift of fields is not told from chance."""
_NEW = 0.02
"""Share of records from which on a field that was never seen before is named."""
_USUAL = 0.5
"""Share of records that used to have a field from which on its absence is named."""
_SHOWN = 10


def misses_of(source: Source, report: SourceReport, days: int, before: Sequence[FieldCounts]) -> list[Miss]:
    """The expectations that a source's part of a run did not meet.

    Args:
        days: that the run's dumps were made for; counts are stated for one.
        before: the fields of the source's last runs.
    """
    if "expect" not in source.model_fields_set:
        return []
    found = [*_amounts(source, report, max(1, days)), *_fields(source, report.fields)]
    if source.expect.drift:
        found += _drifts(source, report.fields, before)
    return [Miss(source.name, what, detail) for what, detail in found]


def _amounts(source: Source, report: SourceReport, days: int) -> Iterator[tuple[str, str]]:
    expect, read = source.expect, report.counts.read
    of = "" if days == 1 else f" of {days} days"
    least, most = expect.min_records, expect.max_records
    # Dumps that an earlier run finished were counted then.
    if least is not None and read < least * days and not report.skipped:
        yield "min_records", f"{read:,} records{of}, at least {least * days:,} expected"
    if most is not None and read > most * days:
        yield "max_records", f"{read:,} records{of}, at most {most * days:,} expected"
    if expect.max_rejected is not None and read and report.counts.rejected > expect.max_rejected * read:
        share = report.counts.rejected / read
        yield (
            "max_rejected",
            f"{report.counts.rejected:,} of {read:,} records rejected ({share:.1%}), "
            f"at most {expect.max_rejected:.1%} expected",
        )


def _fields(source: Source, seen: FieldCounts) -> Iterator[tuple[str, str]]:
    expect = source.expect
    if not seen.looked:
        return
    counts = dict(seen.filled)
    for name in expect.required:
        if seen.share(name) < expect.required_share:
            yield (
                "required",
                f"{name!r} is filled in {counts.get(name, 0):,} of {seen.looked:,} records looked at, "
                f"{expect.required_share:.0%} expected",
            )
    for name in expect.forbidden:
        if name in counts:
            yield "forbidden", f"{name!r} is in {counts[name]:,} of {seen.looked:,} records looked at"


def _drifts(source: Source, seen: FieldCounts, before: Sequence[FieldCounts]) -> Iterator[tuple[str, str]]:
    usual = sum(before, FieldCounts())
    if seen.looked < _ENOUGH or usual.looked < _ENOUGH:
        return
    known = dict(usual.filled)
    counts = dict(seen.filled)
    new = [name for name, n in counts.items() if name not in known and n >= max(2, _NEW * seen.looked)]
    if new:
        shown = ", ".join(f"{name!r} ({counts[name]:,} of {seen.looked:,})" for name in new[:_SHOWN])
        more = f" and {len(new) - _SHOWN} more" if len(new) > _SHOWN else ""
        yield "drift", f"fields never seen before: {shown}{more}"
    mapped = {name.partition(".")[0].lower() for names in source.fields.values() for name in names}
    for name in known:
        if mapped and name.lower() not in mapped:
            continue
        if usual.share(name) >= _USUAL and seen.share(name) < usual.share(name) / 2:
            yield (
                "drift",
                f"{name!r} is filled in {seen.share(name):.0%} of {seen.looked:,} records looked at; "
                f"it used to be in {usual.share(name):.0%}",
            )
