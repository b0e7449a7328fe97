"""The record types at the boundaries: raw record -> article or rejection -> outcome -> counts.

They are `msgspec` structs: frozen and slotted like a dataclass, built in a tenth of the time, which
counts on a path that every record takes.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, TypedDict

import msgspec

SCHEMA_VERSION = 1
"""Version of the stored document's shape."""


class Stage(StrEnum):
    """Where on its way a record was rejected."""

    EXTRACT = "extract"
    TRANSFORM = "transform"
    LOAD = "load"


class Reason(StrEnum):
    """Why a record cannot become an article. Closed: a new reason is added here, with its meaning."""

    # extract: the bytes are not a record
    UNDECODABLE = "undecodable"
    """Its bytes are not text in any encoding that may be assumed."""
    MALFORMED = "malformed"
    """It does not parse in its dump's format."""
    NOT_A_RECORD = "not_a_record"
    """It parses, but is a bare string, number or list."""
    WRONG_WIDTH = "wrong_width"
    """A table row with more or fewer cells than its header."""
    TOO_LARGE = "too_large"
    """It is over the cap on a record's bytes, or on a page's tags."""
    TOO_DEEP = "too_deep"
    """It nests deeper than the cap."""
    BAD_VALUE = "bad_value"
    """It holds a value that no document can: NaN, an integer over 64 bits, NUL in a key, half a character."""

    # transform: the record has no sound identity
    WRONG_TYPE = "wrong_type"
    """A field that must be text (or a date) holds something else."""
    NO_TITLE = "no_title"
    """There is no title, or nothing is left of it in its normal form."""
    UNDATED = "undated"
    """There is no publication date."""
    UNREADABLE_DATE = "unreadable_date"
    """There is a date text, and no rule reads it."""
    INCOMPLETE_DATE = "incomplete_date"
    """The date lacks its year, month or day."""
    AMBIGUOUS_DATE = "ambiguous_date"
    """The date can be read in two ways and the source does not say which."""
    UNKNOWN_ZONE = "unknown_zone"
    """The date names a time zone that has several meanings and the source does not say which."""
    NONEXISTENT_TIME = "nonexistent_time"
    """The wall clock never showed this time (skipped by a change to summer time)."""
    DATE_OUT_OF_RANGE = "date_out_of_range"
    """The date is outside of the source's window."""
    NOT_AN_ARTICLE = "not_an_article"
    """It is a placeholder or an error page."""

    # load: the store cannot hold it
    NOT_STORABLE = "not_storable"
    """MongoDB refuses the document for its content: too large, invalid, or against the validator."""


class RawRecord(msgspec.Struct, frozen=True):
    """One raw article as its dump has it, with its position."""

    fields: dict[str, Any]
    """Raw names to raw values, before any field map."""
    record: int
    """Position in its member (or dump): 1-based; a line number for line formats, else an ordinal."""
    raw: bytes
    """The record's own bytes, kept for the quarantine."""
    member: str | None = None
    """Name inside the archive; None for a plain dump. Nested archives are joined by `!`."""
    offset: int | None = None
    """Byte offset of the record in the (decompressed) member, where the reader knows it."""
    digest: bytes = b""
    """Of its line (`etl.extract.lines.digest_of`), in a dump of lines."""


class Rejection(msgspec.Struct, frozen=True):
    """A record that cannot become an article: a value, never a log line."""

    stage: Stage
    reason: Reason
    detail: str
    """The value that was at fault and what would settle it. At most a few hundred characters."""
    record: int
    raw: bytes
    member: str | None = None
    offset: int | None = None


Precision = Literal["day", "minute", "second"]
ZoneOrigin = Literal["explicit", "source", "assumed"]


PublishedDocument = TypedDict(
    "PublishedDocument",
    {"raw": str, "precision": Precision, "zone": ZoneOrigin, "from": str},
)
"""How the publication instant was learnt: the quality of the key, kept beside the key.

`raw` is the text as the record had it; `zone` is `explicit` (stated in the text), `source` (from the
source's `timezone`) or `assumed` (UTC, for want of both); `from` is the raw field that gave it.
"""


