"""Other projects' tables of dates, and strings checked by eye: right or refused, never silently wrong."""

import re
from collections import Counter
from datetime import date, datetime

import pytest

from etl.errors import Refusal
from etl.transform.dates import DatePolicy, read_date
from tests.transform.shared import rows


def read(text, policy):
    try:
        return read_date(text, policy).utc
    except Refusal:
        return None


def test_strings_checked_by_eye_give_their_instant_or_are_refused():
    policy = DatePolicy(date(2024, 1, 1), earliest=date(1980, 1, 1))
    refused = {"01:38:07 PM IST Nov 20, 2019", "11/01/2023 12:43:42"}
    wrong = []
    for row in rows("dates/real_strings_checked.jsonl"):
        expected = row["expected_utc"] or _local(row)
        got = read(row["text"], policy)
        if str(row["text"]) in refused:
            assert got is None
        elif got is None or got != datetime.fromisoformat(expected).replace(tzinfo=None):
            wrong.append((row["text"], expected, got))
    assert wrong == []


def _local(row) -> str:
    found = re.search(r"local ([\dT:.-]+)", row["note"])
    return (
        found[1]
        if found
        else {"2017/11/26": "2017-11-26", "2017-06-28 15:25": "2017-06-28T15:25"}[row["text"]]
    )


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("01:38:07 PM IST Nov 20, 2019", {"zones": {"IST": "+05:30"}}, "2019-11-20T08:08:07"),
        ("11/01/2023 12:43:42", {"date_order": "MDY"}, "2023-11-01T12:43:42"),
    ],
)
def test_a_refused_string_is_read_once_its_source_says_what_the_message_asked_for(text, said, expected):
    assert read(text, DatePolicy(date(2024, 1, 1), **said)) == datetime.fromisoformat(expected)


# First and last line in dateparser's own test, language, order of the parts.
LANGUAGES = [
    (29, 58, "en", "MDY"), (62, 71, "fr", "DMY"), (73, 80, "es", "DMY"), (82, 84, "nl", "DMY"),
    (86, 88, "it", "DMY"), (90, 94, "pt", "DMY"), (96, 114, "ru", "DMY"), (116, 121, "tr", "DMY"),
    (125, 128, "ro", "DMY"), (130, 137, "de", "DMY"), (139, 141, "cs", "DMY"), (143, 147, "th", "DMY"),
    (149, 154, "vi", "DMY"), (156, 156, "be", "DMY"), (157, 157, "ru", "DMY"), (158, 162, "be", "DMY"),
    (164, 170, "uk", "DMY"), (172, 175, "fil", "MDY"), (177, 178, "ja", "YMD"), (180, 182, "en", "MDY"),
    (184, 184, "tr", "DMY"), (185, 185, "en", "MDY"), (186, 186, "uk", "DMY"), (188, 194, "zh", "YMD"),
    (196, 197, "bg", "DMY"), (199, 207, "bn", "DMY"), (209, 211, "hi", "DMY"), (213, 214, "ka", "DMY"),
    (216, 222, "fi", "DMY"), (224, 233, "hr", "DMY"), (265, 265, "en", "MDY"), (293, 309, "en", "MDY"),
    (311, 320, "fr", "DMY"), (321, 328, "es", "DMY"), (330, 333, "nl", "DMY"), (334, 336, "it", "DMY"),
    (338, 342, "pt", "DMY"), (344, 355, "ru", "DMY"), (357, 362, "tr", "DMY"), (366, 369, "ro", "DMY"),
    (370, 377, "de", "DMY"), (379, 383, "cs", "DMY"), (385, 389, "th", "DMY"), (391, 396, "vi", "DMY"),
    (398, 398, "be", "DMY"), (399, 399, "ru", "DMY"), (400, 404, "be", "DMY"), (406, 412, "uk", "DMY"),
    (414, 417, "fil", "MDY"), (419, 420, "ja", "YMD"), (422, 430, "bn", "DMY"), (432, 434, "en", "MDY"),
    (436, 436, "tr", "DMY"), (437, 437, "en", "MDY"), (438, 438, "uk", "DMY"), (440, 440, "bg", "DMY"),
    (442, 445, "hi", "DMY"), (460, 720, "en", "MDY"), (1216, 1222, "th", "MDY"), (1258, 1300, "en", "MDY"),
]  # fmt: skip

