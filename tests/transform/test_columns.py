"""Records normalized together become what each becomes alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.model import RawRecord
from etl.settings import Limits
from etl.sources import ADHOC, Source
from etl.transform import columns
from etl.transform.columns import normalize_all
from tests.transform.sourced import DATED, STAMP, normalizer

LONG = "The council met on Tuesday, and the people of the town came to hear what it had to say of it. " * 2
GOOD = {
    "title": "Council approves budget",
    "published_at": "2023-09-22T10:49:00Z",
    "body": f"{LONG}\n\nA second paragraph.",
    "author": "By Jane Doe and John Roe",
    "editor": "A. Editor",
    "tags": ["News", "news", "Town"],
    "language": "en-GB",
    "url": " https://news.example/a ",
    "captured_at": 1695388531,
    "section": "local",
}
ODD = {
    "title": ["", " ", "!", "?!", None, 7, ["In a list"], {"rendered": "<b>Council</b>"}, "x" * 3000,
              "Page not found"],
    "published_at": [
        "", "\u2003", None, 0, "9999-01-01", 1695379740, True, "03/04/2023", "22 septembre 2023 10:49",
        "rubbish", "2023-09-22", ["2023-09-22"], {"$date": "2023-09-22T10:49:00Z"}, "1" * 300,
        "2023-09-22 10:49:00.123+02:00",
    ],
    "body": ["", "  ", None, "n/a", "Short.", 5, [LONG, LONG], " " * 200, f"<p>{LONG}</p>",
             f"{LONG}&amp;\xa0é", "\xa0" * 300, f"{LONG}… [+2500 chars]", f"{LONG} [sic]"],
    "author": ["", None, 0, 7, [], ["A B", {"name": "C D"}], [3], "by", {"name": "E F"}],
    "editor": ["", None, ["G H", "I J"], 0],
    "tags": ["", None, "a, b", [], ["x", 3], [[]], 0, {"k": 1}],
    "language": ["", None, "und", "fr_CA", "klingon", 3],
    "url": ["", None, 5, "https://news.example/b?c=1&amp;d=2"],
    "captured_at": ["", None, "rubbish", "2023-09-23T00:00:00Z", 0, []],
    "section": [None, "", "é", [1, {"a": "b"}], "x" * 400, float("inf"), 2**70, "half \ud800"],
    "byline": ["Someone Else", "", None],
    "published_by": ["text"],
    "time": ["10:49", ""],
    "guid": ["https://news.example/g", "tag:1"],
    "pubDateTZ": ["America/New_York"],
}  # fmt: skip
SOURCES = [
    ADHOC,
    Source(
        name="german", languages=("de", "fr"), timezone="Europe/Berlin", boilerplate=("A second paragraph.",)
    ),
    Source(
        name="french",
        languages=("fr",),
        fields={"published": ("pubDate", "published_at"), "title": ("a.b", "title")},
    ),
    Source(name="undated", undated="load", brands=(" budget",)),
]


@st.composite
def fields(draw):
    """Good fields, of which some are odd, missing, or renamed."""
    made = dict(GOOD)
    for name in draw(st.lists(st.sampled_from(sorted(ODD)), max_size=3)):
        made[name] = draw(st.sampled_from(ODD[name]))
    for name in draw(st.lists(st.sampled_from(sorted(GOOD)), max_size=1)):
        del made[name]
    if draw(st.booleans()) and "published_at" in made:
        made["pubDate"] = made.pop("published_at")
    return made


@given(
    st.lists(fields(), max_size=12),
    st.integers(0, 12),
    st.sampled_from(SOURCES),
    st.sampled_from([STAMP, DATED]),
)
@settings(deadline=None, max_examples=300)
def test_records_normalized_together_become_what_each_becomes_alone(several, good, source, stamp):
    rules = normalizer(source, limits=Limits(extra_bytes=300), not_articles=("Page not found",))
    records = [
        RawRecord(each, n, b"raw", "member", n * 7) for n, each in enumerate([*several, *[dict(GOOD)] * good])
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_FEWEST", 2)
        together = normalize_all(rules, records, [stamp] * len(records))
    assert together == [rules(record, stamp) for record in records]


def test_everyday_records_do_not_go_the_long_way(monkeypatch):
    rules = normalizer()
    records = [RawRecord({**GOOD, "section": str(n)}, n, b"raw") for n in range(20)]
    bad = [RawRecord({**GOOD, "published_at": "rubbish"}, 20, b"raw"), RawRecord({"n": 1}, 21, b"raw")]
    expected = [rules(record, STAMP) for record in [*records, *bad]]
    asked = []
    one_by_one = rules._article
    monkeypatch.setattr(
        rules, "_article", lambda record, stamp: asked.append(record) or one_by_one(record, stamp)
    )
    assert normalize_all(rules, [*records, *bad], [STAMP] * len([*records, *bad])) == expected
    assert asked == bad
