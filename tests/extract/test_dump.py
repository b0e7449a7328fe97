import gzip
import json

import pytest

from etl.errors import DumpError
from etl.extract import dump as dumps
from etl.extract.dump import is_compressed_lines, is_plain_lines, is_small, read_batches, read_dump
from etl.extract.lines import BLOCK_BYTES, line_blocks
from etl.extract.opening import open_raw
from etl.extract.types import Dump
from tests.extract.helpers import dump_of, outcome_of, reading, tarred, titles, zipped


def written(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return dump_of(path)


@pytest.fixture
def many():
    """Three blocks of JSON Lines."""
    return b"".join(b'{"title": "%d", "body": "%s"}\n' % (n, b"x" * 1000) for n in range(5000))


def batch_titles(batches):
    return [(batch.number, titles(batch.records)) for batch in batches]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"Title\n\nBody."),
        ("a.txt", b""),
        ("a.txt.gz", gzip.compress(b"Title\n\nBody.")),
        ("a.txt", gzip.compress(b"Title\n\nBody.")),
        ("a.txt", zipped([("b.txt", b"Title\n\nBody.")])),
        ("a.txt", tarred([("b.txt", b"Title\n\nBody.")])),
        ("a.jsonl", b'{"title": "a"}\n{"title": "b'),
        ("a.zip", zipped([("b.txt", b"T"), ("c.jsonl", b'{"title": "a"}')])),
        ("a.json", b'[{"title": "a"}]'),
    ],
)
def test_bytes_that_were_read_already_give_the_same(tmp_path, name, data):
    dump = written(tmp_path, name, data)
    assert list(read_dump(dump, reading(), data=data)) == list(read_dump(dump, reading()))


def test_a_page_over_the_cap_is_rejected_however_it_is_read(tmp_path):
    dump = written(tmp_path, "a.txt", b"x" * 2000)
    limits = {"record_bytes": 1024}
    assert titles(read_dump(dump, reading(limits=limits), data=b"x" * 2000)) == ["<too_large>"]
    assert titles(read_dump(dump, reading(limits=limits))) == ["<too_large>"]


def test_a_stated_format_wins_over_the_ending(tmp_path):
    dump = written(tmp_path, "a.log", b'{"title": "a"}\n')
    assert titles(read_dump(dump, reading(format="jsonl"))) == ["a"]
    with pytest.raises(DumpError, match=r"state `format` as one of text, jsonl, json, csv, tsv"):
        list(read_dump(dump, reading()))


def test_small_dumps_are_local_and_of_known_size():
    assert is_small(Dump("a", "a", 1000), reading())
    assert not is_small(Dump("a", "a", 2 << 20), reading())
    assert not is_small(Dump("a", "a"), reading())
    assert not is_small(Dump("s3://b/a", "s3://b/a", 1000), reading())


def test_line_dumps_that_can_be_cut_by_place_are_told(tmp_path):
    plain = b'{"title": "a"}\n'
    assert is_plain_lines(written(tmp_path, "a.jsonl", plain), reading())
    assert is_plain_lines(written(tmp_path, "a.log", plain), reading(format="jsonl"))
    assert not is_plain_lines(written(tmp_path, "b.jsonl", gzip.compress(plain)), reading())
    assert not is_plain_lines(written(tmp_path, "c.jsonl", plain.decode().encode("utf-16")), reading())
    assert not is_plain_lines(written(tmp_path, "d.jsonl", zipped([("a.jsonl", plain)])), reading())
    assert not is_plain_lines(written(tmp_path, "e.jsonl.gz", gzip.compress(plain)), reading())
    assert not is_plain_lines(written(tmp_path, "f.json", plain), reading())
    assert is_compressed_lines(dump_of(tmp_path / "e.jsonl.gz"), reading())
    assert not is_compressed_lines(dump_of(tmp_path / "a.jsonl"), reading())
    assert not is_compressed_lines(Dump("a.tar.gz", "a.tar.gz"), reading(format="jsonl"))


