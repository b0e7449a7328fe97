"""Documents that state an encoding are read in the one that explains their bytes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.errors import Refusal
from etl.extract.declared import (
    DAMAGE,
    decode_declared,
    html_encoding,
    known_encoding,
    refuse_damage,
    xml_encoding,
)

CHINESE = "港口渡轮与电车共用一张票，从周一起，一张票就可以乘坐渡轮和电车。"
RUSSIAN = "С понедельника хватит одного билета на весь город и на весь залив."


@pytest.mark.parametrize(
    ("text", "encoding", "stated"),
    [
        ("naïve café", "utf-8", ["iso-8859-1"]),  # the statement lies
        ("naïve café “so”", "cp1252", ["utf-8", "iso-8859-1"]),
        ("naïve café “so”", "cp1252", ["iso-8859-1"]),  # read as browsers do
        (CHINESE, "gb18030", ["gb2312"]),
        (CHINESE, "gb18030", []),
        (CHINESE, "utf-16", ["utf-8"]),
        (CHINESE, "utf-8-sig", ["gb2312"]),
        ("日本語の新聞", "iso2022_jp", ["iso-2022-jp"]),
        ("日本語の新聞の見出し", "shift_jis", ["x-sjis"]),
        (RUSSIAN, "cp1251", []),
        (RUSSIAN, "koi8-r", ["koi8-r"]),
        (RUSSIAN, "cp1251", ["no-such-encoding"]),
        ("년", "euc_kr", ["euc-kr"]),
    ],
)
def test_a_document_is_read_in_the_encoding_that_explains_it(text, encoding, stated):
    assert decode_declared(text.encode(encoding), stated) == text


def test_lines_in_another_encoding_do_not_garble_the_rest():
    data = "Zürich\n".encode() * 5 + "Genève\n".encode("latin-1")
    assert decode_declared(data, ["iso-8859-1"]) == "Zürich\n" * 5 + "Genève\n"


def test_bytes_that_nothing_explains_are_marked_and_refused():
    text = decode_declared("Zürich\n".encode() * 5 + b"Gen\xffve\n", ["utf-8"])
    assert text == "Zürich\n" * 5 + f"Gen{DAMAGE}ve\n"
    with pytest.raises(Refusal, match=r"the title has bytes .*Gen�ve"):
        refuse_damage(text, "the title")


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "gb2312", "latin-1", "bogus", "utf-16", None]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_some_text(data, stated):
    decode_declared(data, [stated]).encode("utf-8")


@given(st.text(max_size=200).filter(lambda text: not text.startswith("\ufeff") and "\0" not in text))
@settings(max_examples=100, deadline=None)
def test_utf8_is_read_as_such_whatever_single_byte_encoding_is_stated(text):
    assert decode_declared(text.encode(), ["iso-8859-1"]) == text


def test_an_encoding_is_found_where_documents_state_it():
    assert xml_encoding(b"<?xml version='1.0' encoding='GB18030'?><a/>") == "GB18030"
    assert xml_encoding(b"<a encoding='x'/>") is None
    assert html_encoding(b"<html><meta http-equiv=x content='text/html; charset=Big5'>") == "Big5"
    assert html_encoding(b'<?xml version="1.0" encoding="utf-8"?><html>') == "utf-8"


def test_codecs_that_are_no_text_encodings_are_unknown():
    assert known_encoding("hex") is None
    assert known_encoding("zlib") is None
    assert known_encoding(" 'UTF8' ") == "utf-8"
