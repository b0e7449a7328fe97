import struct
import zipfile

import pytest

from etl.extract.zipnames import member_names
from tests.dumps.make_arabic import zipped
from tests.extract.helpers import outcome_of


def names_of(tmp_path, names):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped([(name, b"Ferry and tram\n\nOne ticket.\n") for name in names]))
    records, _, error = outcome_of(path)
    assert error is None
    return [record.member for record in records]


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (["رياضة/خبر.txt", "اقتصاد/أسعار.txt"], "cp1256"),
        (["رياضة/خبر.txt", "اقتصاد/أسعار.txt"], "cp720"),
        (["Новости/Спорт.txt"], "cp866"),
        (["Новости/Спорт.txt"], "cp1251"),
        (["新闻/体育新闻.txt", "新闻/经济.txt"], "gb18030"),
        (["ニュース/スポーツ.txt"], "cp932"),
        (["café.txt", "naïve.txt"], "cp437"),
        (["café.txt", "naïve.txt"], "cp850"),
        (["رياضة/خبر.txt", "نيوز.txt"], "utf-8"),
    ],
)
def test_names_are_read_in_the_page_that_all_of_them_together_show(tmp_path, names, encoding):
    assert names_of(tmp_path, [name.encode(encoding) for name in names]) == names


def test_names_in_utf8_and_in_a_code_page_may_stand_side_by_side(tmp_path):
    assert names_of(tmp_path, ["رياضة.txt".encode(), "اقتصاد.txt".encode("cp1256"), "plain.txt"]) == [
        "رياضة.txt",
        "اقتصاد.txt",
        "plain.txt",
    ]


def test_a_name_that_was_misread_and_then_written_as_utf8_is_read_back(tmp_path):
    assert names_of(tmp_path, ["رياضة.txt".encode().decode("cp437")]) == ["رياضة.txt"]


def test_a_flagged_name_that_has_no_lines_in_it_is_left_alone(tmp_path):
    assert names_of(tmp_path, ["Müller – Straße.txt", "ÇÉâ.txt"]) == ["Müller – Straße.txt", "ÇÉâ.txt"]


def test_a_name_stated_in_the_extra_field_goes_before_the_one_in_a_code_page():
    info = zipfile.ZipInfo("caf?.txt")
    info.orig_filename = "cafΘ.txt"
    stated = "café ☕.txt".encode()
    info.extra = struct.pack("<HHBL", 0x7075, 5 + len(stated), 1, 0) + stated
    assert member_names([info]) == ["café ☕.txt"]


@pytest.mark.parametrize(
    "extra", [b"\x75\x70", struct.pack("<HH", 0x7075, 500), struct.pack("<HHB", 0x7075, 1, 1)]
)
def test_an_extra_field_that_is_damaged_is_passed_over(extra):
    info = zipfile.ZipInfo("x")
    info.orig_filename = "café.txt"
    info.extra = extra
    assert member_names([info]) == ["café.txt"]
