"""Dates as newspapers of the Arab countries write them, with no language stated."""

from datetime import date

import pytest

from etl.errors import Refusal
from etl.transform.dates import DatePolicy, read_date

POLICY = DatePolicy(date(2026, 1, 1))
DAY = "2023-09-22T00:00"
MORNING = "2023-09-22T10:49"
MONTHS = {
    "Egypt": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "Lebanon": "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
    "Algeria": "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
    "Morocco": "يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر",
}


def read(text, policy=POLICY):
    try:
        return f"{read_date(text, policy).utc:%Y-%m-%dT%H:%M}"
    except Refusal as refusal:
        return refusal.reason.value


@pytest.mark.parametrize("country", MONTHS)
def test_the_months_are_known_by_the_names_that_each_country_gives_them(country):
    names = [name.replace("_", " ") for name in MONTHS[country].split()]
    found = [read(f"14 {name} 2023") for name in names]
    assert found == [f"2023-{month:02}-14T00:00" for month in range(1, 13)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("٢٢ سبتمبر ٢٠٢٣", DAY),
        ("الجمعة، ٢٢ سبتمبر ٢٠٢٣ ١٠:٤٩ ص", MORNING),
        ("الجمعة 22 سبتمبر 2023 - 10:49 ص", MORNING),
        ("سبتمبر 22, 2023", DAY),
        ("22-سبتمبر-2023", DAY),
        ("10:49 - 22 أيلول 2023", MORNING),
        # Two names of one month, as agencies write for all their readers.
        ("22 أيلول/سبتمبر 2023", DAY),
        ("الجمعة 22 سبتمبر (أيلول) 2023", DAY),
        # Halves of the day.
        ("22 سبتمبر 2023 02:49 م", "2023-09-22T14:49"),
        ("22 سبتمبر 2023 02:49 مساءً", "2023-09-22T14:49"),
        ("22 سبتمبر 2023، الساعة 9 مساء", "2023-09-22T21:00"),
        ("22 سبتمبر 2023 12:05 ص", "2023-09-22T00:05"),
        ("22 سبتمبر 2023 12:05 ظهراً", "2023-09-22T12:05"),
        ("22 سبتمبر 2023 22:49 مساء", "2023-09-22T22:49"),
        ("نشر في: 22 غشت 2023 الساعة 10 و 49 دقيقة", "2023-08-22T10:49"),
        # Clocks of a town.
        ("22 سبتمبر 2023 10:49 بتوقيت غرينتش", MORNING),
        ("22 سبتمبر 2023 10:49 ص بتوقيت مكة المكرمة", "2023-09-22T07:49"),
        ("22 سبتمبر 2023 10:49 ص بتوقيت القاهرة", "2023-09-22T07:49"),
        ("14 يناير 2023 10:49 ص بتوقيت القاهرة", "2023-01-14T08:49"),
        # The Hijri day beside the Gregorian one.
        ("الجمعة 7 ربيع الأول 1445 هـ - 22 سبتمبر 2023 م", DAY),
        ("٧ ربيع الأول ١٤٤٥هـ الموافق ٢٢ سبتمبر ٢٠٢٣م", DAY),
        ("22/09/2023 م الموافق 7/3/1445 هـ", DAY),
        ("22 سبتمبر 2023 الموافق لـ 07 ربيع الأول 1445", DAY),
    ],
)
def test_a_date_in_arabic_gives_its_instant_without_a_language_stated(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("7 ربيع الأول 1445 هـ", "unreadable_date"),
        ("22 رمضان 2023", "unreadable_date"),
        ("1445-03-07", "date_out_of_range"),
        ("22 أيلول/أكتوبر 2023", "unreadable_date"),
        ("22 سبتمبر", "incomplete_date"),
        ("سبتمبر 2023", "incomplete_date"),
        ("03/04/2023 10:49 ص", "ambiguous_date"),
        ("آخر تحديث: الجمعة 22 سبتمبر 2023", "unreadable_date"),
        ("22 سبتمبر 2023 10:49 بتوقيت عمان", "unreadable_date"),
        ("31 حزيران 2023", "unreadable_date"),
    ],
)
def test_what_does_not_say_one_day_is_refused(text, reason):
    assert read(text) == reason


def test_a_weekday_that_does_not_fit_is_flagged():
    assert read_date("الخميس 22 سبتمبر 2023", POLICY).flags == ("weekday_mismatch",)
