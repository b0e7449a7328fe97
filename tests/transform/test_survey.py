"""What the tables over bytes pass, no rule would change: over all of Unicode, alone and side by side."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.transform.survey import NOT_PLAIN, has_control, has_lone_feed, is_untold, may_be_odd, sequence_probe
from etl.transform.text import mended_body


def is_sure(text: str) -> bool:
    """Whether the tables vouch for a text's characters."""
    data = text.encode()
    return not set(data) & set(NOT_PLAIN) and not may_be_odd(data)


EVERY = [
    chr(code) for code in (*range(0x80, 0xD800), *range(0xE000, 0x20000), 0x2F800, 0xE0001, sys.maxunicode)
]
SURE = [character for character in EVERY if is_sure(character)]


def test_no_rule_changes_a_character_that_the_tables_pass():
    changed = [character for character in SURE if mended_body(f"a{character}b") != f"a{character}b"]
    assert changed == []
    assert len(SURE) > 25_000


def test_no_two_characters_that_the_tables_pass_are_composed_or_reordered():
    for character in EVERY:
        parts = unicodedata.decomposition(character).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            pair = "".join(chr(int(part, 16)) for part in parts)
            assert unicodedata.is_normalized("NFC", pair) or not is_sure(pair), pair
    assert [character for character in SURE if unicodedata.combining(character)] == []


NEXT_TO_EACH_OTHER = st.one_of(
    st.text(st.sampled_from(SURE), max_size=8),
    st.text(st.characters(max_codepoint=0xFF), max_size=8),
    st.lists(
        st.sampled_from(list("ÃÂàðßÉ«»“”€™…œŠƒˆa")),
        max_size=8,
    ).map("".join),
)  # fmt: skip


@given(NEXT_TO_EACH_OTHER)
@settings(max_examples=800, deadline=None)
def test_no_rule_changes_a_text_that_the_tables_pass(text):
    text = f"a{text}a".replace("\n", "").replace(" ", "")
    assert not is_sure(text) or mended_body(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Plain words, and a second sentence.",
        "„Grüße“ aus Köln – 5 € für eine Fahrt…",
        "Правительство объявило о новых мерах: «ёлка» № 5",
        "国务院发布了新的规定，要求各地执行。“全文”、《报告》！",
        "أعلنت الحكومة اليوم عن خطة جديدة؛ هل تنجح؟ ١٢٣",
        "日本語のニュース。プログラムは「成功」した。がぎぐげご",
        "한국 정부는 오늘 새로운 계획을 발표했다.",
        "Η κυβέρνηση ανακοίνωσε σήμερα νέα μέτρα. Άλλη",
        "ממשלת ישראל הודיעה היום",
        "Chính phủ Việt Nam hôm nay công bố kế hoạch mới ở Đà Nẵng.",
        "L’été : « ça va » – œuvre à 20 °C.",
    ],
)
def test_everyday_text_of_many_languages_passes(text):
    assert is_sure(text)


ODD = (
    "R&D", "a<b", "tab\there", "cr\r", "\x07", "\x7f", "\x85", "a\xa0b", "soft\xadhyphen", "e\u0301", "cafÃ©",
    "â€œbad", "Spaß“", "\u200b", "\u2028", "\u3000", "\ufeff", "\u212b", "か\u3099", "نَ", "שָ",
    "Α\u0387", "👍",
)  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_what_may_have_to_be_cleaned_does_not_pass(text):
    assert not is_sure(text)


@given(st.text(st.sampled_from("ab\n é习")))
@settings(max_examples=300, deadline=None)
def test_a_line_feed_is_lone_between_two_other_characters(text):
    alone = any(text[i] == "\n" and "\n" not in (text[i - 1], text[i + 1]) for i in range(1, len(text) - 1))
    assert has_lone_feed(text.encode()) is alone


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_controls_of_ascii_are_found(text):
    assert has_control(text.encode()) is any((c < " " and c != "\n") or c == "\x7f" for c in text)


def test_marks_and_emoji_are_left_to_closer_looks():
    assert is_untold("e\u0301".encode())
    assert is_untold("👍".encode())
    assert not is_untold("習é".encode())


SEQUENCES = st.lists(
    st.lists(st.frozensets(st.integers(0, 5), min_size=1, max_size=3), min_size=1, max_size=3).map(tuple),
    min_size=1,
    max_size=2,
)


@given(SEQUENCES, st.lists(st.integers(0, 7), max_size=90).map(bytes))
@settings(max_examples=300, deadline=None)
def test_a_sequence_is_found_where_each_of_its_places_fits(sequences, data):
    there = any(
        all(data[at + ahead] in place for ahead, place in enumerate(sequence))
        for sequence in sequences
        for at in range(len(data) - len(sequence) + 1)
    )
    assert sequence_probe(sequences)(data) is there


def test_more_sequences_than_are_found_fast_are_refused():
    with pytest.raises(ValueError, match="100 literals"):
        sequence_probe([((byte,), (other,)) for byte in range(10) for other in range(10)])
