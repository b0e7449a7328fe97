"""The date cascade: a table of cases, the policy that decides them, and what never happens."""

import os
import time
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.errors import ConfigError, Refusal
from etl.sources import Source
from etl.transform.dates import DatePolicy, read_date
from etl.transform.dates.cascade import _read_text
from etl.transform.dates.common import read_common, read_framed
from etl.transform.dates.policy import CACHE_SIZE

RUN = date(2024, 1, 1)


def policy(**said) -> DatePolicy:
    return DatePolicy(RUN, **said)


READ = [
    # value, key, precision, zone
    ("2023-09-22T10:49:00Z", "2023-09-22T10:49:00Z", "second", "explicit"),
    ("2023-09-22 10:49:00", "2023-09-22T10:49:00Z", "second", "assumed"),
    ("2023-09-22T10:49", "2023-09-22T10:49:00Z", "minute", "assumed"),
    ("2023-09-22", "2023-09-22", "day", "assumed"),
    ("  2023-09-22  ", "2023-09-22", "day", "assumed"),
    ("2023-9-2T1:02:03", "2023-09-02T01:02:03Z", "second", "assumed"),
    ("2023-09-22T10:49:00.684Z", "2023-09-22T10:49:00Z", "second", "explicit"),
    ("2023-09-22T10:49:00:684Z", "2023-09-22T10:49:00Z", "second", "explicit"),
    ("2023-09-22T10:49:00.123456789+0200", "2023-09-22T08:49:00Z", "second", "explicit"),
    ("2023-09-22T10:49:00+05:30", "2023-09-22T05:19:00Z", "second", "explicit"),
    ("2023-09-22T10:49:00+00:00[UTC]", "2023-09-22T10:49:00Z", "second", "explicit"),
    ("2023-09-22 10:49:00 +0000 UTC", "2023-09-22T10:49:00Z", "second", "explicit"),
    ("2023-09-22T10:49:00CDT", "2023-09-22T15:49:00Z", "second", "explicit"),
    ("2023-09-22 10:49 PM", "2023-09-22T22:49:00Z", "minute", "assumed"),
    ("20230922", "2023-09-22", "day", "assumed"),
    ("20230922T104900Z", "2023-09-22T10:49:00Z", "second", "explicit"),
    ("20230922104900", "2023-09-22T10:49:00Z", "second", "assumed"),
    (20230922, "2023-09-22", "day", "assumed"),
    # epochs by their digits
    ("1695388531", "2023-09-22T13:15:31Z", "second", "explicit"),
    (1695388531, "2023-09-22T13:15:31Z", "second", "explicit"),
    (1695388531.75, "2023-09-22T13:15:31Z", "second", "explicit"),
    (1695388531000, "2023-09-22T13:15:31Z", "second", "explicit"),
    ("1695388531000000", "2023-09-22T13:15:31Z", "second", "explicit"),
    ("1695388531000000000", "2023-09-22T13:15:31Z", "second", "explicit"),
    ("/Date(1695388531000)/", "2023-09-22T13:15:31Z", "second", "explicit"),
    # MongoDB's extended JSON
    ({"$date": 1695388531000}, "2023-09-22T13:15:31Z", "second", "explicit"),
    ({"$date": {"$numberLong": "1695388531000"}}, "2023-09-22T13:15:31Z", "second", "explicit"),
    ({"$date": "2023-09-22T10:49:00Z"}, "2023-09-22T10:49:00Z", "second", "explicit"),
    ({"$numberLong": "1695388531000"}, "2023-09-22T13:15:31Z", "second", "explicit"),
    # values that a reader may give already typed
    (date(2023, 9, 22), "2023-09-22", "day", "assumed"),
    (datetime(2023, 9, 22, 10, 49), "2023-09-22T10:49:00Z", "second", "assumed"),
    (datetime(2023, 9, 22, 10, 49, tzinfo=timezone(timedelta(hours=8))), "2023-09-22T02:49:00Z", "second",
     "explicit"),
    # spelled
    ("Fri, 22 Sep 2023 10:49:00 +0200", "2023-09-22T08:49:00Z", "second", "explicit"),
    ("Fri, 22 Sep 2023 10:49:00 GMT", "2023-09-22T10:49:00Z", "second", "explicit"),
    ("Fri Sep 22 2023 10:49:00 GMT+0800 (China Standard Time)", "2023-09-22T02:49:00Z", "second", "explicit"),
    ("Fri Sep 22 10:49:00 EDT 2023", "2023-09-22T14:49:00Z", "second", "explicit"),
    ("September 22, 2023 at 10:49 p.m. ET", "2023-09-23T02:49:00Z", "minute", "explicit"),
    ("Published: Friday, 22nd of September, 2023", "2023-09-22", "day", "assumed"),
    ("22-SEP-2023 10:49:00.79", "2023-09-22T10:49:00Z", "second", "assumed"),
    ("Wednesday, 22nd June, 2016, 12.16 pm.", "2016-06-22T12:16:00Z", "minute", "assumed"),
    ("22 September 2023 10.49", "2023-09-22T10:49:00Z", "minute", "assumed"),
    ("22/09/2023 - 10:49", "2023-09-22T10:49:00Z", "minute", "assumed"),
    ("01/01/2023", "2023-01-01", "day", "assumed"),
    ("2023/09/22", "2023-09-22", "day", "assumed"),
    ("٢٠٢٣/٠٩/٢٢", "2023-09-22", "day", "assumed"),
    # East Asian
    ("2023年9月22日", "2023-09-22", "day", "assumed"),
    ("2023年9月22日(金) 21時40分", "2023-09-22T21:40:00Z", "minute", "assumed"),
    ("2023年09月22日 下午3:20", "2023-09-22T15:20:00Z", "minute", "assumed"),
    ("2023년 9월 22일 오전 12:05:06", "2023-09-22T00:05:06Z", "second", "assumed"),
    # dateutil behind guards
    ("1996.July.10 AD 12:08 PM", "1996-07-10T12:08:00Z", "minute", "assumed"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "key", "precision", "zone"), READ, ids=[str(row[0]) for row in READ])
