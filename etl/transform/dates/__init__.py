"""Dates: from whatever a dump has to an instant in UTC, or a refusal.

One module a dialect, each `text -> Clock or None`; `cascade` asks them in order and `resolve` gives
the clock its zone.
"""

from etl.transform.dates.cascade import read_date
from etl.transform.dates.instant import Instant
from etl.transform.dates.policy import DatePolicy

__all__ = ["DatePolicy", "Instant", "read_date"]
