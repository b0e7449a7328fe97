"""Titles: what is shown, and the normal form that the key is made from."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.errors import Refusal
from etl.transform.display import TitleRules, display_title
from etl.transform.titles import LONGEST, full_normal_form, normal_form

NONE = TitleRules()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Council approves budget", "Council approves budget"),
        ("  Council \t approves\n budget ", "Council approves budget"),
        ("Q&amp;quot;A&amp;quot;", 'Q"A"'),
        ("Profits &lt;b&gt;up&lt;/b&gt; 3 &lt; 4", "Profits up 3 < 4"),
        ("One<br>two", "One two"),
        ("I <3 you", "I <3 you"),
        ("AT&T buys R&D", "AT&T buys R&D"),
        ("\ufeffZero\u200bWidth\u00ad", "ZeroWidth"),
        ("A\u00a0B\u2009C", "A B C"),
        ("Cafe\u0301", "Café"),
        ("cafÃ© â€œouvertâ€\x9d", "café “ouvert”"),
        ('"Wrapped in quotes"', "Wrapped in quotes"),
        ("'Wrapped'", "Wrapped"),
        ('"One" and "two"', '"One" and "two"'),
        ("“A writer's own quotes”", "“A writer's own quotes”"),
        ("Home » World » The title", "The title"),
        ("Startseite › Politik › Der Titel", "Der Titel"),
        ("Title » Not a breadcrumb", "Title » Not a breadcrumb"),
        ("می‌خواهم", "می‌خواهم"),
        ("Family 👨‍👩‍👧 day", "Family 👨‍👩‍👧 day"),
        ('"', '"'),
        (" ", ""),
    ],
)
def test_a_title_is_shown_on_one_clean_line(raw, shown):
    assert display_title(raw, NONE) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Rain ahead | Example News", "Rain ahead"),
        ("Rain ahead - Example News", "Rain ahead - Example News"),
        ("VIDEO: Rain ahead | Example News", "Rain ahead"),
        ("VIDEO: ", "VIDEO:"),
        ("Paris | Texas wins", "Paris | Texas wins"),
        ("Rain | Example | Example News", "Rain | Example"),
    ],
)
def test_only_the_exact_brands_and_labels_of_a_source_are_cut(raw, shown):
    rules = TitleRules(brands=(" | Example News", "Example"), labels=("VIDEO: ",))
    if shown.endswith("Example"):
        rules = TitleRules(brands=(" | Example News",))
    assert display_title(raw, rules) == shown


def test_a_title_is_cut_at_the_longest_that_the_settings_allow():
    assert display_title("x" * 5000, TitleRules(longest=100)) == "x" * 100


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("Council approves $5m, +1.5% by 2,000", "councilapproves$5m+1.5%by2.000"),
        ("Version 1.2.3. Done.", "version1.2.3done"),
        ("a.b 1 .5 1. 5", "ab1515"),
        ("Straße", "strasse"),
        ("ΟΔΟΣ οδός", "οδοσοδόσ"),
        ("1٫5 ١٫٥", "1.51.5"),
        ("１．５％", "1.5%"),
        ("习近平：“高质量”，2023", "习近平高质量2023"),
        ("½ x²", "12x2"),
        ("👍", "👍"),
        ("👍 ok", "ok"),
    ],
)
def test_the_normal_form_keeps_letters_numbers_and_signs_with_meaning(title, form):
    assert normal_form(title) == form


@pytest.mark.parametrize("title", ["", " ", "?!…", "\u200b\u00ad", "<b></b>", "&nbsp;", "\ud800"])
def test_a_title_of_which_nothing_is_left_is_refused(title):
    with pytest.raises(Refusal) as refused:
        normal_form(title)
    assert refused.value.reason == "no_title"


def test_hostile_titles_take_no_time_to_speak_of():
    marks = "a" + "\u0301\u0323" * 100_000
    assert len(normal_form(marks)) <= LONGEST
    assert len(display_title(marks, NONE)) <= LONGEST
    assert len(normal_form("ﷺ" * 200_000)) <= LONGEST
    assert display_title("&amp;" * 100_000 + "lt;", NONE)
    assert display_title("<" * 100_000, NONE)


@pytest.mark.parametrize(
    "title", ["up 3'.5%", "up 3.`5%", "up 3\x00.5%", "é 3’.5%", "é 3\xad.\u200b5%", "é 3\ud800.5%"]
)
def test_a_point_is_a_decimal_mark_where_what_parts_it_from_its_digits_does_not_count(title):
    """Found by fuzzing: the short way gave `35` where the recipe gives `3.5`."""
    assert normal_form(title).endswith("3.5%")


def form_or_none(make, title):
    try:
        return make(title)
    except Refusal:
        return None


AWKWARD = st.text(
    alphabet="aA1.,٫․﹒:éÉıİiß̈́ςΣσيىكе́가ㄱㅏ각½²…，．¨´ﾞｶカ゛が'’ʼ\u200d\u200c\ufe0f❤👍%+$€क़ा्नَـﷺﬁ①5 <b>&lt;",
    max_size=12,
)


NUMBERS = st.text(alphabet="35½٣３.,．٫'`’ʼ\x00\x85\xad\u200b\u0301\ud800 aé中", max_size=6)


@given(st.one_of(st.text(max_size=15), AWKWARD, NUMBERS))
@settings(max_examples=500, deadline=None)
def test_the_short_ways_to_the_normal_form_give_what_the_recipe_gives(title):
    assert form_or_none(normal_form, title) == form_or_none(full_normal_form, title)


@given(st.one_of(st.text(max_size=15), AWKWARD))
@settings(max_examples=500, deadline=None)
def test_the_normal_form_is_idempotent_and_the_same_for_nfc_and_nfd(title):
    form = form_or_none(normal_form, title)
    for same in ("NFC", "NFD"):
        assert form_or_none(normal_form, unicodedata.normalize(same, title)) == form
    assert form is None or normal_form(form) == form


PIECES = st.sampled_from(
    ["a", "B c", " ", "\n", "&amp;", "lt;", "&lt;", "<b>", "</b>", "<", ">", '"', "'", " » ", "Home",
     " | Ex", "V: ", "é", "e\u0301", "\u200d", "👨", "م", "\u200c", "Ã©", "\x85", "\ufeff", "\xa0",
     "&#38;", "&quot;"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=20), st.lists(PIECES, max_size=10).map("".join)))
@settings(max_examples=500, deadline=None)
def test_showing_a_title_is_idempotent(raw):
    rules = TitleRules(brands=(" | Ex",), labels=("V: ",))
    shown = display_title(raw, rules)
    assert display_title(shown, rules) == shown
    assert "\n" not in shown


def test_a_form_that_grows_past_the_recipes_length_is_the_recipes() -> None:
    title = "Title" + "\ufdfa" * 200  # each stands for 18 characters
    assert normal_form(title) == full_normal_form(title)
    assert normal_form(normal_form(title)) == normal_form(title)
