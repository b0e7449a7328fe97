"""Code pages told by the letters of their texts, in files that state nothing and in pages that lie."""

import pytest

from etl.extract.codepages import latin_page, script_page
from etl.extract.declared import decode_declared, html_encoding
from etl.extract.decoding import decode

TEXTS = {
    "ar": "أعلنت إدارة الميناء صباح اليوم عن افتتاح خط العبارة الجديد الذي يربط بين ضفتي النهر",
    "fa": "مديريت بندر امروز صبح خط تازه كشتي را گشود كه دو سوي رودخانه را به هم پيوند ميدهد",
    "he": "הנהלת הנמל הודיעה הבוקר על פתיחת קו המעבורת החדש המחבר בין שתי גדות הנהר",
    "ru": "Администрация порта сообщила утром об открытии новой линии парома, которая соединит берега",
    "uk": "Адміністрація порту повідомила вранці про відкриття нової лінії порома, яка об'єднає береги",
    "bg": "Администрацията на пристанището съобщи сутринта за откриването на новата линия на ферибота",
    "el": "Η διοίκηση του λιμανιού ανακοίνωσε το πρωί το άνοιγμα της νέας γραμμής του πορθμείου",
    "th": "การท่าเรือประกาศเมื่อเช้านี้ว่าได้เปิดเส้นทางเรือข้ามฟากใหม่ที่เชื่อมสองฝั่งแม่น้ำ",
    "zh": "港务局今天上午宣布开通连接两岸的新轮渡航线，并表示轮渡将每半小时一班，居民表示欢迎",
    "zh-TW": "港務局今天上午宣布開通連接兩岸的新渡輪航線，並表示渡輪將每半小時一班，居民表示歡迎",
    "ja": "港湾局は今朝、川の両岸を結ぶ新しいフェリー航路の開設を発表し、便は三十分おきになると述べた",
    "ko": "항만청은 오늘 아침 강의 양쪽을 잇는 새로운 여객선 노선을 열었다고 발표하고 표를 팔기 시작했다",
    "pl": "Zarząd portu ogłosił dziś rano otwarcie nowej linii promowej łączącej oba brzegi rzeki",
    "cs": "Správa přístavu dnes ráno oznámila otevření nové linky přívozu, která spojuje oba břehy řeky",
    "hu": "A kikötő vezetősége ma reggel bejelentette az új kompjárat megnyitását, és örülnek a lakók",
    "tr": "Liman idaresi bu sabah nehrin iki yakasını birleştiren yeni vapur hattının açıldığını duyurdu",
    "lt": "Uosto administracija šį rytą pranešė apie naujos kelto linijos, jungiančios abu upės krantus",
    "fr": "La direction du port a annoncé ce matin l'ouverture de la nouvelle ligne à l'été prochain",
    "de": "Die Hafenverwaltung hat heute früh die Eröffnung der neuen Fährlinie für Fußgänger angekündigt",
}
PAGE = "<html><head>{meta}<title>{text}</title></head><body><h1>{text}</h1><p>{text}.</p></body></html>"
WRITTEN = [
    (language, encoding)
    for language, encodings in {
        "ar": "cp1256 iso8859-6 cp720", "fa": "cp1256", "he": "cp1255 iso8859-8",
        "ru": "cp1251 koi8_r cp866 iso8859-5", "uk": "cp1251 koi8_u", "bg": "cp1251",
        "el": "cp1253 iso8859-7",
        "th": "cp874 tis-620", "zh": "gb18030", "zh-TW": "big5", "ja": "cp932 euc_jp", "ko": "cp949",
        "pl": "cp1250 iso8859-2", "cs": "cp1250 iso8859-2", "hu": "cp1250 iso8859-2",
        "tr": "cp1254 iso8859-9",
        "lt": "cp1257", "fr": "cp1252", "de": "cp1252",
    }.items()
    for encoding in encodings.split()
]  # fmt: skip


@pytest.mark.parametrize(("language", "encoding"), WRITTEN)
def test_a_text_that_states_no_encoding_is_read_in_its_own(language, encoding):
    assert decode(TEXTS[language].encode(encoding), None) == TEXTS[language]


STATED = [None, "utf-8", "iso-8859-1", "windows-1252", "iso-8859-15", "unknown-8bit"]


@pytest.mark.parametrize(("language", "encoding"), WRITTEN)
def test_a_page_is_read_in_its_own_encoding_whatever_it_states(language, encoding):
    for stated in STATED:
        meta = f'<meta http-equiv="Content-Type" content="text/html; charset={stated}">' if stated else ""
        page = PAGE.format(meta=meta, text=TEXTS[language]).encode(encoding)
        assert decode_declared(page, [html_encoding(page)]) == page.decode(encoding), stated


@pytest.mark.parametrize(
    ("language", "encoding"), [pair for pair in WRITTEN if pair[1] not in ("cp720", "cp866")]
)
def test_a_page_that_states_its_encoding_is_read_in_it(language, encoding):
    page = PAGE.format(meta=f'<meta charset="{encoding}">', text=TEXTS[language]).encode(encoding)
    assert decode_declared(page, [html_encoding(page)]) == page.decode(encoding)


@pytest.mark.parametrize("language", ["pl", "cs", "hu", "tr", "lt", "fr", "de"])
def test_no_latin_text_is_taken_for_one_of_another_script(language):
    encoding = dict(WRITTEN)[language]
    assert script_page(TEXTS[language].encode(encoding)) is None


def test_a_language_that_is_not_known_gives_no_page():
    assert latin_page(TEXTS["pl"].encode("cp1250"), "sw") is None


@pytest.mark.parametrize("data", [b"", b"plain", "é".encode("latin-1"), bytes(range(128, 256))])
def test_too_little_or_noise_shows_no_page(data):
    assert script_page(data) is None
