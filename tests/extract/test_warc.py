"""Web archives: the pages in them, and what is said of broken ones."""

import gzip
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.errors import DumpError
from etl.extract.warc import web_archive
from etl.model import RawRecord
from tests.extract.helpers import SHARED, needs_dumps, outcome_of
from tests.extract.html.pages import LONG, page
from tests.extract.members import Dribble, only, read

REAL = SHARED / "dumps" / "warcio_warc" / "test" / "data"
ONE_PAGE = {
    "example.warc.gz": (3, "http://example.com/", "2017-03-06T04:02:06Z"),
    "example.warc": (3, "http://example.com/", "2017-03-06T04:02:06Z"),
    "example-bad-non-chunked.warc.gz": (3, "http://example.com/", "2017-03-06T04:02:06Z"),
    "example-iana.org-chunked.warc": (2, "http://www.iana.org/", "2017-03-06T16:54:09Z"),
    "example-wget-bad-target-uri.warc.gz": (3, "http://example.com/", "2018-02-09T15:12:11Z"),
    "example-wrong-chunks.warc.gz": (1, "http://example.com/", "2018-11-02T18:55:11Z"),
    "example.arc": (2, "http://example.com/", "2014-02-16T05:02:21Z"),
    "example.arc.gz": (2, "http://example.com/", "2014-02-16T05:02:21Z"),
    "example-trunc.warc": (3, "http://example.com/", "2017-03-06T04:02:06Z"),
    "example-bad.warc.gz.bad": (2, "http://example.com?example=1", "2014-01-03T03:03:21Z"),
}
NO_PAGE = [
    "example-digest.warc", "example-resource.warc.gz", "example-space-in-target-uri.warc.gz",
    "post-test.warc.gz",
]  # fmt: skip


def http(body=b"", status="200 OK", kind="text/html; charset=utf-8", more=""):
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body


def warc(block, kind="response", more=""):
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://harbour.example/1\r\n"
        f"WARC-Date: 2023-09-22T13:15:31Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n{more}"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def chunked(*pieces):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))


@needs_dumps
@pytest.mark.parametrize("name", ONE_PAGE)
def test_a_real_archive_gives_its_one_page(name):
    records, _, error = outcome_of(REAL / name, format="warc")
    (record,) = records
    position, url, captured = ONE_PAGE[name]
    assert (record.record, record.fields["url"], record.fields["captured"]) == (position, url, captured)
    assert record.fields["title"] in ("Example Domain", "Internet Assigned Numbers Authority")
    assert (error is None) == (name != "example-trunc.warc")


@needs_dumps
def test_an_archive_whose_line_ends_were_converted_is_recovered():
    (record,), _, error = outcome_of(REAL / "example-space-in-url.arc")
    assert record.fields["url"].endswith("EmailTitle=Examples From The Live Web&IsPopUp=False")
    assert error is None


@needs_dumps
@pytest.mark.parametrize("name", NO_PAGE)
def test_a_real_archive_without_pages_gives_none(name):
    assert outcome_of(REAL / name) == ([], [], None)


@needs_dumps
def test_broken_archives_name_the_place():
    assert outcome_of(REAL / "bad.arc")[2].startswith(
        "has no ARC header at byte 0 (record 1): 'filedesc://bad.arc.gz"
    )
    assert (
        "is broken after record 3, which begins at byte 1,197" in outcome_of(REAL / "example-trunc.warc")[2]
    )


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (page(), ""),
        (gzip.compress(page()), "Content-Encoding: gzip\r\n"),
        (zlib.compress(page()), "Content-Encoding: deflate\r\n"),
        (chunked(page()[:16], page()[16:]), "Transfer-Encoding: chunked\r\n"),
        # Many crawlers leave the header of a body that they decoded.
        (page(), "Content-Encoding: gzip\r\n"),
        (page(), "Transfer-Encoding: chunked\r\n"),
    ],
    ids=["plain", "gzip", "deflate", "chunked", "not gzip", "not chunked"],
)
def test_the_codings_of_http_are_undone(body, more):
    fields = only(web_archive, warc(http(body, more=more)))
    assert fields["title"] == LONG
    assert fields["url"] == "https://harbour.example/1"


