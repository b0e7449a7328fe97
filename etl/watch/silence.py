"""For how long a source has been silent, and whether that is longer than it should be."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from etl.extract.dated_paths import is_dated
from etl.sources import Source

GRACE = timedelta(hours=36)
"""After a day that should have had a dump: its night, and the next one's."""

RECENT = 20
"""How many of the last days with a dump say how far apart they usually are."""


def silence(source: Source, days: Sequence[date], last: datetime | None, at: datetime) -> str | None:
    """What to say of a source that is silent for too long; None where it is not.

    Of a source whose dumps declare their days, silence begins with the end of the last day that is
    loaded; of another one, when its last dump was finished. Where the source sets no
    `expect.max_silence_hours`, a dated one may be silent as long as its dumps usually lie apart, and 36
    hours more; one without days may be so for ever.

    Args:
        source: With its setting.
        days: Days that its finished dumps declare, in order.
        last: When a dump of it was last finished; naive UTC.
        at: This moment; naive UTC.
    """
    dated = any(map(is_dated, source.paths)) and bool(days)
    since = datetime.combine(days[-1] + timedelta(days=1), time()) if dated else last
    stated = source.expect.max_silence_hours
    if since is None or stated == 0 or (stated is None and not dated):
        return None
    limit = usual_pause(days) + GRACE if stated is None else timedelta(hours=stated)
    if at - since <= limit:
        return None
    heard = (
        f"the last day loaded is {days[-1]}"
        if dated
        else f"its last dump was loaded {since:%Y-%m-%d %H:%M} UTC"
    )
    return f"silent for {_hours(at - since)}, at most {_hours(limit)} expected; {heard}"


def usual_pause(days: Sequence[date]) -> timedelta:
    """How long the dumps of a source usually keep away: nothing for daily ones, a weekend for others.

    The second longest pause between the last twenty days that have a dump: the longest may be an outage.
    """
    pauses = sorted(after - before for before, after in pairwise(days[-RECENT:]))
    usual = pauses[-2] if len(pauses) > 1 else timedelta(days=1)
    return usual - timedelta(days=1)


def _hours(length: timedelta) -> str:
    return f"{length.total_seconds() / 3600:,.0f} hours"