def test_a_date_is_read_with_its_precision_and_the_origin_of_its_zone(value, key, precision, zone):
    instant = read_date(value, policy())
    assert (instant.key, instant.precision, instant.zone) == (key, precision, zone)
    assert instant.utc.tzinfo is None
    assert instant.second == instant.utc.replace(microsecond=0)


REFUSED = [
    (None, "undated"),
    ("", "undated"),
    (" \u200f ", "undated"),
    ("10:49", "incomplete_date"),
    ("Friday", "incomplete_date"),
    ("12", "incomplete_date"),
    ("March", "incomplete_date"),
    ("2023-09", "incomplete_date"),
    ("September 2023", "incomplete_date"),
    ("3 hours ago", "incomplete_date"),
    ("01/02/2023", "ambiguous_date"),
    ("١٢/٠٩/٢٠٢٣", "ambiguous_date"),
    ("03-12-31", "ambiguous_date"),
    ("2023-09-22 10:49:00 CST", "unknown_zone"),
    ("01:38:07 PM IST Nov 20, 2019", "unknown_zone"),
    ("Fri, 22 Sep 2023 10:49:00 BST", "unknown_zone"),
    ("2023-09-22T24:00:00Z", "unreadable_date"),
    ("2023-09-22T23:59:60Z", "unreadable_date"),
    ("2023-02-30", "unreadable_date"),
    ("2023-13-01", "unreadable_date"),
    ("2023-01-27-01", "unreadable_date"),
    ("2023-09-22T10:49:00+99:99", "unreadable_date"),
    ("22 Sept 2023 10:49 - 11:30", "unreadable_date"),
    ("22 Sept 2023 - 24 Sept 2023", "unreadable_date"),
    ("9" * 50, "unreadable_date"),
    ("x" * 10_000, "unreadable_date"),
    ("\u0301" * 200_000, "unreadable_date"),
    ("(" * 120, "incomplete_date"),
    (10**5000, "unreadable_date"),
    (float("nan"), "unreadable_date"),
    (float("inf"), "unreadable_date"),
    (-5, "unreadable_date"),
    ("1989-12-31", "date_out_of_range"),
    ("2024-01-02", "date_out_of_range"),
    ("03/11/2559 05:13", "ambiguous_date"),
    ({"$date": 1 << 62}, "date_out_of_range"),
    (True, "wrong_type"),
    ([], "wrong_type"),
    (["2023-09-22"], "wrong_type"),
    ({"$ne": None}, "wrong_type"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "reason"), REFUSED, ids=[str(type(row[0]).__name__) + row[1] for row in REFUSED]
)
def test_what_is_no_publication_date_is_refused_for_its_reason(value, reason):
    with pytest.raises(Refusal) as refused:
        read_date(value, policy())
    assert refused.value.reason == reason
    assert len(refused.value.detail) < 400


