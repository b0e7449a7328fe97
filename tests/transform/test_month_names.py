"""Dates in words of many languages: right or refused, whatever dateparser makes of them."""

from datetime import date, datetime

import pytest
from babel.dates import format_date, format_time

from etl.errors import Refusal
from etl.transform.dates import DatePolicy, read_date
from etl.transform.dates.month_names import month_names, months_in

LOCALES = [
    "ar_EG", "ar_LB", "ar_DZ", "fa_IR", "he_IL", "ur_PK", "hi_IN", "bn_BD", "ta_IN", "te_IN", "mr_IN",
    "gu_IN", "pa_IN", "ne_NP", "si_LK", "th_TH", "vi_VN", "id_ID", "ms_MY", "fil_PH", "my_MM", "km_KH",
    "ja_JP", "ko_KR", "zh_CN", "zh_TW", "mn_MN", "kk_KZ", "uz_UZ", "az_AZ", "tr_TR", "ru_RU", "uk_UA",
    "be_BY", "bg_BG", "mk_MK", "sr_RS", "hr_HR", "bs_BA", "sl_SI", "sk_SK", "cs_CZ", "pl_PL", "hu_HU",
    "ro_RO", "el_GR", "sq_AL", "de_DE", "nl_NL", "fr_FR", "es_ES", "pt_BR", "it_IT", "ca_ES", "is_IS",
    "da_DK", "nb_NO", "sv_SE", "fi_FI", "et_EE", "lv_LV", "lt_LT", "ka_GE", "am_ET", "sw_KE", "ha_NG",
]  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
def test_no_date_that_cldr_writes_is_silently_wrong(locale):
    policy = DatePolicy(date(2026, 1, 1), languages=(locale.split("_")[0],))
    for month in range(1, 13):
        moment = datetime(2023, month, 2 * month + 1, (month * 5) % 24, 5)
        for width in ("full", "long", "medium"):
            day, time = format_date(moment, width, locale), format_time(moment, "short", locale=locale)
            for text, expected in (
                (day, moment.replace(hour=0, minute=0)),
                (f"{day} {time}", moment),
                (f"{time} {day}", moment),
            ):
                try:
                    found = read_date(text, policy).utc
                except Refusal:
                    continue
                assert found == expected, text


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("1 มี.ค. 2023", ("th",)),  # March, of which dateparser makes January
        ("30 ਜੂਨ 2023", ("pa",)),
        ("2023. 1. 2. AM 12:05:00", ("ko",)),
        ("2023/1/2 凌晨12:05", ("zh",)),
        ("9 Sat, 2023", ("en",)),
    ],
)
def test_what_a_library_would_misread_is_refused(text, languages):
    with pytest.raises(Refusal):
        read_date(text, DatePolicy(date(2026, 1, 1), languages=languages))


def test_a_name_of_two_months_names_none():
    assert ("listopada",) not in month_names(("pl", "hr"))
    assert months_in("15 listopada 2023", ("pl",)) == {11}
    assert months_in("15 listopada 2023", ("hr",)) == {10}


def test_arab_countries_own_names_are_known():
    assert months_in("22 أيلول 2023", ("ar",)) == months_in("22 سبتمبر 2023", ("ar",)) == {9}
