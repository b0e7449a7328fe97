"""Mutated inputs of every kind end as articles, rejections or a failed dump, each within its budget."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.extract.readers import READERS
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS, bodies, dates, inspect, titles

TOKENS = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\n", b"\r", b"\xe2\x80\xa8", b'"', b"\\",
    b"{", b"}", b"[", b"]", b"<", b">", b"</", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<![CDATA[", b"&#x0;",
    b"&amp;", b"1e999", b"NaN", b"9" * 400, b"-", b":", b";", b",", b"WARC/1.0\r\n", b"\x1f\x8b\x08\x00",
    b"Content-Length: 99999999999\r\n", b"PK\x03\x04", b"2026-02-30", b"T24:00:60Z", b"http://[",
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, target: str) -> bytes:
    """A seed with a few of its parts cut, doubled, flipped, or replaced by something awkward."""
    data = draw(st.sampled_from(seeds(target)))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 1, 2, 8, 40, 400]))
        part = data[place : place + length]
        new = draw(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=6), st.just(part * 3)))
        data = data[:place] + new + data[place + length :]
    return data


def short(examples: int):
    """The same examples every time; `make fuzz` is what looks for others."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("name", READERS)
def test_any_bytes_of_a_format_balance_within_their_budget(name: str) -> None:
    @short(25)
    @given(mutated(name))
    def law(data: bytes) -> None:
        TARGETS[name](data)

    law()


@short(60)
@given(mutated("inspect"))
def test_any_bytes_under_any_name_balance_within_their_budget(data: bytes) -> None:
    inspect(data)


@short(150)
@given(st.one_of(mutated("dates"), st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_text_is_an_instant_or_a_refusal_and_stays_what_it_is(data: bytes) -> None:
    dates(data)


@short(150)
@given(st.one_of(mutated("titles"), st.text(max_size=60).map(str.encode)))
def test_the_form_of_a_title_is_its_own_form_in_either_spelling(data: bytes) -> None:
    titles(data)


@short(100)
@given(st.one_of(mutated("bodies"), st.text(max_size=200).map(str.encode)))
def test_a_clean_body_stays_as_it_is(data: bytes) -> None:
    bodies(data)