@pytest.mark.parametrize(
    "record",
    [
        warc(http(page()), "request"),
        warc(http(page()), "revisit"),
        warc(http(page(), status="404 Not Found")),
        warc(http(page(), status="301 Moved")),
        warc(http(b"\x89PNG", kind="image/png")),
        warc(http(b"{}", kind="application/json")),
        warc(b"no http at all"),
        warc(b""),
    ],
)
def test_what_is_no_page_is_passed_over(record):
    assert read(web_archive, record) == ([], None)


def test_http_states_the_charset_where_the_page_does_not():
    russian = page(h1="Паром и трамвай").decode().encode("koi8-r")
    assert (
        only(web_archive, warc(http(russian, kind="text/html; charset=koi8-r")))["title"] == "Паром и трамвай"
    )


def test_a_page_that_the_crawler_cut_is_flagged():
    assert only(web_archive, warc(http(page()), more="WARC-Truncated: length\r\n"))["truncated"] == "length"


def test_a_page_over_the_cap_is_rejected_before_and_after_decoding():
    bomb = warc(http(gzip.compress(b"<p>" + b"x" * 5_000_000), more="Content-Encoding: gzip\r\n"))
    records, error = read(
        web_archive, warc(http(page() * 100)) + bomb + warc(http(page())), limits={"record_bytes": 20_000}
    )
    assert error is None
    assert [getattr(record, "reason", None) for record in records] == ["too_large", "too_large", None]
    assert all(len(record.raw) < 100_000 for record in records)


def test_a_records_raw_bytes_are_an_archive_that_gives_it_again():
    arc = b"https://harbour.example/1 192.0.2.1 20230922131531 text/html %d\n" % len(http(page())) + http(
        page()
    )
    for data in (
        warc(http(page()), more="X-Crawler: 1\r\n"),
        b"filedesc://a 192.0.2.1 20230922131531 text/plain 2\nx\n\n" + arc,
    ):
        (record,), _ = read(web_archive, data)
        (again,), _ = read(web_archive, record.raw)
        assert (again.raw, again.fields) == (record.raw, record.fields)


def test_a_stream_that_fails_is_told_after_what_came_before():
    failure = DumpError("dump", "the stream broke")
    records, error = read(web_archive, Dribble(warc(http(page())) + b"WARC/1.0\r\n", 1000, failure))
    assert [record.fields["title"] for record in records] == [LONG]
    assert error == "the stream broke"


@pytest.mark.parametrize("cut", [10, 200, 400, -50])
def test_an_archive_that_ends_early_fails_after_its_whole_records(cut):
    whole = warc(http(page()))
    records, error = read(web_archive, whole + whole[:cut])
    assert [record.record for record in records] == [1]
    assert "record 1" in error or "is cut off within record 2" in error


def test_an_empty_archive_gives_nothing_and_another_file_fails():
    assert read(web_archive, b"") == ([], None)
    assert read(web_archive, b"PK\x03\x04") == ([], "is no web archive: it begins with b'PK\\x03\\x04'")


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_damaged_archive_gives_records_or_a_message(data):
    whole = warc(http(page())) * 2
    start = data.draw(st.integers(0, len(whole)))
    damaged = (
        whole[:start] + data.draw(st.binary(max_size=20)) + whole[start + data.draw(st.integers(0, 50)) :]
    )
    records, error = read(web_archive, BytesIO(damaged))
    assert all(isinstance(record, RawRecord) or record.detail for record in records)
    assert error is None or error


def test_a_target_that_is_no_address_costs_no_page():
    data = warc(http(page())).replace(b"https://harbour", b"https://[harbour")
    assert only(web_archive, data)["title"] == LONG
