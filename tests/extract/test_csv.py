import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import DumpError
from etl.extract.csv import csv_records, tsv_records
from etl.extract.types import Member
from etl.model import RawRecord, Reason
from tests.extract.helpers import reading, titles

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff"), max_size=8)


def read(data, reader=csv_records, **changes):
    data = data.encode() if isinstance(data, str) else data
    found, error = [], None
    try:
        for record in reader(Member("d", None, "a.csv", io.BytesIO(data)), reading(**changes)):
            found.append(record)
    except DumpError as fault:
        error = fault.message
    return found, error


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_what_a_csv_writer_wrote_is_read_back(rows, end):
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator=end).writerows([["title", "body"], *rows])
    data = file.getvalue().encode()
    found, error = read(data)
    assert error is None
    wanted = [{k: v for k, v in zip(["title", "body"], row, strict=True) if v} for row in rows]
    assert [record.fields for record in found] == wanted
    for record in found:
        assert data[record.offset :].startswith(record.raw)
        assert record.record == data[: record.offset].count(b"\n") + 1


def test_a_record_has_the_number_of_its_first_line_and_its_own_bytes():
    one, two = read('title,body\n"a","two\nlines"\nb,c')[0]
    assert (one.record, one.offset, one.raw) == (2, 11, b'"a","two\nlines"')
    assert (two.record, two.offset, two.raw) == (4, 27, b"b,c")


def test_offsets_count_the_byte_order_mark():
    (record,) = read("\ufefftitle,body\na,b\n")[0]
    assert (record.fields, record.offset) == ({"title": "a", "body": "b"}, 14)


def test_empty_cells_are_absent():
    assert read('title,body\na,\n"",b\n')[0][0].fields == {"title": "a"}
    assert read('title,body\na,\n"",b\n')[0][1].fields == {"body": "b"}


@pytest.mark.parametrize("row", ["a", "a,b,c", "a,b,", '"a,b"'])
def test_a_row_of_another_width_is_rejected(row):
    found, error = read(f"title,body\nx,1\n{row}\ny,2\n")
    assert error is None
    assert titles(found) == ["x", "<wrong_width>", "y"]
    assert found[1].raw == row.encode()


def test_a_field_over_the_stdlib_limit_and_under_the_cap_is_read():
    (record,) = read("title,body\na," + "x" * 200_000 + "\n")[0]
    assert len(record.fields["body"]) == 200_000


def test_a_row_over_the_cap_is_rejected_and_its_neighbours_are_read():
    big = "x" * 3_000_000
    for limits in ({"record_bytes": 1024}, {"record_bytes": 2_500_000}):
        found, error = read(f'title,body\na,b\nc,{big}\nd,"{big}"\ne,f\n', limits=limits)
        assert error is None
        assert titles(found) == ["a", "<too_large>", "<too_large>", "e"]
        assert found[3].record == 5


def test_a_quote_that_is_never_closed_fails_within_the_cap_and_names_the_line():
    rows = 'title,body\na,b\n"c,d\n' + "e,f\n" * 100_000
    found, error = read(rows, limits={"record_bytes": 10_000})
    assert titles(found) == ["a"]
    assert "begins at line 3" in error
    assert "limits.record_bytes" in error
    found, error = read(rows)
    assert titles(found) == ["a"]
    assert "begins at line 3" in error


def test_bad_quoting_within_a_line_costs_that_line_alone():
    found, error = read('title,body\na,b\n"c"x,d\ne,"f"g\nh,i\n')
    assert error is None
    assert titles(found) == ["a", "<malformed>", "<malformed>", "h"]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("title;body", "state `delimiter = ';'`"),
        ("title\tbody", "state `delimiter = '\\t'`"),
        ("title|body", "state `delimiter = '|'`"),
        ("title,body,title", "'title' twice"),
        ("title, title ", "'title' twice"),
        ("ti\0tle,body", "NUL"),
        (b"t\xc3\xa9tle,\xc3\xa9\xc3\xa9\nb\xe9,c", None),
        (b"caf\xc3\xa9,caf\xc3\xa9s,b\xe9", "cannot be read"),
    ],
)
def test_a_header_that_is_of_no_use_fails_the_dump(header, says):
    data = header if isinstance(header, bytes) else header.encode()
    found, error = read(data + b"\n1,2\n")
    assert (error is None) if says is None else (says in error)
    assert says is None or found == []


def test_one_column_alone_is_a_table_too():
    assert read("title\na\n\nb\n")[0][1].fields == {"title": "b"}


def test_a_delimiter_may_be_stated():
    assert read("title|body\na|b,c\n", delimiter="|")[0][0].fields == {"title": "a", "body": "b,c"}
    assert read("title|body\na|b\n", tsv_records, delimiter="|")[0][0].fields == {"title": "a", "body": "b"}


def test_a_line_that_is_no_text_costs_its_row_alone_even_within_quotes():
    data = "title,body\ncafé,x\n".encode() + b'"b\xe9,\nc",d\n' + "naïve,y\n".encode()
    found, error = read(data)
    assert error is None
    assert titles(found) == ["café", "<undecodable>", "naïve"]
    assert found[1].raw == b'"b\xe9,\nc",d'


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "cp1251"])
def test_other_encodings_are_read(encoding):
    text = "title,body\nСтарый мост,Закрыт до мая и потом тоже\n"
    if encoding == "gb18030":
        text = "title,body\n旧桥,关闭到五月以后也是如此大家都知道\n"
    (record,) = read(text.encode(encoding))[0]
    assert list(record.fields.values()) == text.split("\n")[1].split(",")


@given(st.binary(max_size=80))
def test_no_bytes_make_the_reader_fail_otherwise(data):
    found, _ = read(b"title,body\ncaf\xc3\xa9,b\n" + data.replace(b"\r", b""))
    assert isinstance(found[0], RawRecord)
    assert all(isinstance(one, RawRecord) or one.reason in Reason for one in found)