def test_an_ambiguous_date_names_both_readings_and_the_key_that_settles_it():
    with pytest.raises(Refusal) as refused:
        read_date("01/02/2023", policy())
    assert refused.value.detail == (
        '\'01/02/2023\' is 2023-02-01 or 2023-01-02; say which with date_order = "DMY" or "MDY"'
    )


@pytest.mark.parametrize(
    ("text", "said", "key"),
    [
        ("01/02/2023", {"date_order": "DMY"}, "2023-02-01"),
        ("01/02/2023", {"date_order": "MDY"}, "2023-01-02"),
        ("25/12/2023", {"date_order": "MDY"}, "2023-12-25"),
        ("2023-02-01", {"date_order": "MDY"}, "2023-02-01"),
        ("18.10.14", {"date_order": "DMY"}, "2014-10-18"),
        ("18.10.94", {"date_order": "DMY"}, "1994-10-18"),
        ("Fri, 22 Sep 23 10:49:00 GMT", {"earliest": date(2020, 1, 1)}, "2023-09-22T10:49:00Z"),
        # dots are the language's own order; slashes may come from any program
        ("5.7.2018", {"languages": ("fi",)}, "2018-07-05"),
        ("22 septembre 2023 à 10h49", {"languages": ("fr",)}, "2023-09-22T10:49:00Z"),
        ("20 ноября 2013 в 12:34", {"languages": ("uk", "ru")}, "2013-11-20T12:34:00Z"),
        ("20 ноября 2013 12:34 +0300", {"languages": ("ru",)}, "2013-11-20T09:34:00Z"),
        ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", {"languages": ("el",)}, "2004-07-11T17:00:00Z"),
        ("2023-09-22 10:49:00 CST", {"zones": {"CST": "Asia/Shanghai"}}, "2023-09-22T02:49:00Z"),
        ("2023-09-22 10:49:00 EST", {"zones": {"EST": "+10:00"}}, "2023-09-22T00:49:00Z"),
        ("2023-09-22 10:49:00", {"zone": ZoneInfo("Asia/Shanghai")}, "2023-09-22T02:49:00Z"),
        ("2023-09-22", {"zone": ZoneInfo("Asia/Shanghai")}, "2023-09-22"),
        ("1695388531", {"zone": ZoneInfo("Asia/Shanghai")}, "2023-09-22T13:15:31Z"),
    ],
)
def test_a_sources_policy_decides_what_the_text_leaves_open(text, said, key):
    assert read_date(text, policy(**said)).key == key


@pytest.mark.parametrize(
    ("text", "said", "reason"),
    [
        ("01/02/2023", {"languages": ("fr",)}, "ambiguous_date"),
        ("20 ноября 2013", {"languages": ("de",)}, "unreadable_date"),
        ("20 listopada 2013", {}, "unreadable_date"),  # October in Croatia, November in Poland
        ("20 ноября 2013 12:34 IST", {"languages": ("ru",)}, "unknown_zone"),
        ("12 mai 15 heures", {"languages": ("fr",), "date_order": "DMY"}, "incomplete_date"),
        ("23. März 18.37 Uhr", {"languages": ("de",)}, "unreadable_date"),
    ],
)
def test_a_policy_never_fills_in_or_guesses(text, said, reason):
    with pytest.raises(Refusal) as refused:
        read_date(text, policy(**said))
    assert refused.value.reason == reason