class Days(msgspec.Struct, frozen=True, order=True):
    """A range of days in UTC, both ends included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"

    @staticmethod
    def parse(text: str) -> "Days":
        """The range that `str` gave as this text."""
        first, _, last = text.partition("..")
        return Days(date.fromisoformat(first), date.fromisoformat(last))

    def hold(self, moment: datetime | None) -> bool:
        """Whether a moment (naive UTC) lies in the range; None, for what has no date, does not."""
        return moment is not None and self.first <= moment.date() <= self.last


class DumpStamp(msgspec.Struct, frozen=True):
    """What every article of one dump says about where it came from."""

    source: str
    dump: str
    """Path or URL as the operator knows it; never with credentials."""
    sha256: str
    parser: str
    run: str
    declared: date | None = None
    """The day that the dump was made for, from its dated path; None when the path says nothing."""
    days: Days | None = None
    """The publication days that are wanted of it; None where all of it is."""


class Candidate(msgspec.Struct, frozen=True):
    """An article as far as its key's merge and the books need to know it."""

    key: str
    """`_id`: `<timestamp>/<title hash>`."""
    title_hash: str
    published_at: datetime | None
    """Naive UTC (half the cost of an aware one in BSON); None only where a source loads undated records."""
    published: PublishedDocument | None
    captured_at: datetime | None
    content_hash: str
    """32 hex digits over all that the article says (`etl.transform.identity.content_hash`)."""
    rank: str
    """Orders the versions of one key; compares as a string (`etl.transform.identity.rank`)."""
    flags: list[str]
    stamp: DumpStamp
    record: int
    raw: bytes
    """The record's own bytes, should the store refuse the document."""
    member: str | None
    offset: int | None
    digest: bytes
    """Of its line, in a dump of lines; else empty."""

    def document(self) -> dict[str, Any]:
        """The document that is stored."""
        raise NotImplementedError


class Article(Candidate, frozen=True):
    """The normalized article, as it will stand in the store."""

    title: str
    body: str
    """Clean paragraphs joined by a blank line."""
    authors: list[str]
    editor: str | None
    tags: list[str]
    language: str | None
    url: str | None
    extra: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """The document that is stored, and that `inspect` prints; its shape is in DESIGN and docs."""
        stamp = self.stamp
        return {
            "_id": self.key,
            "title": self.title,
            "title_hash": self.title_hash,
            "published_at": self.published_at,
            "published": self.published,
            "body": self.body,
            "authors": self.authors,
            "editor": self.editor,
            "tags": self.tags,
            "language": self.language,
            "url": self.url,
            "source": stamp.source,
            "captured_at": self.captured_at,
            "content_hash": self.content_hash,
            "rank": self.rank,
            "provenance": {
                "dump": stamp.dump,
                "member": self.member,
                "record": self.record,
                "offset": self.offset,
                "sha256": stamp.sha256,
                "parser": stamp.parser,
                "run": stamp.run,
            },
            "flags": self.flags,
            "extra": self.extra,
            "schema_version": SCHEMA_VERSION,
        }


class Repeat(Candidate, frozen=True, kw_only=True):
    """The article of a line that was read a moment ago; to make its document the line is read after all."""

    again: Callable[[], Article]
    """Reads the line."""

    def document(self) -> dict[str, Any]:
        return self.again().document()


class Outcome(StrEnum):
    """What became of a record: exactly one of these."""

    INSERTED = "inserted"
    REVISED = "revised"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class Counts(msgspec.Struct, frozen=True):
    """The books of a block, a dump or a run."""

    read: int = 0
    inserted: int = 0
    revised: int = 0
    superseded: int = 0
    duplicate: int = 0
    rejected: int = 0
    reasons: Mapping[str, int] = msgspec.field(default_factory=dict)
    outside: int = 0
    """Articles that were passed over, for their publication days were not asked for. Not among `read`."""

    def balanced(self) -> bool:
        """Whether every record read has exactly one outcome."""
        outcomes = self.inserted + self.revised + self.superseded + self.duplicate + self.rejected
        return outcomes == self.read and sum(self.reasons.values()) == self.rejected

    def __add__(self, other: "Counts") -> "Counts":
        reasons = dict(self.reasons)
        for reason, n in other.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + n
        return Counts(
            self.read + other.read,
            self.inserted + other.inserted,
            self.revised + other.revised,
            self.superseded + other.superseded,
            self.duplicate + other.duplicate,
            self.rejected + other.rejected,
            reasons,
            self.outside + other.outside,
        )
