"""Bodies: clean paragraphs, from whatever a dump has."""

import re
import sys
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.transform import markup
from etl.transform.boilerplate import body_cleaner, spellings
from etl.transform.mojibake import _suspect, is_suspect
from etl.transform.spacing import single_spaced
from etl.transform.text import clean_body, clean_line, is_clean, mended_body, mended_in_place

LONG = (
    "A whole paragraph, that no narrow page would ever have wrapped, for it is long enough by far and more."
)
WRAPPED = """    Showers continued throughout the week in
the Bahia cocoa zone, alleviating the drought since early
January and improving prospects for the coming temporao.
    The dry period means the temporao will be late this year,
and arrivals for the week ended February 22 were small."""


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        ("", ""),
        (" \n\t\n ", ""),
        ("One.\n\nTwo.", "One.\n\nTwo."),
        ("  One.  \n \n\n\n Two  words.\t", "One.\n\nTwo words."),
        ("One.\r\n\r\nTwo.\rThree.", "One.\n\nTwo. Three."),
        ("One.\nTwo.\nThree.", "One.\n\nTwo.\n\nThree."),
        (f"{LONG}\n{LONG}\n\nEnd.", f"{LONG}\n\n{LONG}\n\nEnd."),
        ("A wrapped\nline.\n\nAnother.", "A wrapped line.\n\nAnother."),
        ("第一行，\n第二行。\n\n第三。", "第一行，第二行。\n\n第三。"),
        ("\u3000\u3000第一段。\n\u3000\u3000第二段。", "第一段。\n\n第二段。"),
        ("Intro:\n- one\n- two\n\nEnd.", "Intro:\n\n- one\n\n- two\n\nEnd."),
        ("a\u2029b\u2028c", "a\n\nb c"),
        ("A\xa0B\u2009C\u202fD", "A B C D"),
        ("Cafe\u0301", "Café"),
        ("Co\xadop\u200b\ufeff\x07", "Coop"),
        ("می‌خواهم نام\u200c.", "می‌خواهم نام."),
        ("a\u200db 👨‍👩‍👧", "ab 👨‍👩‍👧"),
        ("It&#8217;s R&amp;D &amp;lt;3 &unknown; AT&T", "It’s R&D <3 &unknown; AT&T"),
        ("Reuter&#3;&#2;", "Reuter"),
        ("<p>One\ntwo</p><p>Three<br/>four <b>bold</b></p>", "One two\n\nThree\n\nfour bold"),
        ("&lt;p&gt;Escaped&lt;/p&gt;&lt;p&gt;twice&lt;/p&gt;", "Escaped\n\ntwice"),
        ("Before<script>if (a < b) {}</script> after<!-- no -->.", "Before after ."),
        ("x < y and <name withheld> said <3", "x < y and <name withheld> said <3"),
        ("cafÃ© trÃ¨s â€œbonâ€\x9d", "café très “bon”"),
        ("Spaß“ und É” stay", "Spaß“ und É” stay"),
    ],
)
def test_a_body_becomes_clean_paragraphs(raw, body):
    assert clean_body(raw) == body
    assert is_clean(body) or clean_body(body) == body


def test_lines_wrapped_by_a_narrow_page_are_joined_and_indented_ones_begin_a_paragraph():
    paragraphs = clean_body(WRAPPED).split("\n\n")
    assert [paragraph[:12] for paragraph in paragraphs] == ["Showers cont", "The dry peri"]


def test_a_clean_text_comes_back_as_the_very_same_object():
    for text in (
        "One.\n\nTwo “quoted” words.",
        "第一段。\n\n第二段。",
        "कानून के बाद",
        "Été à la plage",
        "обзор",
    ):
        assert is_clean(text)
        assert clean_body(text) is text


def test_more_viramas_than_a_character_may_have_are_cut_by_the_short_way_too():
    text = "क" + "\u094d" * 40 + "क"
    assert clean_body(text) == mended_body(text) != text