def test_a_day_in_a_zone_begins_at_its_own_midnight():
    instant = read_date("2023-09-22", policy(zone=ZoneInfo("Asia/Shanghai")))
    assert instant.utc == datetime(2023, 9, 21, 16)
    assert instant.zone == "source"


def test_an_hour_that_clocks_skipped_is_refused_and_one_shown_twice_is_flagged():
    berlin = policy(zone=ZoneInfo("Europe/Berlin"))
    with pytest.raises(Refusal) as refused:
        read_date("2023-03-26 02:30:00", berlin)
    assert refused.value.reason == "nonexistent_time"
    twice = read_date("2023-10-29 02:30:00", berlin)
    assert twice.key == "2023-10-29T00:30:00Z"  # the first time, still in summer
    assert twice.flags == ("ambiguous_dst",)
    assert read_date("2023-03-26", berlin).flags == ()


def test_a_weekday_that_does_not_fit_is_flagged():
    assert read_date("Mon, 22 Sep 2023 10:49:00 GMT", policy()).flags == ("weekday_mismatch",)


def test_a_source_gives_its_policy_and_a_wrong_zone_meaning_stops_before_the_run():
    source = Source(name="s", timezone="Asia/Shanghai", latest_days=1, zones={"ist": "+05:30"})
    compiled = DatePolicy.of(source, RUN)
    assert compiled.latest == date(2024, 1, 2)
    assert read_date("2023-09-22 10:49 IST", compiled).key == "2023-09-22T05:19:00Z"
    with pytest.raises(ConfigError, match=r"source s: zones.IST: 'Mumbai'"):
        DatePolicy.of(Source(name="s", zones={"IST": "Mumbai"}), RUN)


def test_nothing_depends_on_the_machines_zone(monkeypatch):
    texts = ["2023-09-22 10:49:00", "Sep 22, 2023 10:49 EST", "1996.July.10 AD 12:08 PM", "1695388531"]
    here = [read_date(text, policy()) for text in texts]
    before = os.environ.get("TZ")
    try:
        monkeypatch.setenv("TZ", "America/Chicago")
        time.tzset()
        assert [read_date(text, policy()) for text in texts] == here
    finally:
        monkeypatch.setenv("TZ", before) if before else monkeypatch.delenv("TZ")
        time.tzset()


def test_a_verdict_is_remembered_and_the_memory_is_bounded():
    kept = policy()
    first = read_date("22 September 2023", kept)
    assert read_date("22 September 2023", kept) is first
    for _ in range(2):
        with pytest.raises(Refusal):
            read_date("01/02/2023", kept)
    for n in range(CACHE_SIZE + 10):
        read_date(f"2023-09-22 10:{n}", kept) if n < 60 else kept.remember(str(n), first)
    assert len(kept.cache) <= CACHE_SIZE


ZONES = st.timezones() | st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


@given(st.datetimes(datetime(1989, 12, 30), datetime(2024, 1, 3), timezones=ZONES))
@settings(max_examples=200, deadline=None)
def test_the_short_way_for_everyday_dates_equals_the_cascade(moment):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    second = moment.replace(microsecond=0)
    epoch = int(second.timestamp())
    forms = [
        f"{second:%Y-%m-%dT%H:%M:%S}Z",
        f"{second:%Y-%m-%d %H:%M:%S}",
        moment.isoformat(),
        moment.isoformat(" "),
        f"{second:%Y-%m-%dT%H:%M:%S}.123456Z",
        f"{second:%Y-%m-%dT%H:%M:%S}.1234567891Z",
        f"{second:%Y-%m-%dT%H:%M:%S%z}",
        f"{second:%a, %d %b %Y %H:%M:%S %z}",
        f"{second:%a, %d %b %Y %H:%M:%S GMT}",
        f"{second:%d %B %Y %H:%M:%S}",
        f"{second:%B %d, %Y %H:%M:%S UTC}",
        f"Mon, {second:%d %b %Y %H:%M:%S +9999}",
        str(epoch),
        f"{epoch}123",
    ]
    for rules in (policy(), policy(zone=ZoneInfo("Europe/Berlin"))):
        for form in forms:
            short = read_common(form, rules)
            if short is not None:
                assert short == _read_text(form, rules), form


