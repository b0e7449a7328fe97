import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib

import pytest

from etl.extract.compression import zstd
from tests.extract.helpers import outcome_of, tarred, titles, zipped

ONE = ("one.txt", b"One\n\nbody\n")
TWO = ("two.jsonl", b'{"title": "Two"}\n{"title": "Two b"}\n')


def opened(tmp_path, name, data, **changes):
    path = tmp_path / name
    path.write_bytes(data)
    return outcome_of(path, **changes)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_the_members_of_a_zip_are_read_with_their_names(tmp_path, method):
    records, skipped, error = opened(tmp_path, "a.zip", zipped([ONE, TWO], method))
    assert titles(records) == ["One", "Two", "Two b"]
    assert [record.member for record in records] == ["one.txt", "two.jsonl", "two.jsonl"]
    assert [record.record for record in records] == [1, 1, 2]
    assert (skipped, error) == ([], None)


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize(
    ("ending", "compress"),
    [
        (".tar", bytes),
        (".tar.gz", gzip.compress),
        (".tgz", gzip.compress),
        (".tar.bz2", bz2.compress),
        (".tar.xz", lzma.compress),
        (".tar.zst", zstd.compress),
    ],
)
def test_the_members_of_a_tar_are_read_under_any_compression(tmp_path, form, ending, compress):
    records, _, error = opened(tmp_path, f"a{ending}", compress(tarred([ONE, TWO], form)))
    assert titles(records) == ["One", "Two", "Two b"]
    assert error is None


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_in_a_tar_are_whole(tmp_path, form):
    name = "/".join(["very-long-folder-name-é"] * 20) + "/one.txt"
    records, _, _ = opened(tmp_path, "a.tar", tarred([(name, ONE[1])], form))
    assert [record.member for record in records] == [name]


def test_a_prefix_in_a_ustar_name_is_joined(tmp_path):
    name = "p" * 90 + "/" + "n" * 90 + ".txt"
    records, _, _ = opened(tmp_path, "a.tar", tarred([(name, ONE[1])], tarfile.USTAR_FORMAT))
    assert [record.member for record in records] == [name]


def test_members_of_the_same_name_are_both_read(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([ONE, ("one.txt", b"Other\n\nbody")])
    assert titles(opened(tmp_path, "a.zip", data)[0]) == ["One", "Other"]
    data = tarred([ONE, ("one.txt", b"Other\n\nbody")])
    assert titles(opened(tmp_path, "a.tar", data)[0]) == ["One", "Other"]


def test_a_name_that_leads_out_is_only_a_name(tmp_path):
    for name, make in (("a.zip", zipped), ("a.tar", tarred)):
        records, _, error = opened(tmp_path, name, make([("../../evil.txt", ONE[1]), ("/abs.txt", ONE[1])]))
        assert [record.member for record in records] == ["../../evil.txt", "/abs.txt"]
        assert error is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "a.zip"]


def test_links_and_devices_in_a_tar_are_passed_over_and_reported(tmp_path):
    def special(name, kind):
        info = tarfile.TarInfo(name)
        info.type = kind
        info.linkname = "/etc/passwd"
        return info, b""

    kinds = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
    members = [special(f"{n}.txt", kind) for n, kind in enumerate(kinds)]
    records, skipped, error = opened(tmp_path, "a.tar", tarred([*members, ONE]))
    assert titles(records) == ["One"]
    assert [one.reason for one in skipped] == [
        "is a symbolic link",
        "is a hard link",
        "is a character device",
        "is a block device",
        "is a FIFO",
    ]
    assert error is None


def test_a_link_in_a_zip_is_passed_over_and_reported(tmp_path):
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    records, skipped, _ = opened(tmp_path, "a.zip", zipped([(link, b"/etc/passwd"), ONE]))
    assert titles(records) == ["One"]
    assert [(one.uri.rpartition("!")[2], one.reason) for one in skipped] == [
        ("link.txt", "is a symbolic link")
    ]


def test_folders_hidden_files_and_leftovers_are_passed_over_without_a_word(tmp_path):
    members = [
        ("d/", b""),
        (".DS_Store", b"x"),
        ("__MACOSX/._one.txt", b"x"),
        ("./one.txt~", b"x"),
        ("./a.txt", ONE[1]),
    ]
    records, skipped, _ = opened(tmp_path, "a.zip", zipped(members))
    assert titles(records) == ["One"]
    assert skipped == []


def test_another_ending_is_reported_unless_the_format_is_stated(tmp_path):
    data = zipped([("one.page", ONE[1])])
    records, skipped, _ = opened(tmp_path, "a.zip", data)
    assert (records, skipped[0].reason) == (
        [],
        "its ending '.page' is no dump format's; state a `format` to read it",
    )
    assert titles(opened(tmp_path, "a.zip", data, format="text")[0]) == ["One"]