PIECES = st.sampled_from(
    [
        "a", "b. ", "Word", "  ", " ", "\n", "\n\n", "\r\n", "\t", "\xa0", "\u3000", "&amp;", "&lt;", "&gt;",
        "&amp;lt;", "p>", "<p>", "</p>", "<br/>", "<b>", "</b>", "<script>", "</script>", "<!--", "-->", "é",
        "e\u0301", "\u0301", "Ã©", "Ã\xa0", "Â\xa0", "â€œ", "â€\x9d", "\x80", "\x85", "\u200b", "\u200c",
        "\u200d", "\u2028", "\u2029", "\ufeff", "\xad", "م", "क", "👍", "👨", "习", "近", "。", "- ", "1. ",
        "; ", "&#", "38;", "&nbsp;", "&#8217;", "x" * 60, "y" * 130, ".", "\x0b", "\x00", "Spaß“", "É”",
        "<3", "< b", "&", "R&D", "\u037e", "&lt\u037e", "\u212a", "\ufe0f", "\u0327",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=40))


@given(TEXTS)
@settings(max_examples=600, deadline=None)
def test_the_short_ways_give_what_all_the_rules_give_and_cleaning_is_idempotent(text):
    body = clean_body(text)
    assert body == mended_body(text)
    assert clean_body(body) == mended_body(body) == body
    assert not is_clean(text) or body == text


OPENINGS = st.sampled_from(
    ["<p", "</br\n\n", "<b", "<i\x00", "<", "&am", "&#38", "&", "<!-", "Ã\u200b"]
)  # fmt: skip
CLOSINGS = st.sampled_from(
    [">", ">>", ";", "p;", "amp;", "\x00>", "-->", "\u200b©", " >", "\n>", "‹"]
)  # fmt: skip


@st.composite
def nested(draw: st.DrawFn) -> str:
    """Openings of tags, references and mangled characters, up to eighty deep, then closings."""
    depth = draw(st.integers(1, 80))
    openings = draw(st.lists(OPENINGS, min_size=1))
    closings = draw(st.lists(CLOSINGS, min_size=1))
    return "".join(kinds[n % len(kinds)] for kinds in (openings, closings) for n in range(depth))


@given(nested())
@settings(max_examples=300, deadline=None)
def test_a_body_whose_tags_form_from_what_is_left_of_others_is_clean_for_good(text):
    body = clean_body(text)
    assert clean_body(body) == mended_body(body) == body


def test_marks_of_tags_nested_deeper_than_any_are_spaces_and_what_is_outside_stays():
    text = "One " + "</br\n\n<p" * 40 + ">" * 80 + " three &amp; four"
    body = clean_body(text)
    assert "<" not in body
    assert body.startswith("One ")
    assert body.endswith(" three four")
    assert clean_body(body) == body


BRACKETS = st.lists(
    st.sampled_from(["<", ">", "<b", "<br", "</p", " ", "x", "/", "3", "<i>", "p", "<!--", "-->"]),
    max_size=16,
).map("".join)  # fmt: skip


@given(BRACKETS)
@settings(max_examples=500, deadline=None)
def test_one_pass_over_the_brackets_of_a_title_drops_what_pass_after_pass_would(text):
    slow, before = markup._without_hidden(text), ""
    while slow != before:
        before, slow = slow, markup._ANY_TAG.sub("", markup._BREAKING_TAG.sub(" ", slow))
    assert markup.drop_title_tags(text) == slow


def test_mangled_text_is_mended_through_every_level():
    text = "é"
    for _ in range(9):  # each level hides the next behind invisible characters
        text = "".join("\u200b".join(c.encode().decode("latin-1")) if c > "\x7f" else c for c in text)
    assert clean_body(text) == "é"


@given(TEXTS)
@settings(max_examples=600, deadline=None)
def test_what_is_mended_in_place_is_what_all_the_rules_make_of_it(text):
    assert mended_in_place(text) in (None, mended_body(text))


@pytest.mark.parametrize(
    "raw",
    [
        f" {LONG}\r\n\r\n{LONG} ",
        f"{LONG}\n\nResearch &amp; Development",
        f"{LONG}   two \t runs\n\n{LONG}",
        f"Il va à\xa0la plage\n\n{LONG}",
        f"\n{LONG}\n\nÉté  chaud\n",
        f"{LONG}  \n\n  {LONG} \n \nEnd",
        f"{LONG}\n{LONG}\nEnd",
        f"One.\n\nTwo.\n{LONG}\n\n{LONG}\r\nEnd\n\n",
    ],
)
def test_everyday_bodies_are_mended_in_place(raw):
    assert mended_in_place(raw) == mended_body(raw)


@given(st.text(st.sampled_from("a  é\n"), max_size=90))
@settings(max_examples=300, deadline=None)
def test_every_run_of_spaces_becomes_one_and_none_is_left_beside_a_line_feed(text):
    assert single_spaced(text) == re.sub(" +", " ", re.sub(" *\n *", "\n", text)).strip(" ")


