"""The solar Hijri calendar of Iran and Afghanistan."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Refusal
from etl.transform.dates import DatePolicy, read_date
from etl.transform.dates.persian import solar_day

POLICY = DatePolicy(date(2026, 1, 1))


def read(text, policy=POLICY):
    try:
        return f"{read_date(text, policy).utc:%Y-%m-%dT%H:%M}"
    except Refusal as refusal:
        return refusal.reason.value


@pytest.mark.parametrize(
    ("year", "first"),
    [
        # Nowruz of each year, by the calendars that Iran printed.
        (1370, "1991-03-21"), (1375, "1996-03-20"), (1379, "2000-03-20"), (1380, "2001-03-21"),
        (1387, "2008-03-20"), (1388, "2009-03-21"), (1391, "2012-03-20"), (1395, "2016-03-20"),
        (1396, "2017-03-21"), (1399, "2020-03-20"), (1400, "2021-03-21"), (1402, "2023-03-21"),
        (1403, "2024-03-20"), (1404, "2025-03-21"), (1405, "2026-03-21"),
    ],
)  # fmt: skip
def test_the_first_day_of_a_year_is_that_of_the_printed_calendars(year, first):
    assert str(solar_day(year, 1, 1)) == first


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_each_day_has_one_date_and_the_next_day_the_next(day):
    found = [
        (year, month, n)
        for year in (day.year - 622, day.year - 621)
        for month in range(1, 13)
        for n in range(1, 32)
        if solar_day(year, month, n) == day
    ]
    assert len(found) == 1
    year, month, n = found[0]
    after = solar_day(year, month, n + 1) or solar_day(year, month + 1, 1) or solar_day(year + 1, 1, 1)
    assert after == day + timedelta(1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("۳۱ شهریور ۱۴۰۲", "2023-09-22T00:00"),
        ("جمعه ۳۱ شهریور ۱۴۰۲ - ۱۰:۴۹", "2023-09-22T10:49"),
        ("جمعه، ۳۱ شهريور ۱۴۰۲ ساعت ۱۰:۴۹", "2023-09-22T10:49"),
        ("10:49 31 شهریور 1402", "2023-09-22T10:49"),
        ("۱ سنبله ۱۴۰۲", "2023-08-23T00:00"),
        ("۳۲ شهریور ۱۴۰۲", "unreadable_date"),
        ("۳۰ اسفند ۱۴۰۲", "unreadable_date"),
        ("شهریور ۱۴۰۲", "incomplete_date"),
        ("1402/06/30", "date_out_of_range"),
        ("۷ شهریور ۱۴۴۵", "date_out_of_range"),
    ],
)
def test_a_date_with_a_month_of_it_is_read_whatever_the_language(text, expected):
    assert read(text) == expected


def test_a_date_in_digits_is_read_where_the_source_is_persian():
    assert read("1402/06/31 10:49", DatePolicy(date(2026, 1, 1), languages=("fa",))) == "2023-09-22T10:49"
    assert read("1445/03/07", DatePolicy(date(2026, 1, 1), languages=("ar",))) == "date_out_of_range"
