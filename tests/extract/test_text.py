import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.extract.datelines import date_line
from etl.extract.text import page_fields, read_page
from etl.model import RawRecord
from tests.extract.helpers import SHARED, needs_dumps, outcome_of, reading


@pytest.mark.parametrize(
    "line",
    [
        "2023-09-22 10:49:00",
        "2023-09-22",
        "2023/9/22 10:49",
        "22.09.2023 10:49 Uhr",
        "2023-09-22T10:49:00.123Z",
        "2023-09-22T10:49:00+08:00",
        "20230922T104900Z",
        "22 September 2023",
        "Friday, September 22, 2023",
        "Sept. 22, 2023 10:49 a.m. ET",
        "10:49, 22 September 2023",
        "10:49 PM EDT, Fri September 22, 2023",
        "Fri, 22 Sep 2023 10:49:00 +0800",
        "Fri Sep 22 10:49:00 2023",
        "22nd of September 2023",
        "22 de setembro de 2023 às 10h49",
        "le 22 septembre 2023",
        "2023年9月22日 10:49",
        "2023年09月22日 星期五 上午10时49分",
        "2023년 9월 22일 오전 10:49",
        "١٢ سبتمبر ٢٠٢٣",
        "22 सितंबर 2023",
        "2023-09-22 10:49:00 GMT+0800 (CST)",
        "3-MAR-1987 09:17:32.30",
        "22/09/2023 | 10:49",
    ],
)
def test_a_line_that_is_wholly_a_date_is_told(line):
    assert date_line(line) == ("", line)


@pytest.mark.parametrize(
    ("line", "label", "date"),
    [
        ("Published: 2023-09-22 10:49", "Published", "2023-09-22 10:49"),
        ("Posted on 22 September 2023", "Posted on", "22 September 2023"),
        ("Last updated : 22 September 2023, 10:49", "Last updated", "22 September 2023, 10:49"),
        ("发布时间：2023-09-22 10:49", "发布时间", "2023-09-22 10:49"),
        ("Date:\t2023-09-22", "Date", "2023-09-22"),
    ],
)
def test_a_label_before_a_date_is_told(line, label, date):
    assert date_line(line) == (label, date)


@pytest.mark.parametrize(
    "line",
    [
        "The war of 1812 in five maps",
        "He was born on 12 May 1999",
        "2023",
        "1990-1995",
        "Windows 2000",
        "World Cup 2022 in Qatar",
        "September 2023",
        "10:49",
        "Call 555-0199 2023 now",
        "2023-09-22 was a sunny day",
        "In 2023: 12 people",
        "x" * 101,
    ],
)
def test_a_line_that_says_more_than_a_date_is_none(line):
    assert date_line(line) is None


def test_the_date_stands_near_the_top_or_not_at_all():
    far = "Title\n\n" + "A short line.\n\n" * 5 + "2023-09-22 10:49:00\n\nMore."
    assert "published" not in page_fields(far)
    after_a_paragraph = "Title\n\n" + "word " * 60 + "\n\n2023-09-22 10:49:00\n\nMore."
    assert "published" not in page_fields(after_a_paragraph)
    assert page_fields("Title\nA subtitle\nBy Ann Berg\n\n2023-09-22\n\nBody.") == {
        "title": "Title",
        "byline": "Ann Berg",
        "published": "2023-09-22",
        "body": "A subtitle\n\nBody.",
    }


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("by Jane Doe and Ole van der Berg", "Jane Doe and Ole van der Berg"),
        ("Written by Jane Doe", "Jane Doe"),
        ("Author: Jane Doe", "Jane Doe"),
        ("By JANE DOE, Coast Weekly", "JANE DOE, Coast Weekly"),
        ("作者：林晓", "林晓"),
        ("记者/林晓", "林晓"),
        ("By Friday the storm had passed.", None),
        ("By then it was late", None),
        ("By " + "Name " * 20, None),
        ("Bypass closed", None),
    ],
)
def test_a_byline_is_told_from_a_sentence(line, name):
    fields = page_fields(f"Title\n{line}\n\nBody.")
    assert fields.get("byline") == name
    assert (line.strip() in fields["body"]) == (name is None)


@pytest.mark.parametrize(
    ("opening", "name"),
    [
        ("News (Coast Weekly social media reporter Ines Marlow)On Monday", "Ines Marlow"),
        ("OLDHAVEN (Our correspondent: Ines Marlow) – On Monday", "Ines Marlow"),
        ("本报讯（记者 林晓）图书馆", "林晓"),
        ("新华社（本报记者林晓 王宁）图书馆", "林晓 王宁"),
        ("She (a reporter at large) said", None),
        ("The mayor (left) said", None),
        ("x" * 500 + " (reporter Ines Marlow)", None),
    ],
)
def test_a_reporter_in_parentheses_in_the_opening_is_the_byline(opening, name):
    fields = page_fields(f"Title\n\n{opening}\n\nMore.")
    assert fields.get("byline") == name
    assert fields["body"].startswith(opening)


