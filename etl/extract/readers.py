"""The dump formats: one function each, one line each. A new format is added here."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from etl.extract.csv import csv_records, tsv_records
from etl.extract.feed import feed_entries
from etl.extract.html import html_page
from etl.extract.json import json_records
from etl.extract.jsonl import json_lines_reader
from etl.extract.names import ARCHIVE_ENDINGS, ending, stated_compression, without_compression
from etl.extract.parquet import parquet_rows
from etl.extract.text import text_pages
from etl.extract.types import Reader
from etl.extract.warc import web_archive
from etl.extract.xml import sgml_records, xml_records

READERS: Mapping[str, Reader] = {
    "text": text_pages,
    "jsonl": json_lines_reader,
    "json": json_records,
    "csv": csv_records,
    "tsv": tsv_records,
    "feed": feed_entries,
    "html": html_page,
    "warc": web_archive,
    "xml": xml_records,
    "sgml": sgml_records,
    "parquet": parquet_rows,
}

ENDINGS: Mapping[str, str] = {
    ".txt": "text",
    ".text": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jl": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".rss": "feed",
    ".atom": "feed",
    ".rdf": "feed",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".warc": "warc",
    ".arc": "warc",
    ".xml": "xml",
    ".sgml": "sgml",
    ".sgm": "sgml",
    ".parquet": "parquet",
}


class NameKind(NamedTuple):
    """What a file name says of the file."""

    format: str | None
    archive: str | None
    compression: str | None


def kind_of(file_name: str) -> NameKind:
    """What the endings of a name say, upper or lower case."""
    # All names with the same endings are one to the cache.
    dot = file_name.find(".")
    return _kind_of(f"x{file_name[dot:]}" if dot > 0 else file_name if dot == 0 else "x")


@lru_cache(4096)
def _kind_of(name: str) -> NameKind:
    last = ending(without_compression(name))
    return NameKind(ENDINGS.get(last), ARCHIVE_ENDINGS.get(last), stated_compression(name))


def format_of(file_name: str) -> str | None:
    """Format by the name's ending, compression endings aside; None where it says nothing.

    >>> format_of("2023-09-22.JSONL.gz"), format_of("README.TXT"), format_of("photo.jpg")
    ('jsonl', 'text', None)
    """
    return kind_of(file_name).format


def unreadable(file_name: str) -> str | None:
    """Why a file that was not named is no dump, by its name; None for one that is, or an archive of them."""
    kind = kind_of(file_name)
    if kind.format or kind.archive:
        return None
    last = ending(without_compression(file_name))
    said = f"its ending {last!r} is" if last else "it has no ending, and so is"
    return f"{said} no dump format's; state a `format` to read it"
