import pytest

from etl.extract.names import (
    file_name,
    is_leftover,
    printable,
    stated_compression,
    without_compression,
    without_credentials,
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain é 中.txt", "plain é 中.txt"),
        (b"caf\xe9.txt".decode("utf-8", "surrogateescape"), "caf\\xe9.txt"),
        ("two\nlines\x1b[31m", "two\\nlines\\x1b[31m"),
        ("half \ud800", "half \\ud800"),
        ("turned \u202e", "turned \\u202e"),
    ],
)
def test_a_shown_name_is_printable_utf8(name, shown):
    assert printable(name) == shown
    assert printable(name).encode().decode() == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("s3://key:secret@bucket/a", "s3://bucket/a"),
        ("https://ann:p%40w@host:8080/a.jsonl", "https://host:8080/a.jsonl"),
        ("https://h/a?X-Amz-Signature=abc&part=2", "https://h/a?X-Amz-Signature=***&part=2"),
        ("https://h/a?sig=abc", "https://h/a?sig=***"),
        ("simplecache::ftp://u:p@h/a", "simplecache::ftp://h/a"),
        ("/plain/path@x:y", "/plain/path@x:y"),
    ],
)
def test_no_credentials_are_shown(url, shown):
    assert without_credentials(url) == shown


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("/a/b.jsonl.gz", "b.jsonl.gz"),
        ("b.txt", "b.txt"),
        ("https://h/x/b%20c.csv?version=3", "b c.csv"),
        ("simplecache::s3://bucket/k/b.json", "b.json"),
        ("zip://inner.txt::s3://bucket/a.zip", "inner.txt"),
        ("memory://b.json", "b.json"),
    ],
)
def test_the_name_of_a_file_is_found_in_paths_and_urls(location, name):
    assert file_name(location) == name


@pytest.mark.parametrize(
    ("name", "bare", "compression"),
    [
        ("a.jsonl.gz", "a.jsonl", "gzip"),
        ("a.TGZ", "a.tar", "gzip"),
        ("a.tar.zst", "a.tar", "zstd"),
        ("a.txt", "a.txt", None),
        (".gz", ".gz", None),
        ("a.bz2.xz", "a", "xz"),
    ],
)
def test_compression_endings_are_told_and_removed(name, bare, compression):
    assert without_compression(name) == bare
    assert stated_compression(name) == compression


@pytest.mark.parametrize(
    "name", [".DS_Store", "._a.txt", "a.txt~", "#a.txt#", ".a.swp", "Thumbs.db", "~$a.csv"]
)
def test_what_editors_and_desktops_leave_is_no_dump(name):
    assert is_leftover(name)


@pytest.mark.parametrize("name", ["a.txt", "README.TXT", "a~b.txt", "#a.txt"])
def test_an_ordinary_name_is_no_leftover(name):
    assert not is_leftover(name)
