"""What is usual for a day."""

from datetime import date, timedelta

from etl.watch.baseline import Usual, usual

MONDAY = date(2026, 3, 30)


def weekly(*records: int) -> dict[date, int]:
    """Volumes of the Mondays before, the nearest first."""
    return {MONDAY - timedelta(weeks=n): each for n, each in enumerate(records, start=1)}


def test_the_median_of_the_same_weekday_is_usual() -> None:
    others = {MONDAY - timedelta(days=n): 7 for n in range(1, 57) if n % 7}
    assert usual(MONDAY, {**others, **weekly(100, 120, 5000)}) == Usual(120, "weekday", 3)


def test_where_few_of_the_weekday_are_known_any_near_day_counts() -> None:
    near = {MONDAY - timedelta(days=n): 10 * n for n in (1, 2, 3, 40)}
    assert usual(MONDAY, near) == Usual(20, "any day", 3)


def test_nothing_is_usual_of_two_days_and_a_day_is_not_held_against_itself() -> None:
    assert usual(MONDAY, {MONDAY: 9, **weekly(1, 2)}) is None


def test_what_lies_more_than_eight_weeks_back_does_not_count() -> None:
    assert usual(MONDAY, {MONDAY - timedelta(weeks=n): 5 for n in (9, 10, 11, 12)}) is None