def test_an_empty_archive_has_no_records(tmp_path):
    assert opened(tmp_path, "a.zip", zipped([])) == ([], [], None)
    assert opened(tmp_path, "b.tar", tarred([])) == ([], [], None)
    assert opened(tmp_path, "c.tar", b"") == ([], [], None)


def test_archives_in_archives_are_read_to_the_cap(tmp_path):
    inner = gzip.compress(tarred([ONE]))
    middle = zipped([("inner.tgz", inner), TWO])
    outer = tarred([("middle.zip", middle)])
    records, _, error = opened(tmp_path, "a.tar", outer)
    assert [(record.member, record.record) for record in records] == [
        ("middle.zip!inner.tgz!one.txt", 1),
        ("middle.zip!two.jsonl", 1),
        ("middle.zip!two.jsonl", 2),
    ]
    assert error is None
    records, _, error = opened(tmp_path, "a.tar", outer, limits={"nested_archives": 1})
    assert titles(records) == ["Two", "Two b"]
    assert error.startswith("member middle.zip!inner.tgz: ")
    assert "limits.nested_archives" in error


def test_too_many_members_fail_the_dump_after_those_before(tmp_path):
    many = [(f"{n}.txt", ONE[1]) for n in range(12)]
    records, _, error = opened(tmp_path, "a.tar", tarred(many), limits={"members": 10})
    assert len(records) == 10
    assert "limits.members" in error
    records, _, error = opened(tmp_path, "a.zip", zipped(many), limits={"members": 10})
    assert records == []
    assert "limits.members" in error


def test_a_zip_directory_beyond_the_cap_is_not_even_read(tmp_path):
    data = bytearray(zipped([ONE]))
    struct.pack_into("<I", data, len(data) - 10, 1 << 30)
    padded = bytes(200_000) + bytes(data)
    _, _, error = opened(tmp_path, "a.zip", padded, limits={"members": 100})
    assert "limits.members" in error


@pytest.mark.parametrize("cut", [600, 1500, 3500])
def test_a_truncated_tar_fails_after_what_came_before(tmp_path, cut):
    data = tarred([ONE, TWO, ("three.txt", b"Three\n\n" + b"x" * 3000)], tarfile.USTAR_FORMAT)
    whole = 512 * (2 + 2 + 7)
    records, _, error = opened(tmp_path, "a.tar", data[: whole - cut])
    assert titles(records) == ["One", "Two", "Two b"]
    assert "truncated" in error


def test_a_tar_without_its_end_mark_is_truncated(tmp_path):
    data = tarred([ONE], tarfile.USTAR_FORMAT)
    records, _, error = opened(tmp_path, "a.tar", data[:1024])
    assert titles(records) == ["One"]
    assert "before its end mark" in error


def test_a_damaged_tar_header_is_an_error(tmp_path):
    data = bytearray(tarred([ONE, TWO], tarfile.USTAR_FORMAT))
    data[1024 + 5] ^= 1
    records, _, error = opened(tmp_path, "a.tar", bytes(data))
    assert titles(records) == ["One"]
    assert "damaged header" in error


def test_a_sparse_file_in_a_tar_is_passed_over(tmp_path):
    info = tarfile.TarInfo("sparse.txt")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    records, skipped, error = opened(tmp_path, "a.tar", tarred([(info, b"x" * 600), ONE]))
    assert titles(records) == ["One"]
    assert [one.reason for one in skipped] == ["is a sparse file"]
    assert error is None


def test_a_big_size_in_base_256_is_understood(tmp_path):
    data = bytearray(tarred([ONE, TWO], tarfile.GNU_FORMAT))
    data[124:136] = b"\x80" + len(ONE[1]).to_bytes(11, "big")
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    assert titles(opened(tmp_path, "a.tar", bytes(data))[0]) == ["One", "Two", "Two b"]


def test_a_wrong_size_in_a_zip_fails_the_member_and_not_its_neighbours(tmp_path):
    for claimed in (3, 300):
        data = bytearray(zipped([ONE, TWO]))
        entry = data.index(b"PK\x01\x02")
        struct.pack_into("<I", data, entry + 24, claimed)
        records, _, error = opened(tmp_path, "a.zip", bytes(data))
        assert titles(records) == ["Two", "Two b"]
        assert error.startswith("member one.txt: its size is not")


def test_a_wrong_checksum_in_a_zip_fails_the_member(tmp_path):
    data = bytearray(zipped([ONE, TWO]))
    entry = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 16, zlib.crc32(b"other"))
    records, _, error = opened(tmp_path, "a.zip", bytes(data))
    assert titles(records) == ["Two", "Two b"]
    assert "checksum" in error


def test_an_encrypted_member_fails_and_its_neighbours_are_read(tmp_path):
    data = bytearray(zipped([ONE, TWO]))
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 8, 1)
    records, _, error = opened(tmp_path, "a.zip", bytes(data))
    assert titles(records) == ["Two", "Two b"]
    assert error == "member one.txt: is encrypted; decrypt the archive first"


