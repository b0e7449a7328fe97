import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import ConfigError, DumpError, Refusal
from etl.extract.decoding import (
    declared_codecs,
    decode,
    guess_encoding,
    line_encodings,
    whole_encoding,
    wide_encoding,
)
from etl.extract.streams import Transcoded, peeked, wholly_utf8
from etl.model import Reason

TEXTS = {
    "cp1252": "Le marché a fermé tôt — « une fête », dit le maire de Besançon, déjà prêt à payer 20 €.",
    "cp1251": "Старая мельница у реки снова работает, и жители деревни пекут свой хлеб каждое утро.",
    "koi8_r": "Старая мельница у реки снова работает, и жители деревни пекут свой хлеб каждое утро.",
    "gb18030": "河边的老磨坊又开始转动了，村里的人每天早上都自己烤面包，孩子们都来看热闹。",
    "big5": "河邊的老磨坊又開始轉動了，村裡的人每天早上都自己烤麵包，孩子們都來看熱鬧。",
    "cp932": "川のほとりの古い水車がまた動きはじめ、村の人々は毎朝パンを焼いています。",
    "euc_jp": "川のほとりの古い水車がまた動きはじめ、村の人々は毎朝パンを焼いています。",
    "cp949": "강가의 오래된 물레방아가 다시 돌기 시작했고 마을 사람들은 매일 아침 빵을 굽는다.",
    "cp1256": "عادت الطاحونة القديمة على ضفة النهر إلى العمل وأهل القرية يخبزون كل صباح.",
    "cp1253": "Ο παλιός μύλος δίπλα στο ποτάμι δουλεύει ξανά και το χωριό ψήνει ψωμί κάθε πρωί.",
    "cp1255": "הטחנה הישנה ליד הנהר פועלת שוב ואנשי הכפר אופים לחם בכל בוקר.",
    "cp1250": "Stary młyn nad rzeką znów działa, a mieszkańcy wsi pieką chleb każdego ranka; święto żniw.",
    "cp874": "โรงสีเก่าริมแม่น้ำกลับมาทำงานอีกครั้งและชาวบ้านอบขนมปังทุกเช้า",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_a_page_in_an_encoding_that_nobody_declared_is_guessed_right(encoding):
    text = f"{TEXTS[encoding]}\n\n{TEXTS[encoding]}\n"
    assert decode(text.encode(encoding), None) == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "El molino viejo vuelve a girar y los vecinos hornean pan cada mañana, según el alcalde."),
        ("cp1252", "Die alte Mühle dreht sich wieder, und die Leute im Dorf backen täglich größere Brote."),
        (
            "cp1252",
            "O velho moinho voltou a girar e os moradores fazem pão toda manhã; não há pressa, então.",
        ),
        ("cp1252", "Den gamle møllen går igjen, og folk i bygda baker brød på nytt hver morgen, året rundt."),
        (
            "cp1250",
            "A régi malom újra forog, és a falubeliek minden reggel kenyeret sütnek; jövőre is így lesz.",
        ),
        (
            "cp1250",
            "Starý mlýn u řeky se znovu točí a lidé ve vsi pečou každé ráno chléb; žně začnou už brzy.",
        ),
        (
            "cp1254",
            "Eski değirmen yeniden dönüyor ve köylüler her sabah ekmek pişiriyor; şenlik yakında başlıyor.",
        ),
    ],
)
def test_latin_code_pages_are_told_apart_by_the_language(encoding, text):
    assert decode(text.encode(encoding), None) == text


@pytest.mark.parametrize("encoding", TEXTS)
def test_a_declared_encoding_is_taken(encoding):
    assert decode(TEXTS[encoding].encode(encoding), encoding) == TEXTS[encoding]


@pytest.mark.parametrize("sign", ["£", "€", "’", "é", "ü", "–", "½"])
def test_a_rare_western_sign_in_english_is_that_sign(sign):
    text = "The club paid " + sign + "4m for him, and that was all there was to say about it. " * 4
    assert decode(text.encode("cp1252"), None) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")))
def test_utf8_is_read_as_it_is(text):
    assert decode(text.encode(), None) == text
    assert decode(text.encode(), "gbk") == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1))
@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_byte_order_mark_decides(encoding, text):
    assert decode(text.encode(encoding), "cp1251") == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_text_without_a_mark_is_told_by_its_zeros(encoding):
    text = "The lamp of the lighthouse was replaced.\n" * 3
    assert wide_encoding(text.encode(encoding)) == (encoding, 0)
    assert decode(text.encode(encoding), None) == text


