"""The dump formats: one function each, one line each. A new format is added here."""

from collections.abc import Mapping

from etl.extract.jsonl import json_lines_reader
from etl.extract.names import ARCHIVE_ENDINGS, ending, without_compression
from etl.extract.text import text_pages
from etl.extract.types import Reader

READERS: Mapping[str, Reader] = {
    "text": text_pages,
    "jsonl": json_lines_reader,
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
}


def format_of(file_name: str) -> str | None:
    """Format by the name's ending, compression endings aside; None where it says nothing.

    >>> format_of("2023-09-22.JSONL.gz"), format_of("README.TXT"), format_of("photo.jpg")
    ('jsonl', 'text', None)
    """
    return ENDINGS.get(ending(without_compression(file_name)))


def is_readable_name(file_name: str) -> bool:
    """Whether the name's ending is that of a dump, be it an archive of dumps."""
    last = ending(without_compression(file_name))
    return last in ENDINGS or last in ARCHIVE_ENDINGS


__all__ = ["ENDINGS", "READERS", "format_of", "is_readable_name"]
