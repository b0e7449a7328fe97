"""A source: a named stream of dumps, and the policy that reads them. One TOML file each; no Python."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

PARSER_VERSION = 3
"""Raised whenever the same bytes and the same source would give another article."""

Format = Literal[
    "text", "jsonl", "json", "csv", "tsv", "feed", "html", "warc", "xml", "sgml", "parquet"
]  # fmt: skip
Role = Literal["title", "published", "body", "authors", "editor", "tags", "language", "url", "captured"]
DateOrder = Literal["DMY", "MDY", "YMD"]
SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]

Names = tuple[str, ...]


class Expect(BaseModel):
    """What a source states of a normal load; a load outside of it warns or fails."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_records: int | None = Field(None, ge=0, description="Least records a day.")
    max_records: int | None = Field(None, ge=0, description="Most records a day.")
    max_rejected: float | None = Field(None, ge=0, le=1, description="Greatest rejected share.")
    required: tuple[str, ...] = Field(
        (), description="Raw fields that records must have filled; dots reach into objects."
    )
    required_share: float = Field(
        0.9, ge=0, le=1, description="Share of the records looked at that must have each required field."
    )
    forbidden: tuple[str, ...] = Field((), description="Raw fields that must not appear.")
    drift: bool = Field(
        True,
        description="Whether to name fields that were never seen before, and mapped ones that vanished.",
    )
    max_silence_hours: float | None = Field(
        None,
        ge=0,
        description="Hours without anything new after which the source is silent, which is an alarm; 0 for "
        "never. When absent, of a dated path: as long as its dumps usually lie apart, and 36 hours more; "
        "of any other: never.",
    )
    on_miss: Literal["warn", "fail"] = Field("warn", description="What a miss does to the run.")

    @field_validator("required", "forbidden", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Source(BaseModel):
    """A named stream of dumps. The descriptions below are the configuration reference."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: SourceName = Field(description="Short name; the file is `config/sources/<name>.toml`.")
    description: str = Field("", description="One line for people.")

    # where
    paths: Names = Field(
        (),
        description="Files, folders, globs or URLs; `{date:%Y-%m-%d}` stands for the dump's day.",
    )

    # how to read the bytes
    format: Format | None = Field(None, description="Dump format; by the name's ending when absent.")
    encoding: str | None = Field(None, description="Declared encoding, tried after BOM and UTF-8.")
    records: str | None = Field(
        None, description="Dotted path to the list of records in a JSON dump; `*` stands for every key."
    )
    record: str | None = Field(
        None, min_length=1, description="Tag of a record's element in an XML or SGML dump, such as `article`."
    )
    delimiter: str | None = Field(
        None, min_length=1, max_length=1, description="Cell delimiter of a CSV dump."
    )

    # which field is which
    fields: dict[Role, Names] = Field(
        default_factory=dict,
        description="Role to raw field names, first filled one wins; dots reach into objects.",
    )
    ignore: Names = Field((), description="Raw fields that are knowingly left out of `extra`.")
    folder: str | None = Field(
        None,
        min_length=1,
        description="Raw field that is given the name of the folder of the file, or of the archive's member, "
        "where folders are categories; `tags` makes it a tag, `section` is kept in `extra`.",
    )

    # dates
    timezone: str | None = Field(None, description="IANA zone of clocks that state none.")
    date_order: DateOrder | None = Field(
        None, description="Order of the parts in numeric dates such as 01/02/2023."
    )
    languages: tuple[LanguageCode, ...] = Field(
        (), description="Languages of the articles, most frequent first; month names come from them."
    )
    zones: dict[str, str] = Field(
        default_factory=dict,
        description="Meaning of zone abbreviations in this source: IANA name or offset such as +05:30.",
    )
    earliest: date = Field(date(1990, 1, 1), description="Earliest publication day accepted.")
    latest_days: int = Field(2, ge=0, description="Days after the run's date that a publication may lie.")
    undated: Literal["reject", "load"] = Field(
        "reject", description="Whether a record without a date is rejected or keyed by its content."
    )
    published_from: Names = Field(
        (),
        description="Fields or roles that may give the date, in order, in place of `fields.published`; "
        "`day + clock + zone` joins fields.",
    )

    # what is not content
    boilerplate: Names = Field((), description="Lines that are dropped wherever a body has them.")
    brands: Names = Field((), description="Exact suffixes to cut off titles, such as ` | Example News`.")
    labels: Names = Field((), description="Exact prefixes to cut off titles, such as `VIDEO: `.")
    not_articles: Names = Field(
        (), description="Titles of placeholder and error pages, compared in their normal form."
    )

    expect: Expect = Field(default_factory=Expect, description="What a normal load looks like.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError(f"{value!r} is not an IANA time zone name (such as Europe/Berlin)")
        return value

    @field_validator("fields", mode="before")
    @classmethod
    def _one_name_or_many(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: (v,) if isinstance(v, str) else v for k, v in value.items()}
        return value

    @field_validator(
        "paths",
        "ignore",
        "languages",
        "boilerplate",
        "brands",
        "labels",
        "not_articles",
        "published_from",
        mode="before",
    )
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @property
    def zone(self) -> ZoneInfo | None:
        """The source's time zone, or None where UTC is to be assumed."""
        return ZoneInfo(self.timezone) if self.timezone else None

    def parser(self, field_table: Mapping[Role, Names], *lists: Names) -> str:
        """Version of everything that turns this source's bytes into articles, such as `1-9f2c01ab34cd`.

        The rules' own version, then a digest of the source's policy and of the shared lists: a
        corrected time zone makes every dump of the source due again.
        """
        policy = self.model_dump_json(exclude={"description", "paths", "expect"})
        digest = hashlib.sha256(f"{policy}\n{sorted(field_table.items())}\n{lists}".encode()).hexdigest()
        return f"{PARSER_VERSION}-{digest[:12]}"


ADHOC = Source(name="adhoc", description="Dumps loaded without a source.")
"""The source of dumps that are loaded by path alone."""


def source_path(folder: Path, name: str) -> Path:
    """Where the TOML of a source lies."""
    return folder / "sources" / f"{name}.toml"