def test_the_short_way_takes_every_shape_that_is_made_for_it():
    for form in (
        "2023-09-22T10:49:00Z",
        "2023-09-22 10:49:00",
        "2023-09-22T10:49:00.000Z",
        "2023-09-22T10:49:00+05:30",
        "2023-09-22T10:49:00.123-0800",
        "Fri, 22 Sep 2023 10:49:00 +0200",
        "Fri, 22 Sep 2023 10:49:00 GMT",
        "September 22, 2023 10:49:00 UTC",
        "1695388531",
        "1695388531000",
    ):
        assert read_common(form, policy()) is not None, form


DAYS = st.datetimes(datetime(1995, 1, 1), datetime(2023, 12, 31))
SHAPES = st.sampled_from(
    [
        "%Y-%m-%dT{}Z", "%Y-%m-%d {}", "%Y-%m-%dT{}.000Z", "%Y-%m-%dT{}+05:30", "%Y-%m-%d {}-0800",
        "%a, %d %b %Y {} +0200", "%a, %d %b %Y {} GMT", "%B %d, %Y {} UTC", "%d %B %Y {}",
        "Mon, %d %b %Y {} -0930", "%Y-%m-%dT{}+15:00", "%Y-%m-%dT{}.0004+01:00",
    ]
)  # fmt: skip
TIMES = st.one_of(
    st.datetimes().map(lambda at: f"{at:%H:%M:%S}"),
    st.sampled_from(
        [
            "10:49",
            "10:49:0",
            "24:00:00",
            "23:59:60",
            "9:00:00",
            "10:00+01",
            "10:00-05",
            "10:00:0Z",
            "1२:00:00",
            "10:00:-1",
            "10.00:00",
        ]
    ),
)


@given(
    DAYS, SHAPES, st.lists(TIMES, min_size=1, max_size=4), st.sampled_from([None, ZoneInfo("Europe/Berlin")])
)
@settings(max_examples=300, deadline=None)
def test_a_time_in_a_frame_met_before_is_read_as_it_is_alone(day, shape, times, zone):
    met = policy(zone=zone)
    for clock in ["10:49:00", "10:49:01", "10:49:02", "10:49:03", *times]:
        text = day.strftime(shape).format(clock)
        try:
            alone = _read_text(text, policy(zone=zone))
        except Refusal as refusal:
            alone = (refusal.reason, refusal.detail)
        try:
            found = read_date(text, met)
        except Refusal as refusal:
            found = (refusal.reason, refusal.detail)
        assert found == alone


def test_frames_are_met_again_and_bounded():
    rules = policy()
    for minute in range(10, 14):
        read_date(f"Sep 3, 2023 10:{minute}:00 UTC", rules)
    assert read_framed("Sep 3, 2023 11:50:01 UTC", rules) == read_date("2023-09-03T11:50:01Z", policy())
    frame = rules.frames["Sep 3, 2023 ", " UTC"]
    for number in range(2 * CACHE_SIZE):
        rules.remember_frame((str(number), ""), frame)
    assert 0 < len(rules.frames) <= CACHE_SIZE


ODD = st.text(alphabet="0123456789-/.:TZ +年月日aApPmM,()GUSepFri\u0660\u200f", max_size=30)


@given(st.one_of(st.text(max_size=60), ODD))
@settings(max_examples=400, deadline=None)
def test_any_text_is_an_instant_or_a_refusal_and_the_short_way_never_says_otherwise(text):
    rules = policy(languages=("en",))
    try:
        full = _read_text(text, rules)
    except Refusal as refusal:
        full = refusal.reason
    short = read_common(text, rules)
    assert short is None or short == full
    if not isinstance(full, str):
        assert full.precision != "day" or rules.earliest <= date.fromisoformat(full.key) <= rules.latest


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["$date", "$numberLong", "a"]), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_any_json_value_is_an_instant_or_a_refusal(value):
    try:
        read_date(value, policy())
    except Refusal as refusal:
        assert refusal.detail