def test_blocks_read_by_place_in_stripes_or_whole_are_the_same(tmp_path, many):
    plain = written(tmp_path, "a.jsonl", many)
    packed = written(tmp_path, "a.jsonl.gz", gzip.compress(many, 1))
    whole = batch_titles(read_batches(plain, reading()))
    assert [number for number, _ in whole] == [0, 1, 2, 3]
    assert [title for _, some in whole for title in some] == [str(n) for n in range(5000)]
    assert batch_titles(read_batches(packed, reading())) == whole
    stripes = [batch_titles(read_batches(packed, reading(), stripe=n, stripes=2)) for n in range(2)]
    assert sorted(stripes[0] + stripes[1]) == whole
    with open_raw(plain) as stream:
        places = list(line_blocks(stream, block_bytes=BLOCK_BYTES, max_line_bytes=1 << 20))
    by_place = batch_titles(read_batches(plain, reading(), places=places[1:]))
    assert by_place == whole[1:]
    assert batch_titles(read_batches(plain, reading(), done={0, 2})) == [whole[1], whole[3]]
    assert batch_titles(read_batches(plain, reading(), places=places, done={0, 2})) == [whole[1], whole[3]]


def test_positions_are_the_same_however_a_dump_is_read(tmp_path, many):
    plain = written(tmp_path, "a.jsonl", many)
    in_order = list(read_dump(plain, reading()))
    batched = [record for batch in read_batches(plain, reading()) for record in batch.records]
    assert batched == in_order
    assert [record.record for record in in_order] == list(range(1, 5001))


def test_other_dumps_come_in_batches_too(tmp_path, monkeypatch):
    monkeypatch.setattr(dumps, "_BATCH_RECORDS", 3)
    members = [("photo.jpg", b""), *((f"{n}.txt", b"T%d" % n) for n in range(7))]
    dump = written(tmp_path, "a.zip", zipped(members))
    batches = list(read_batches(dump, reading()))
    assert batch_titles(batches) == [(0, ["T0", "T1", "T2"]), (1, ["T3", "T4", "T5"]), (2, ["T6"])]
    assert [len(batch.skipped) for batch in batches] == [1, 0, 0]
    assert batch_titles(read_batches(dump, reading(), done={1})) == [
        batch_titles(batches)[0],
        batch_titles(batches)[2],
    ]
    stripes = [batch_titles(read_batches(dump, reading(), stripe=n, stripes=2)) for n in range(2)]
    assert [len(stripe) for stripe in stripes] == [2, 1]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.json.gz"])
def test_the_batch_in_which_a_dump_fails_comes_first_and_is_marked(tmp_path, name, many):
    data = many
    if name == "a.json.gz":
        data = b"[" + many.strip().replace(b"\n", b",") + b"]"
    packed = gzip.compress(data, 1)
    dump = written(tmp_path, name, packed[: len(packed) // 2])
    batches = []
    with pytest.raises(DumpError, match="truncated"):
        for batch in read_batches(dump, reading()):
            batches.append((batch.number, batch.cut_short, titles(batch.records)))
    assert [cut_short for _, cut_short, _ in batches] == [False] * (len(batches) - 1) + [True]
    given = [title for *_, some in batches for title in some]
    assert given == [str(n) for n in range(len(given))]
    assert len(given) > 1000


@pytest.mark.parametrize(
    ("name", "make"),
    [("a.jsonl.gz", gzip.compress), ("a.jsonl", bytes)],
)
def test_a_page_of_another_encoding_is_judged_by_the_whole_dump_in_every_stripe(tmp_path, name, make):
    lines = "".join(
        json.dumps(
            {"title": f"Старый мост {n}", "body": "Закрыт до мая, говорит мэр. " * 30}, ensure_ascii=False
        )
        + "\n"
        for n in range(4000)
    )
    dump = written(tmp_path, name, make(lines.encode("cp1251")))
    for stripe in range(2):
        for batch in read_batches(dump, reading(), stripe=stripe, stripes=2):
            assert all(title.startswith("Старый мост") for title in titles(batch.records))


def test_an_error_names_the_dump_the_member_and_the_next_step(tmp_path):
    dump = written(tmp_path, "a.zip", zipped([("b.csv", b"x;y\n1;2\n")]))
    with pytest.raises(DumpError) as error:
        list(read_dump(dump, reading()))
    assert str(error.value) == (
        f"{dump.uri}: member b.csv: has one column only, 'x;y'; its delimiter may be ';': "
        "state `delimiter = ';'`"
    )


def test_a_published_archive_without_members_has_no_records(tmp_path):
    empty = b"PK\x05\x06" + bytes(18)
    dump = written(tmp_path, "Arts, Culture.zip", empty)
    assert outcome_of(tmp_path / "Arts, Culture.zip") == ([], [], None)
    assert list(read_dump(dump, reading(), data=empty)) == []
