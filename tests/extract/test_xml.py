"""XML and SGML by record tag: fields, places, and faults that cost only their record."""

import time
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.extract.recordcut import RecordCutter
from etl.extract.sgml import unescaped
from etl.extract.xml import sgml_records, xml_records
from etl.model import Article, DumpStamp, Reason
from etl.settings import Limits
from etl.sources import Source
from etl.transform.normalize import Normalizer
from tests.command import PROJECT
from tests.extract.helpers import SHARED, needs_dumps
from tests.extract.members import Dribble, only, read

REUTERS = SHARED / "dumps" / "reuters21578" / "reut2-000.sgm"


def article(inside):
    return only(xml_records, f"<a><article>{inside}</article></a>".encode(), record="article")


@pytest.mark.parametrize(
    ("inside", "fields"),
    [
        ("<title>T</title>", {"title": "T"}),
        ("<title> T\n</title>", {"title": " T\n"}),
        ("<t/><t></t><t> </t>", {}),
        ("<tag>x</tag><tag>y</tag>", {"tag": ["x", "y"]}),
        ("<meta><published>2023</published></meta>", {"meta": {"published": "2023"}}),
        ("<date type='iso'>2023</date>", {"date@type": "iso", "date": "2023"}),
        ("<meta name='a' content='1'/>", {"meta": {"@name": "a", "@content": "1"}}),
        ("loose <t>T</t> ends", {"#text": "loose ends", "t": "T"}),
        ("<text>One <b>bold</b> word<br/>two</text>", {"text": "One bold word\ntwo"}),
        ("<body><p>One</p><p>Two</p></body>", {"body": "One\n\nTwo"}),
        ("<body><p>One</p><note>n</note></body>", {"body": {"p": "One", "note": "n"}}),
        ("<body.content>x</body.content>", {"body_content": "x"}),
        ("<dc:title xml:lang='en'>T</dc:title>", {"dc:title@lang": "en", "dc:title": "T"}),
        ("<t><![CDATA[a < b & c]]></t>", {"t": "a < b & c"}),
        ("<t>a<!-- no -->b<?no?></t>", {"t": "ab"}),
        ("<t>A &amp; B &#233; &eacute;</t>", {"t": "A & B é é"}),
        ("<t>A & B &nosuch; \x02&#2;</t>", {"t": "A & B &nosuch; "}),
    ],
)
def test_an_elements_children_become_fields(inside, fields):
    assert article(inside) == fields


def test_the_records_own_attributes_are_fields():
    assert only(xml_records, b"<a><article id='7'/></a>", record="article") == {"@id": "7"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<article><t>x</article>", Reason.MALFORMED),
        (b"<article><t>x</u></article>", Reason.MALFORMED),
        (b"<article><t>" + b"x" * 2000 + b"</t></article>", Reason.TOO_LARGE),
        (b"<article>" + b"<t>" * 30 + b"</t>" * 30 + b"</article>", Reason.TOO_DEEP),
        (b"<article><t>Z\xffrich</t></article>", Reason.UNDECODABLE),
    ],
)
def test_a_broken_record_costs_only_itself(data, reason):
    good = "<article><t>Zürich</t></article>".encode()
    whole = b"<a>" + good + data + good + b"</a>"
    records, error = read(xml_records, whole, record="article", limits={"record_bytes": 1024, "depth": 20})
    assert [getattr(record, "reason", None) for record in records] == [None, reason, None]
    assert error is None
    assert all(whole[record.offset :].startswith(record.raw[:100]) for record in records)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a><article/></a>", "declares the entity 'x' in a DTD"),
        (b"<!DOCTYPE a [<!ENTITY % x SYSTEM 'file:///etc/passwd'>]><a/>", "declares the entity 'x' in a DTD"),
        (b"<?xml version='1.0' encoding='x-none'?><a/>", "declares the encoding 'x-none'"),
        (b"<a><article><t>x</t>", "is cut off within record 1"),
        (b"<a><article/>", "ends without </a>, after record 1"),
        (b"<a><b/></a>", "has no element <article>; it holds a, b"),
    ],
)
def test_a_dump_that_cannot_be_trusted_fails(data, message):
    _, error = read(xml_records, data, record="article")
    assert message in error


def test_a_doctype_without_entities_is_let_through_and_not_fetched():
    data = (
        b'<!DOCTYPE nitf SYSTEM "http://192.0.2.1/nitf.dtd"><nitf><article><t>&eacute;</t></article></nitf>'
    )
    assert only(xml_records, data, record="article") == {"t": "é"}


