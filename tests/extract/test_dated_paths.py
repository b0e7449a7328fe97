from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import ConfigError
from etl.extract.dated_paths import DatedPath

TEMPLATES = [
    "d/{date:%Y-%m-%d}.jsonl",
    "d/{date:%Y}/{date:%m}/{date:%d}/x.json",
    "d/{date:%Y%m%d}/*.txt",
    "d/{date:%Y}/{date:%Y-%m-%d}.csv",
    "d/{date:%Y.%j}+(a)[0-9]?.txt",
    "**/news_{date:%y%m%d}.gz",
]


@given(st.sampled_from(TEMPLATES), st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_a_day_put_into_a_path_is_read_back(template, day):
    path = DatedPath(template)
    ((declared, filled),) = path.for_days(day, day)
    assert declared == day
    assert "{" not in filled
    concrete = filled.replace("**/", "").replace("*", "any").replace("[0-9]?", "7x")
    assert path.day_of(concrete) == day
    assert path.day_of(concrete + "/below") == day


def test_a_span_of_days_gives_each_path_once():
    path = DatedPath("{date:%Y-%m}.json")
    found = list(path.for_days(date(2024, 1, 30), date(2024, 3, 2)))
    assert found == [
        (date(2024, 1, 1), "2024-01.json"),
        (date(2024, 2, 1), "2024-02.json"),
        (date(2024, 3, 1), "2024-03.json"),
    ]


def test_days_swapped_give_nothing():
    assert list(DatedPath("{date:%Y-%m-%d}").for_days(date(2024, 2, 2), date(2024, 2, 1))) == []


def test_the_glob_has_one_digit_class_for_each_digit():
    assert DatedPath("a/{date:%Y-%m}/*").as_glob() == f"a/{'[0-9]' * 4}-{'[0-9]' * 2}/*"


@pytest.mark.parametrize(
    "path", ["2024-02-30.jsonl", "2024-1-1.jsonl", "x2024-01-01.jsonl", "2024-01-01.jsonl2"]
)
def test_what_is_no_day_is_none(path):
    assert DatedPath("{date:%Y-%m-%d}.jsonl").day_of(path) is None


@pytest.mark.parametrize("template", ["{date:%Q}", "{date:}", "{date:today}", "{date:%Y-%B}"])
def test_a_slot_that_is_not_understood_is_a_mistake_in_the_configuration(template):
    with pytest.raises(ConfigError, match="must write its day with"):
        DatedPath(template)


def test_a_year_of_days_is_a_year_of_paths():
    days = list(DatedPath("{date:%Y-%m-%d}").for_days(date(2024, 1, 1), date(2024, 12, 31)))
    assert len(days) == 366
    assert days[-1][0] == date(2024, 1, 1) + timedelta(days=365)