# A year of two digits, which the strings below have, beside those of four.
SHORT_YEARS = {
    "1/1/16 9:02:43.1", "26. 10.21", "26. 10.21 14.12", "26 . 10.21", "30 . 09 . 22 12.12",
    "2 Декабрь 95 11:15", "18.10.14 um 22:56 Uhr", "14Unr'21", "02Bre'21", "08/17/14 17:00 (PDT)",
    "3/3/94", "3/3/50",
}  # fmt: skip


def _language(line: int) -> tuple[str, str | None]:
    return next((language, order) for first, last, language, order in LANGUAGES if first <= line <= last)


@pytest.fixture(scope="module", params=["order known", "language alone"])
def dateparser_table(request):
    """What became of each string of dateparser's table: (complete?, verdict) -> strings."""
    policies: dict[tuple, DatePolicy] = {}
    seen = set()
    verdicts: dict[tuple[bool, str], list[str]] = {}
    for row in rows("dates/dateparser_test_date_parser.jsonl"):
        text, expected = row["text"], datetime.fromisoformat(row["expected"])
        if text in seen or expected.year > 2050:
            continue
        seen.add(text)
        language, order = _language(row["line"])
        order = order if request.param == "order known" else None
        if (language, order) not in policies:
            policies[language, order] = DatePolicy(
                date(2040, 1, 1), earliest=date(1970, 1, 1), languages=(language,), date_order=order
            )
        got = read(text, policies[language, order])
        verdict = "refused" if got is None else "right" if got == expected else "wrong"
        complete = text in SHORT_YEARS or any(len(digits) >= 4 for digits in re.findall(r"\d+", text))
        verdicts.setdefault((complete, verdict), []).append(text)
    return verdicts


def test_dateparsers_complete_dates_are_right_in_92_of_100_and_none_is_silently_wrong(dateparser_table):
    counts = Counter({key: len(texts) for key, texts in dateparser_table.items()})
    right, refused = counts[True, "right"], counts[True, "refused"]
    assert dateparser_table.get((True, "wrong"), []) == []
    assert right >= 140
    assert right / (right + refused) >= 0.92, dateparser_table[True, "refused"]


def test_dateparsers_dates_are_never_silently_wrong_where_only_the_months_name_tells_the_language():
    policy = DatePolicy(date(2040, 1, 1), earliest=date(1970, 1, 1))
    right, wrong = 0, []
    for text, expected in {
        row["text"]: datetime.fromisoformat(row["expected"])
        for row in reversed(rows("dates/dateparser_test_date_parser.jsonl"))
    }.items():
        got = read(text, policy)
        if got is not None and got != expected and expected.year <= 2050:
            wrong.append((text, expected, got))
        right += got == expected
    assert wrong == []
    assert right >= 120


def test_dateparsers_incomplete_strings_are_refused(dateparser_table):
    assert dateparser_table.get((False, "wrong"), []) == []
    assert dateparser_table.get((False, "right"), []) == []
    assert len(dateparser_table[False, "refused"]) >= 24


def test_feedparsers_dates_are_right_or_refused_but_for_two_whose_site_was_korean():
    policy = DatePolicy(date(2024, 1, 1), earliest=date(1990, 1, 1), languages=("el", "hu", "ko"))
    # Both are local times without a zone, of two Korean blog hosts; feedparser knows the hosts' zone.
    # A source says it with timezone = "Asia/Seoul", and is then right; see below.
    korean = {"2004-05-25 오후 11:23:17", "2004년 05월 28일  01:31:15"}
    at_home = DatePolicy(date(2024, 1, 1), zone=_seoul())
    right, wrong = 0, []
    for row in rows("dates/feedparser_dates.jsonl"):
        got = read(row["text"], at_home if row["text"] in korean else policy)
        if got is None:
            continue
        if row["expected_utc"] and got.replace(microsecond=0).isoformat() + "Z" == row["expected_utc"]:
            right += 1
        else:
            wrong.append((row["text"], row["expected_utc"], got))
    assert wrong == []
    assert right >= 35


def _seoul():
    from zoneinfo import ZoneInfo

    return ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize("order", [None, "MDY"])
def test_no_string_of_dateutils_table_is_silently_wrong(order):
    policy = DatePolicy(date(2024, 1, 1), earliest=date(1970, 1, 1), date_order=order)
    right, wrong = 0, []
    for row in rows("dates/dateutil_parser.jsonl"):
        expected = datetime.fromisoformat(row["expected"])
        expected = expected.replace(microsecond=expected.microsecond // 1000 * 1000)
        got = read(row["text"], policy)
        if got is not None and got != expected:
            wrong.append((row["text"], row["expected"], got))
        right += got == expected
    assert wrong == []
    assert right >= (39 if order is None else 50)
