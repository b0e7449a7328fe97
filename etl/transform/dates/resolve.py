"""A clock to an instant: the window, then the zone."""

from datetime import UTC, datetime, tzinfo

from etl.errors import Refusal
from etl.model import Reason, ZoneOrigin
from etl.transform.dates.instant import Clock, Instant
from etl.transform.dates.policy import DatePolicy


def resolve(clock: Clock, policy: DatePolicy) -> Instant:
    """The instant that a clock shows: by its own zone, else the source's, else UTC marked `assumed`.

    Raises:
        Refusal: date_out_of_range, or nonexistent_time for an hour that the zone's clocks skipped.
    """
    local = clock.local
    check_window(local, policy)
    zone, origin = _zone(clock.zone, policy)
    flags = clock.flags
    if zone is UTC:
        utc = local
    else:
        utc, flags = _to_utc(local, zone, clock)
    utc = utc.replace(microsecond=utc.microsecond // 1000 * 1000)
    second = utc.replace(microsecond=0)
    key = local.date().isoformat() if clock.precision == "day" else f"{second.isoformat()}Z"
    return Instant(utc, second, clock.precision, origin, key, flags)


def check_window(local: datetime, policy: DatePolicy) -> None:
    """Refuse a day before the source's `earliest` or after the run's date and its `latest_days`."""
    if not policy.window_start <= local < policy.after_window:
        raise Refusal(
            Reason.DATE_OUT_OF_RANGE,
            f"{local.date()} is not within {policy.earliest} … {policy.latest}; "
            "a source sets its window with earliest and latest_days",
        )


def _zone(stated: tzinfo | None, policy: DatePolicy) -> tuple[tzinfo, ZoneOrigin]:
    if stated is not None:
        return stated, "explicit"
    if policy.zone is not None:
        return policy.zone, "source"
    return UTC, "assumed"


def _to_utc(local: datetime, zone: tzinfo, clock: Clock) -> tuple[datetime, tuple[str, ...]]:
    first = local.replace(tzinfo=zone)
    early, late = zone.utcoffset(first), zone.utcoffset(first.replace(fold=1))
    if early is None or late is None:
        raise Refusal(Reason.UNKNOWN_ZONE, f"{zone} has no offset at {local}")
    flags = clock.flags
    if early != late and clock.precision != "day":
        if early < late:
            raise Refusal(
                Reason.NONEXISTENT_TIME, f"clocks in {zone} skipped {local}, by a change to summer time"
            )
        flags = (*flags, "ambiguous_dst")
    return local - early, flags