@pytest.mark.parametrize(("method", "name"), [(9, "Deflate64"), (14, "LZMA"), (77, "number 77")])
def test_a_compression_that_is_not_read_is_named(tmp_path, method, name):
    data = bytearray(zipped([ONE, TWO]))
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 10, method)
    records, _, error = opened(tmp_path, "a.zip", bytes(data))
    assert titles(records) == ["Two", "Two b"]
    assert f"member one.txt: uses the compression {name}" in error


def test_a_zip_bomb_stops_at_the_ratio_and_gives_what_came_before(tmp_path):
    bomb = zipped([ONE, ("bomb.jsonl", bytes(60_000_000))])
    records, _, error = opened(tmp_path, "a.zip", bomb)
    assert titles(records)[:1] == ["One"]
    assert "limits.expansion_ratio" in error


def test_a_damaged_zip_is_an_error(tmp_path):
    data = zipped([ONE])
    for broken in (data[:-30], b"", data[:20]):
        records, _, error = opened(tmp_path, "a.zip", broken)
        assert records == []
        assert "damaged or truncated" in error


def test_a_zip_name_in_utf8_that_does_not_say_so_is_read_as_such(tmp_path):
    data = zipped([("é中.txt", ONE[1])])
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = data.index(mark) + (6 if mark.endswith(b"\x04") else 8)
        data = data[:at] + b"\0\0" + data[at + 2 :]
    assert [record.member for record in opened(tmp_path, "a.zip", data)[0]] == ["é中.txt"]


def test_a_compressed_zip_is_read_though_it_cannot_seek(tmp_path):
    assert titles(opened(tmp_path, "a.zip.gz", gzip.compress(zipped([ONE])))[0]) == ["One"]


def test_contents_count_where_a_name_says_otherwise(tmp_path):
    assert titles(opened(tmp_path, "one.txt", gzip.compress(ONE[1]))[0]) == ["One"]
    assert titles(opened(tmp_path, "two.jsonl", zipped([ONE]))[0]) == ["One"]
    _, _, error = opened(tmp_path, "three.txt.gz", ONE[1])
    assert error == "is named .gz but holds no gzip data; rename it"


def test_an_empty_compressed_file_has_no_records(tmp_path):
    for name in ("a.jsonl.gz", "a.txt.xz", "a.csv.zst", "a.json.bz2", "a.tar.gz"):
        assert opened(tmp_path, name, b"") == ([], [], None)


def test_compressions_around_one_another_have_a_cap(tmp_path):
    data = ONE[1]
    for _ in range(3):
        data = gzip.compress(data)
    assert titles(opened(tmp_path, "one.txt.gz.gz.gz", data)[0]) == ["One"]
    _, _, error = opened(tmp_path, "one.txt.gz", gzip.compress(data))
    assert "compressed more than 3 times over" in error


def test_a_damaged_member_does_not_keep_its_neighbours_from_being_read(tmp_path):
    members = [("bad.json", b'[{"title": "half"'), ONE, ("worse.csv", b"a,a\n1,2\n"), TWO]
    for name, make in (("a.zip", zipped), ("a.tar", tarred)):
        records, _, error = opened(tmp_path, name, make(members))
        assert titles(records) == ["One", "Two", "Two b"]
        assert error.startswith("member bad.json: ends within a record")
        assert error.endswith("(and 1 more failures)")


def test_a_member_that_its_reader_leaves_is_passed_by(tmp_path):
    members = [("bad.csv", b"a,a\n" + b"1,2\n" * 200_000), ONE]
    records, _, error = opened(tmp_path, "a.tar", tarred(members))
    assert titles(records) == ["One"]
    assert "twice" in error


def test_odd_member_names_are_escaped(tmp_path):
    info = tarfile.TarInfo(b"caf\xe9\n.txt".decode("utf-8", "surrogateescape"))
    records, _, _ = opened(tmp_path, "a.tar", tarred([(info, ONE[1])], tarfile.GNU_FORMAT))
    assert [record.member for record in records] == ["caf\\xe9\\n.txt"]


def test_many_small_members_are_read_fast(tmp_path):
    data = tarred([(f"{n}.txt", ONE[1]) for n in range(3000)], tarfile.USTAR_FORMAT)
    assert len(opened(tmp_path, "a.tar", data)[0]) == 3000
    assert len(io.BytesIO(data).getvalue()) == len(data)


def test_a_zip_member_without_a_name_costs_its_neighbour_nothing(tmp_path):
    nameless = zipfile.ZipInfo("x")
    nameless.filename = ""
    records, skipped, error = opened(tmp_path, "a.zip", zipped([(nameless, b"not read"), ONE]))
    assert titles(records) == ["One"]
    assert [one.uri.rpartition("!")[2] for one in skipped] == [""]
    assert error is None
