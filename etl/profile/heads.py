"""The heads of some members: format, encoding, and where in them the records are."""

import re
from collections import Counter
from collections.abc import Iterator

import msgspec

from etl.errors import DumpError
from etl.extract.archives import Walk, members
from etl.extract.compression import Budget as Expansion
from etl.extract.declared import html_encoding, xml_encoding
from etl.extract.decoding import bom_of, line_encodings, wide_encoding
from etl.extract.jsonwrapper import wrapped_list
from etl.extract.names import file_name
from etl.extract.opening import open_file
from etl.extract.readers import format_of
from etl.extract.streams import peeked
from etl.extract.types import Dump, Member, Skipped
from etl.profile.budget import Bounded, Budget
from etl.profile.shapes import closed, record_tag, records_path
from etl.profile.sniff import delimiter_of, format_by_bytes, readable
from etl.profile.survey import whole_ending
from etl.settings import Limits

HEAD_BYTES = 256 << 10
_MOST_MEMBERS = 60
"""Members of one archive whose heads are looked at."""
_UNDECLARED = frozenset(("text", "jsonl", "json", "csv", "tsv", "sgml"))
"""Formats that state no encoding of their own."""
_CHARSET = re.compile(r"[\w.:-]{1,40}")


class Head(msgspec.Struct, frozen=True):
    """What the first bytes of a member say."""

    dump: str
    member: str | None
    ending: str
    """The dump's, be it that of an archive."""
    said: str | None
    """The format that the name says."""
    seen: str | None
    """The format that the bytes say; None where they say none."""
    empty: bool
    encoding: str
    """`ascii`, `utf-8`, `utf-8 with a mark`, `utf-16-le` …, a guess such as `cp1252`, or `unknown`."""
    declared: str | None
    """The encoding that the document states."""
    records: str | None
    record: str | None
    delimiter: str | None

    @property
    def format(self) -> str | None:
        """What it is: what the bytes say, but for what only a name tells apart."""
        if self.seen == "csv":
            return "tsv" if self.delimiter == "\t" and self.said == "tsv" else "csv"
        if self.seen == "json" and self.said == "jsonl" and self.records is None:
            return "jsonl"  # one line, or a broken first one
        if self.seen == "json" and self.said == "feed":
            return "feed"
        if self.seen in ("xml", "sgml") and self.said in ("xml", "sgml", "feed", "html"):
            return self.said
        if self.seen == "text" and self.said in ("csv", "tsv", "html", "jsonl", "json"):
            return self.said  # it is not well formed; its reader says how
        return self.seen

    @property
    def misnamed(self) -> bool:
        """Whether a load that goes by the name would read it as something else."""
        if self.format is None or self.said == self.format:
            return False
        alike = {("xml", "feed"), ("json", "jsonl")}
        return (self.said, self.format) not in alike


def heads_of(dump: Dump, limits: Limits, budget: Budget) -> Iterator[Head | Skipped | DumpError]:
    """The heads of a dump's members. Never raises: an entry that cannot be read comes as an error."""
    try:
        with open_file(dump) as file:
            size = file.seek(0, 2)
            file.seek(0)
            walk = Walk(Expansion(dump.uri, size, limits), limits, any_ending=True)
            for count, entry in enumerate(members(file, file_name(dump.location), walk)):
                if count >= _MOST_MEMBERS or not budget.left:
                    return
                if isinstance(entry, Member):
                    yield _head(entry, whole_ending(file_name(dump.location)), budget)
                else:
                    yield entry
    except DumpError as error:
        yield error


def _head(member: Member, ending: str, budget: Budget) -> Head | DumpError:
    bounded = Bounded(member.stream, budget, member.dump)
    data, rest = peeked(bounded, HEAD_BYTES)
    whole = len(data) < HEAD_BYTES
    if not data and not bounded.stopped:
        try:
            rest.read(1)  # tells why, where the head could not be read
        except DumpError as error:
            return error
    seen = format_by_bytes(data, whole=whole)
    text = (readable(data) or "") if seen in ("json", "jsonl", "xml", "sgml", "csv") else ""
    declared = (
        xml_encoding(data) if seen in ("xml", "feed") else html_encoding(data) if seen == "html" else None
    )
    records = _records(text, seen) if seen in ("json", "jsonl") else None
    return Head(
        dump=member.dump,
        member=member.name,
        ending=ending,
        said=format_of(member.file_name),
        # Lines that each wrap a list of records are read by the reader that can look into them.
        seen="json" if seen == "jsonl" and records else seen,
        empty=not data.strip(),
        encoding=_encoding(data, seen) if seen else "none",
        declared=declared if declared and _CHARSET.fullmatch(declared) else None,
        records=records,
        record=record_tag(text) if seen in ("xml", "sgml") else None,
        delimiter=delimiter_of(text.lstrip("\ufeff"), whole=whole) if seen == "csv" else None,
    )


def _records(text: str, seen: str) -> str | None:
    """The path to the records, where it has to be stated."""
    text = text.lstrip("\ufeff")
    first = text.split("\n", 1)[0] if seen == "jsonl" else text
    value = closed(first.encode("utf-8", "replace"))
    path = records_path(value)
    if path is None and seen == "jsonl":
        path = ".".join(wrapped_list(value)) or None
    return path


def _encoding(data: bytes, seen: str) -> str:
    if seen in ("parquet", "warc"):
        return "none"
    wide = wide_encoding(data)
    if wide is not None:
        return wide[0]
    if bom_of(data):
        return "utf-8 with a mark"
    if data.isascii():
        return "ascii"
    try:
        data[: max(1, len(data) - 3)].decode()
    except UnicodeDecodeError as error:
        if error.end < len(data) - 8:
            return next(iter(line_encodings(data, None)), "unknown")
    return "utf-8"


def majority(values: Counter[str], least: float = 0.5) -> str | None:
    """The value that more than a share of all have; None where there is none such."""
    total = values.total()
    best = values.most_common(1)
    return best[0][0] or None if best and best[0][1] > least * total else None


def speaks_of_encoding(head: Head) -> bool:
    """Whether its encoding is the source's to state: nothing in the dump does."""
    return head.format in _UNDECLARED