@given(st.one_of(TEXTS, st.text(st.sampled_from("Ãàð«“”a\x85\xa0"), max_size=8)))
@settings(max_examples=400, deadline=None)
def test_the_table_for_mangled_text_misses_none(text):
    assert is_suspect(text) is _suspect(text)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_nfc_and_nfd_give_one_body(text):
    if not _suspect(text) and not set(text) & set("<&\n\r"):
        assert clean_body(unicodedata.normalize("NFD", text)) == clean_body(text)


@pytest.mark.parametrize(
    "hostile",
    [
        "&amp;" * 40_000 + "lt;",
        "&#38;" * 40_000 + "#38;lt;",
        "<" * 100_000,
        "<!--" * 40_000,
        "<script>" * 30_000,
        "<p " * 60_000,
        "<p" * 20_000 + ">" * 20_000,
        "a" + "\u0301\u0323" * 100_000,
        " " * 200_000 + "x",
        "\n" * 200_000 + "x",
        "&#" + "9" * 100_000 + ";",
        "â€" * 20_000,
        "\u200d" * 100_000,
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_hostile_texts_are_done_within_a_second(hostile):
    started = time.process_time()
    clean_body(hostile)
    assert time.process_time() - started < 1.5


LINES = ("Leave a Replay", "Share this:", "Für Sie  ausgewählt")


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        ("One.\n\nTwo.\n\nLeave a Replay", "One.\n\nTwo."),
        ("One.\n\nLEAVE  A\xa0REPLAY\n\nTwo.", "One.\n\nTwo."),
        ("Share this:\n\nOne.", "One."),
        (f"{LONG}\nshort one\nLeave a Replay", f"{LONG}\n\nshort one"),
        ("A wrapped\nline.\nLeave a Replay\n\nEnd.", "A wrapped line.\n\nEnd."),
        ("<p>One.</p><p>Share this:</p>", "One."),
        ("für sie ausgewählt", ""),
        ("You may leave a replay here.", "You may leave a replay here."),
    ],
)
def test_boilerplate_lines_are_dropped_wherever_they_stand_alone(raw, body):
    assert body_cleaner(LINES)(raw) == body


@given(st.lists(st.sampled_from(["One.", "Leave a Replay", "Share this:", LONG]), max_size=6))
@settings(max_examples=100, deadline=None)
def test_the_probe_for_boilerplate_misses_none(paragraphs):
    body = body_cleaner(LINES)("\n\n".join(paragraphs))
    assert body == "\n\n".join(part for part in paragraphs if part not in LINES)


def _without_lines_by_all_rules(raw):
    """What `body_cleaner(LINES)` gives, by every rule and no probe."""
    wanted = {clean_line(line).lower() for line in LINES}
    left = [line for line in raw.split("\n") if clean_line(line).lower() not in wanted]
    parts = mended_body("\n".join(left)).split("\n\n")
    return "\n\n".join(part for part in parts if part.lower() not in wanted)


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [*LINES, "SHARE THIS:", " share  this: ", "F\xdcR SIE\xa0AUSGEWÄHLT", "Share&#32;this:", LONG]
            ),
            TEXTS,
        ),
        max_size=5,
    ),
    st.sampled_from(["\n\n", "\r\n\r\n", "\n", "\n \n"]),
)
@settings(max_examples=300, deadline=None)
def test_the_short_ways_drop_the_lines_that_all_the_rules_drop(lines, between):
    raw = between.join(lines)
    assert body_cleaner(LINES)(raw) == _without_lines_by_all_rules(raw)


def test_a_line_is_looked_for_by_every_letter_that_is_lowered_to_its_first():
    for code in (*range(0xD800), *range(0xE000, sys.maxunicode + 1)):
        assert chr(code) in spellings(chr(code).lower()[0])


def test_without_boilerplate_a_body_is_only_cleaned():
    assert body_cleaner(())("Leave a Replay ") == "Leave a Replay"


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (" Jane  Doe ", "Jane Doe"),
        ("a\nb", "a b"),
        ("R&amp;D", "R&D"),
        ("\u200bЛи\xa0Хань", "Ли Хань"),
        ("", ""),
    ],
)
def test_a_short_text_is_cleaned_on_one_line(raw, line):
    assert clean_line(raw) == line
