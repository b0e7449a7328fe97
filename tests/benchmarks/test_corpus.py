"""The corpus: the same on every machine, with the shares that it promises."""

import gzip
import hashlib
import tarfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from dateutil import parser

from benchmarks import articles, pages
from benchmarks.corpus import VERSION, Corpus
from benchmarks.dateshapes import SHAPES

NUMBERS = range(4000)


def test_the_records_are_frozen():
    digest = hashlib.sha256(b"".join(map(articles.line, range(200)))).hexdigest()
    assert (VERSION, digest[:32]) == (1, "2c7afafd4295d4547775406aa0ff0d18")


def test_a_record_depends_on_its_number_alone():
    assert articles.line(1234) == articles.line(1234)
    assert articles.line(1234) != articles.line(1235)


def test_fifteen_percent_are_exact_duplicates_and_five_are_revised():
    kinds = Counter(articles.origin(number)[0] for number in NUMBERS)
    assert kinds["duplicate"] == pytest.approx(0.15 * len(NUMBERS), rel=0.12)
    assert kinds["revised"] == pytest.approx(0.05 * len(NUMBERS), rel=0.2)


def test_a_duplicate_has_the_bytes_of_an_earlier_record():
    duplicates = [n for n in range(300) if articles.origin(n)[0] == "duplicate"]
    assert duplicates
    for number in duplicates:
        parent = articles.origin(number)[1]
        assert parent < number
        assert articles.line(number) == articles.line(parent)


def test_a_revision_keeps_title_and_date_and_was_captured_later():
    revisions = [n for n in range(600) if articles.origin(n)[0] == "revised"]
    assert revisions
    for number in revisions:
        first, again = articles.record(articles.root(number)), articles.record(number)
        assert (first["title"], first["published_at"]) == (again["title"], again["published_at"])
        assert first["captured_at"] < again["captured_at"]
        assert first["body"] != again["body"]


def test_a_tenth_is_changed_in_place_into_the_latest_version():
    changed = [n for n in NUMBERS if articles.changed(n)]
    assert len(changed) == pytest.approx(0.1 * len(NUMBERS), rel=0.15)
    for number in changed[:20]:
        before, after = articles.record(number), articles.changed(number)
        assert after is not None
        assert (before["title"], before["published_at"]) == (after["title"], after["published_at"])
        assert before["captured_at"] < after["captured_at"]


def test_every_shape_of_a_date_says_the_same_instant():
    at = datetime(2024, 2, 29, 3, 4, 5, tzinfo=UTC)
    for shape in SHAPES:
        value = shape(int(at.timestamp()))
        if isinstance(value, int):
            read = datetime.fromtimestamp(value / (1000 if value > 1e11 else 1), UTC)
        else:
            read = parser.parse(value)
        assert read.replace(tzinfo=read.tzinfo or UTC) == at


def test_bodies_have_about_three_kilobytes_in_eight_languages():
    records = [articles.record(number) for number in range(600)]
    size = sum(len(record["body"].encode()) for record in records) / len(records)
    assert 2700 < size < 3400
    assert len({record["id"][:2] for record in records}) == 8


def test_the_files_hold_the_same_records(tmp_path: Path):
    corpus = Corpus(tmp_path)
    plain = corpus.jsonl(120).read_bytes()
    assert plain == b"".join(map(articles.line, range(120)))
    assert corpus.grown(120).read_bytes() == plain + articles.line(120)
    assert gzip.decompress(corpus.gzip(120).read_bytes()) == plain
    before, after = plain.splitlines(), corpus.changed(120).read_bytes().splitlines()
    assert len(after) == 120
    assert sum(a != b for a, b in zip(before, after, strict=True)) == sum(
        articles.changed(n) is not None for n in range(120)
    )


def test_pages_archive_and_lines_say_the_same(tmp_path: Path):
    corpus = Corpus(tmp_path)
    folder = corpus.pages(30)
    with tarfile.open(corpus.pages_tar(30)) as archive:
        names = archive.getnames()
        packed = [archive.extractfile(name).read() for name in names]  # type: ignore[union-attr]
    assert [(folder / name).read_bytes() for name in names] == packed
    lines = [orjson.loads(line) for line in corpus.pages_jsonl(30).read_bytes().splitlines()]
    for line, page in zip(lines, packed, strict=True):
        assert line["title"].encode() in page
        assert line["body"].encode() in page
    assert [pages.name(number) for number in range(30)] == names


def test_a_file_is_made_once(tmp_path: Path):
    corpus = Corpus(tmp_path)
    made = corpus.jsonl(5)
    made.write_bytes(b"kept")
    assert corpus.jsonl(5).read_bytes() == b"kept"