def test_without_a_record_tag_the_message_says_what_there_is():
    _, error = read(xml_records, b"<news><story><head>x</head></story></news>")
    assert (
        error == 'holds the elements news, story, head; say which one is a record, as in `record = "article"`'
    )


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5", "iso-2022-jp", "euc_jp"]
)
def test_the_stated_encoding_is_honoured(encoding):
    stated = "utf-8" if encoding == "utf-8-sig" else encoding
    data = f"<?xml version='1.0' encoding='{stated}'?><a><article><t>中文 年月日</t></article></a>".encode(
        encoding
    )
    assert only(xml_records, data, record="article") == {"t": "中文 年月日"}


def test_an_encoding_that_is_stated_wrongly_does_no_harm():
    data = "<?xml version='1.0' encoding='utf-16'?><a><article><t>é</t></article></a>".encode()
    assert only(xml_records, data, record="article") == {"t": "é"}


PIECES = st.sampled_from(
    [
        "<r>",
        "</r>",
        "<r a='>'>",
        "<r/>",
        "<rr>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "x",
        "<n:r>",
        "</n:r>",
        "<r ",
        ">",
        "<",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join), st.integers(1, 9))
@settings(max_examples=200, deadline=None)
def test_where_the_stream_is_split_makes_no_difference_to_the_cuts(text, step):
    data = text.encode()
    whole = list(RecordCutter(Dribble(data, 10_000), "r", 1000))
    assert list(RecordCutter(Dribble(data, step), "r", 1000)) == whole
    assert all(data[cut.offset : cut.offset + cut.size] == cut.data for cut in whole)


def test_tags_in_comments_and_sections_are_no_records():
    data = b"<a><!-- <r> --><r>1<![CDATA[</r>]]></r><r>2<r>in</r></r></a>"
    cuts = [cut.data for cut in RecordCutter(Dribble(data), "r", 1000)]
    assert cuts == [b"<r>1<![CDATA[</r>]]></r>", b"<r>2<r>in</r></r>"]


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" + b"<article>" * 50_000, b"<a><article>" + b"<" * 300_000, b"<a>" + b'<article "' * 20_000,
        b"<a><article>" + b"&foo;" * 50_000 + b"</article></a>", b" " * 300_000 + b"<a/>",
        b"<a><article>" + b"<d>" * 50_000 + b"</d>" * 50_000 + b"</article></a>",
        b"<a><article><b>" + b" \n" * 100_000 + b"<p/></b></article></a>",
    ],
    ids=["unclosed", "less", "quotes", "entities", "blanks", "deep", "lines"],
)  # fmt: skip
@pytest.mark.parametrize("reader", [xml_records, sgml_records])
def test_a_hostile_dump_takes_little_time(data, reader):
    started = time.monotonic()
    read(reader, data, record="article")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("inside", "fields"),
    [
        ("<T>AT&T &lt;T> &#2;&#22;x&amp;</T>", {"T": "AT&T <T> x&"}),
        ("<A>open<C>b</A>", {"A": {"C": "b", "#text": "open"}}),
        ("<A>a</A></X></A>", {"A": "a"}),
        ("<A K=v L='w'>a</A>", {"A@K": "v", "A@L": "w", "A": "a"}),
        ("<A>1 < 2</A>", {"A": "1 < 2"}),
        ("<A>x</a>", {"A": "x"}),
    ],
)
def test_sgml_is_read_forgivingly(inside, fields):
    assert only(sgml_records, f"<!DOCTYPE x SYSTEM 'x'><r>{inside}</R>".encode(), record="R") == fields


def test_only_whole_references_are_resolved():
    assert unescaped("&copy=1 &lt; &#65; &nosuch;") == "&copy=1 < A &nosuch;"


@needs_dumps
def test_a_real_newswire_is_read_by_one_toml():
    source = Source(name="reuters", **tomllib.loads(Path(__file__).with_name("reuters.toml").read_text()))
    table = {
        role: tuple(names)
        for role, names in tomllib.loads((PROJECT / "config/fields.toml").read_text()).items()
    }
    stated = {"record": source.record, "encoding": source.encoding}
    records, error = read(sgml_records, REUTERS.read_bytes(), **stated)
    assert (len(records), error) == (1000, None)
    normalizer = Normalizer(source, table, limits=Limits(), run_date=date(2023, 9, 22))
    stamp = DumpStamp("reuters", "dump", "0" * 64, "1", "run")
    results = [normalizer(record, stamp) for record in records]
    articles = [result for result in results if isinstance(result, Article)]
    assert len(articles) == 985
    assert {result.reason for result in results if not isinstance(result, Article)} == {Reason.NO_TITLE}
    (march,) = [one for one in articles if one.published["raw"] == " 3-MAR-1987 09:17:32.30"]
    assert march.published_at.isoformat() == "1987-03-03T09:17:32"
    assert not any(character in one.body for one in articles for character in "\x02\x03\x05")
    assert not any("&#" in one.body or "&lt;" in one.body for one in articles)