def test_zeros_in_plain_text_are_no_encoding():
    assert decode(b"one\0two three four five six", None) == "one\0two three four five six"


@pytest.mark.parametrize(
    "data",
    [
        "Café on the square, naïve and façade\n".encode() * 3 + b"one stray \xe9 byte",
        "日本語".encode() + b"\n\xff\xfe\xfd broken",
        "Straße".encode() + b"\ncut off \xe4\xb8",
    ],
)
def test_stray_bytes_in_utf8_are_refused_and_nothing_is_garbled(data):
    with pytest.raises(Refusal, match="is not UTF-8") as refused:
        decode(data, None)
    assert refused.value.reason is Reason.UNDECODABLE
    assert "encoding" in refused.value.detail


def test_stray_bytes_in_utf8_are_read_where_the_source_declares_what_they_are():
    assert decode("Café\n".encode() + b"caf\xe9", "latin-1") == "Café\ncafé"


def test_a_declared_encoding_that_lies_gives_way_to_a_guess():
    text = TEXTS["cp1251"] * 2
    assert decode(text.encode("cp1251"), "shift_jis") == text


@pytest.mark.parametrize("name", ["no-such-thing", "hex", "utf-8\0"])
def test_an_unknown_encoding_is_a_mistake_in_the_configuration(name):
    with pytest.raises(ConfigError, match="is not known"):
        line_encodings(b"caf\xe9", name)


@pytest.mark.parametrize(
    "data", [bytes(range(128, 256)) * 4, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xfe\x81" * 9]
)
def test_bytes_that_are_no_text_have_no_encoding(data):
    assert guess_encoding(data) is None


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.integers(1, 7),
    st.sampled_from(["utf-16-le", "utf-32-be", "gb18030"]),
)
def test_a_transcoded_stream_is_the_text_in_utf8(text, step, encoding):
    class Steps:
        def __init__(self):
            self._data = io.BytesIO(text.encode(encoding))

        def read(self, size, /):
            return self._data.read(min(step, size))

    stream = Transcoded(Steps(), encoding, 0, "d")
    out = b"".join(iter(lambda: stream.read(5), b""))
    assert out.decode() == text


@pytest.mark.parametrize(
    ("data", "encoding"),
    [(b"a\0\x00\xd8b\0", "utf-16-le"), (b"a\0b", "utf-16-le"), (b"a\x81\x01", "gb18030")],
)
def test_what_is_no_character_leaves_the_stream_as_no_utf8(data, encoding):
    stream = Transcoded(io.BytesIO(data), encoding, 0, "d")
    out = b"".join(iter(lambda: stream.read(100), b""))
    assert out.startswith(b"a")
    with pytest.raises(UnicodeDecodeError):
        out.decode()


def test_a_member_in_another_encoding_as_a_whole_is_told_from_a_damaged_one():
    gbk = ('{"a":"' + TEXTS["gb18030"] + '"}').encode("gbk")
    assert whole_encoding(gbk, None) == "gb18030"
    assert whole_encoding(gbk, "gb2312") == "gb18030"
    damaged = '{"a":"café","b":"naïve"},'.encode() * 20 + b'{"a":"caf\xe9"}'
    assert whole_encoding(damaged, None) is None
    assert line_encodings(damaged, None) == ()


def test_one_line_of_utf8_that_the_sample_cuts_is_still_utf8():
    stream, encodings = wholly_utf8(io.BytesIO(("é" * 300_001).encode()), "d", None)
    assert encodings == ()
    assert stream.read(2) == "é".encode()


def test_what_was_peeked_at_comes_again_and_an_error_after_it():
    pieces = [b"ab", b"cd"]

    class Failing:
        def read(self, size, /):
            if not pieces:
                raise DumpError("d", "broken")
            return pieces.pop(0)

    head, stream = peeked(Failing(), 100)
    assert head == b"abcd"
    assert stream.read(3) + stream.read(3) == b"abcd"
    with pytest.raises(DumpError, match="broken"):
        stream.read(1)


@pytest.mark.parametrize("declared", ["utf-16", "utf-32", "gb2312", "latin-1"])
def test_an_encoding_of_any_width_may_be_declared(declared: str) -> None:
    assert declared_codecs(declared)
