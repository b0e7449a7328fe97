"""When a source has been silent for too long."""

from datetime import date, datetime, timedelta

import pytest

from etl.sources import Expect, Source
from etl.watch.silence import silence

DAILY = Source(name="wire", paths=("{date:%Y-%m-%d}.jsonl",))
UNDATED = Source(name="wire", paths=("x.jsonl",))
START = date(2026, 3, 2)  # a Monday


def days(n: int, weekdays: int = 7) -> list[date]:
    """The first n days, of which only the first so many of each week have a dump."""
    return [day for k in range(n) if (day := START + timedelta(days=k)).weekday() < weekdays]


def after(known: list[date], hours: float) -> datetime:
    end = known[-1] + timedelta(days=1)
    return datetime(end.year, end.month, end.day) + timedelta(hours=hours)


@pytest.mark.parametrize(("hours", "silent"), [(1, False), (35.9, False), (36.1, True)])
def test_a_daily_source_may_miss_one_night_and_not_two(hours: float, silent: bool) -> None:
    assert (silence(DAILY, days(20), None, after(days(20), hours)) is not None) is silent


@pytest.mark.parametrize(("hours", "silent"), [(72, False), (85, True)])
def test_a_source_that_rests_at_weekends_is_not_silent_then(hours: float, silent: bool) -> None:
    known = days(26, weekdays=5)
    assert (silence(DAILY, known, None, after(known, hours)) is not None) is silent


def test_one_outage_in_the_past_does_not_make_the_next_one_usual() -> None:
    known = [day for day in days(20) if not START + timedelta(days=8) <= day <= START + timedelta(days=14)]
    assert silence(DAILY, known, None, after(known, 37)) is not None


def test_a_limit_that_the_source_states_is_held() -> None:
    source = DAILY.model_copy(update={"expect": Expect(max_silence_hours=100)})
    assert silence(source, days(20), None, after(days(20), 99)) is None
    found = silence(source, days(20), None, after(days(20), 101))
    assert found == "silent for 101 hours, at most 100 hours expected; the last day loaded is 2026-03-21"


def test_zero_means_that_it_may_always_be_silent() -> None:
    source = DAILY.model_copy(update={"expect": Expect(max_silence_hours=0)})
    assert silence(source, days(20), None, after(days(20), 9999)) is None


def test_a_source_without_days_is_silent_only_by_a_stated_limit() -> None:
    last = datetime(2026, 3, 2, 12)
    at = last + timedelta(hours=49)
    assert silence(UNDATED, [], last, at) is None
    stated = UNDATED.model_copy(update={"expect": Expect(max_silence_hours=48)})
    assert "its last dump was loaded 2026-03-02 12:00 UTC" in (silence(stated, [], last, at) or "")
    assert silence(stated, [], last, last + timedelta(hours=47)) is None


def test_a_source_that_never_gave_anything_is_not_silent_yet() -> None:
    assert silence(DAILY, [], None, datetime(2026, 3, 2)) is None