@pytest.mark.parametrize(
    ("line", "editor"),
    [
        ("Editor: Baohua", "Baohua"),
        ("editor ： Tomas Field", "Tomas Field"),
        ("Responsible editor: Tomas Field", "Tomas Field"),
        ("编辑：王宁", "王宁"),
        ("责任编辑:王宁", "王宁"),
        ("【责任编辑：王宁】", "王宁"),
        ("(Editor: Tomas Field)", "Tomas Field"),
        ("The editor: a short history of the word, and of all those who bore it since it was coined", None),
    ],
)
def test_the_editor_is_told(line, editor):
    fields = page_fields(f"Title\n\nBody.\n\n{line}")
    assert fields.get("editor") == editor
    assert (line in fields["body"]) == (editor is None)


def test_the_tail_keeps_what_follows_it_in_the_body():
    fields = page_fields("Title\n\nBody.\n\nEditor: A\n1695388531\n#b #c\n\nLeave a Replay\n\nShare this:")
    assert fields == {
        "title": "Title",
        "editor": "A",
        "captured": "1695388531",
        "tags": ["b", "c"],
        "body": "Body.\n\nLeave a Replay\n\nShare this:",
    }


@pytest.mark.parametrize(
    ("line", "tags"),
    [
        ("#a #b", ["a", "b"]),
        ("#单", ["单"]),
        ("#北京# #上海#", ["北京", "上海"]),
        ("# Heading", None),
        ("#1 of #2 and", None),
    ],
)
def test_a_line_of_tags_is_told(line, tags):
    assert page_fields(f"Title\n\nBody.\n\n{line}").get("tags") == tags


@pytest.mark.parametrize("line", ["169538853", "16953885311", "1695388531x", "١٦٩٥٣٨٨٥٣١"])
def test_other_numbers_are_no_epoch(line):
    assert "captured" not in page_fields(f"Title\n\nBody.\n\n{line}")


def test_of_several_epochs_the_latest_counts():
    assert page_fields("T\n\nB\n\n1706911800000\n1706825400")["captured"] == "1706911800000"
    assert page_fields("T\n\nB\n\n1706825400000\n1706911800")["captured"] == "1706911800"


def test_a_very_long_page_is_read_like_a_short_one():
    paragraph = "A line of some words.\n" * 40_000
    fields = page_fields(f"Title\n2023-09-22\n\n{paragraph}\n\n\n\n{paragraph}\nEditor: A\n1695388531\n#b")
    assert (fields["title"], fields["published"], fields["editor"]) == ("Title", "2023-09-22", "A")
    assert (fields["captured"], fields["tags"]) == ("1695388531", ["b"])
    assert fields["body"] == f"{paragraph}\n{paragraph}".strip()


@pytest.mark.parametrize("text", ["", " \n\t\n", "\u3000\n\xa0"])
def test_a_blank_page_is_no_record(text):
    assert page_fields(text) == {}
    assert read_page(text.encode(), reading()) is None


@given(st.text(max_size=300))
def test_no_line_of_a_page_is_lost(text):
    fields = page_fields(text)
    kept = "\n".join(
        str(value) if not isinstance(value, list) else " ".join(value) for value in fields.values()
    )
    for word in text.replace("\r", "\n").split():
        if word.isalnum() and len(word) > 3:
            assert word in kept or ":" in text or "：" in text


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "(a reporter ",
        "By A ",
        "Editor: ",
        "#a ",
        "1 ",
        "2023 ",
        "Mon 1 2023 ",
        " \n",
        "a: ",
        "（记者 ",
        "12:00 ",
        "» ",
    ],
)
def test_a_page_takes_time_in_proportion_to_its_size(unit):
    def seconds(n):
        text = "Title\n" + unit * n + "\n\n" + unit * n
        best = float("inf")
        for _ in range(3):
            started = time.process_time()
            page_fields(text)
            best = min(best, time.process_time() - started)
        return best

    assert seconds(40_000) < 12 * seconds(10_000) + 0.02


@needs_dumps
def test_the_seed_page_gives_all_its_parts():
    (path,) = (SHARED / "dumps" / "seed").glob("*.txt")
    ((record,), _, error) = outcome_of(path)
    assert error is None
    assert isinstance(record, RawRecord)
    fields = record.fields
    assert fields["title"] == path.read_text().partition("\n")[0]
    assert fields["published"] == "2023-09-22 10:49:00"
    assert (fields["byline"], fields["editor"], fields["captured"]) == ("Li Han", "Baohua", "1695388531")
    assert (len(fields["tags"]), fields["tags"][0]) == (24, "Standing")
    paragraphs = fields["body"].split("\n\n")
    assert paragraphs[0].startswith("News from this website")
    assert (len(paragraphs), paragraphs[-1]) == (7, "Leave a Replay")
    assert fields.keys() == {"title", "published", "body", "byline", "editor", "captured", "tags"}


@needs_dumps
def test_the_bbc_pages_have_a_title_and_a_body_and_one_is_windows_1252():
    paths = sorted((SHARED / "dumps" / "bbc_txt").rglob("*.[tT][xX][tT]"))
    assert len(paths) == 556
    for path in paths:
        ((record,), _, error) = outcome_of(path)
        assert error is None
        assert record.fields.keys() == {"title", "body"}
        if path.parts[-2:] == ("sport", "199.txt"):
            assert "£15.8m" in record.fields["body"]
