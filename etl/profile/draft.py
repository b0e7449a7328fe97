"""The draft of a source: a look at the dumps, a try at their policy, and what speaks for each line."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, get_args

import msgspec

from etl.errors import DumpError
from etl.extract.types import Dump, Skipped
from etl.model import RawRecord, Reason
from etl.pipeline.job import Job
from etl.profile.budget import Budget
from etl.profile.columns import columns_of
from etl.profile.datesaid import say_abbreviations, say_dates, say_order, say_zone
from etl.profile.dating import Dating, earliest_for, examine_dates, first_of, settled_languages
from etl.profile.fieldsaid import NEEDED, FieldsSaid, say_folders
from etl.profile.heads import Head, heads_of
from etl.profile.outcome import say_content, say_expectations, say_outcome
from etl.profile.page import Page, share, shown
from etl.profile.reading import ReadingDraft, draft_reading, say_reading
from etl.profile.roles import choose, words_of
from etl.profile.sample import Sample, sample
from etl.profile.survey import Survey, survey
from etl.profile.trial import Trial, try_out
from etl.profile.where import say_where
from etl.sources import Role, Source
from etl.transform.clocks import beside, clock_in
from etl.transform.dates.languages import known_languages
from etl.transform.language import stated_language, text_language
from etl.transform.rich import rich_text

_HEADS_SHARE = 0.25
"""Of the time and bytes, for the heads."""
_UNDATED_SHARE = 0.5
"""Share of records without a date from which on they are to be loaded all the same."""


class Profile(msgspec.Struct, frozen=True):
    """What came of a look at some dumps."""

    text: str
    """The draft: a source's TOML."""
    failures: tuple[DumpError, ...]
    """What could not be read."""


def profile(paths: Sequence[str], name: str, job: Job, budget: Budget | None = None) -> Profile:
    """The draft of a source for the dumps at these paths.

    Raises:
        DumpError: there is nothing to look at, or nothing of it can be read.
    """
    budget = budget or Budget()
    found = survey(paths)
    if not found.dumps:
        raise found.failures[0] if found.failures else DumpError(", ".join(paths), "holds no dump")
    heads, odd = _heads(found, job, budget.part(_HEADS_SHARE))
    reading = draft_reading(heads)
    source = _with(Source.model_validate({"name": name}), _stated(reading))
    chosen = [dump for dump in found.chosen if not reading.endings or _ends_in(dump, heads, reading)]
    read = sample(chosen, job.reading(source), budget)
    failures = [*found.failures, *(item for item in odd if isinstance(item, DumpError)), *read.failures]
    if not read.records and not read.rejections and failures and read.failed >= read.opened:
        raise failures[0]
    page = Page()
    say_where(page, paths, name, found, read, reading)
    say_reading(page, reading, heads, odd)
    if read.records or read.rejections:
        _Draft(page, source, read, job).say()
    else:
        page.heading("Records")
        if budget.left:
            page.say("There is not one record in them, so nothing can be said of fields and dates.")
        else:
            page.say("Not one record ended within what is looked at of a dump: see what one begins with.")
    return Profile(page.text(name), tuple(failures))


def _heads(found: Survey, job: Job, budget: Budget) -> tuple[list[Head], list[Skipped | DumpError]]:
    heads: list[Head] = []
    odd: list[Skipped | DumpError] = []
    for dump in found.chosen:
        if not budget.left:
            break
        for item in heads_of(dump, job.settings.limits, budget):
            (heads if isinstance(item, Head) else odd).append(item)  # type: ignore[arg-type]
    return heads, odd


def _ends_in(dump: Dump, heads: list[Head], reading: ReadingDraft) -> bool:
    return any(head.dump == dump.uri and head.ending in reading.endings for head in heads)


def _stated(reading: ReadingDraft) -> dict[str, Any]:
    keys = ("format", "encoding", "records", "record", "delimiter")
    return {key: value for key in keys if (value := getattr(reading, key)) is not None}


def _with(source: Source, values: dict[str, Any]) -> Source:
    return Source.model_validate({**source.model_dump(exclude_unset=True), **values})


class _Draft:
    """Fields, dates, content and outcome of the sample, onto the page."""

    def __init__(self, page: Page, source: Source, read: Sample, job: Job) -> None:
        self._page = page
        self._source = source
        self._read = read
        self._job = job
        self._records: list[RawRecord] = [record for _, record in read.records]
        self._columns = columns_of([record.fields for record in self._records])
        self._chosen = choose(self._columns, job.field_table, job.run_date)
        self._names: dict[Role, list[str]] = {
            role: [choice.column.name for choice in choices] for role, choices in self._chosen.items()
        }
        self._stand_ins = self._later_dates()
        self._unfit = {
            role: common for role in NEEDED if not self._names.get(role) and (common := self._common(role))
        }
        """Roles that a load would look for in a field of a common name, and that no such field serves."""

    def say(self) -> None:
        """All of it, in the order of the file: tables come last, as TOML wants it."""
        fields: dict[str, Any] = {role: names for role in get_args(Role) if (names := self._names.get(role))}
        fields |= dict.fromkeys(self._unfit, ())
        source = _with(self._source, {"fields": fields})
        spoken = self._spoken()
        dates = self._names.get("published", []) + self._stand_ins
        if self._stand_ins:
            source = _with(source, {"published_from": dates})
        languages = settled_languages(self._records, dates, source, self._job.run_date, spoken)
        if languages:
            source = _with(source, {"languages": languages})
        dating = self._examined(source, dates, spoken)
        if dating.order.order:
            source = _with(source, {"date_order": dating.order.order})
            dating = self._examined(source, dates, spoken)
        earliest = earliest_for(dating, source, len(self._records))
        if earliest:
            source = _with(source, {"earliest": earliest})
        titles = self._names.get("title", [])
        entitled = [record for record in self._records if first_of(record.fields, titles) is not None]
        undated = sum(first_of(record.fields, dates) is None for record in entitled)
        load_undated = undated > 0 and undated >= _UNDATED_SHARE * len(entitled)
        if load_undated:
            source = _with(source, {"undated": "load"})
        trial = try_out(self._read.records, source, self._job)
        FieldsSaid(
            self._page, len(self._records), self._columns, self._chosen, self._unfit, self._stand_ins
        ).say()
        say_folders(self._page, self._read)
        self._say_dates(dating, dates, undated, load_undated, trial, earliest, languages, spoken)
        say_content(self._page, trial)
        say_outcome(self._page, self._read, trial)
        say_expectations(self._page, self._read, trial, self._chosen)

    def _examined(self, source: Source, dates: list[str], spoken: Sequence[str]) -> Dating:
        others = [name for name in self._date_fields() if name not in dates[:1]]
        urls = self._names.get("url", [])
        return (
            examine_dates(
                self._records, dates, others, urls, self._columns, source, self._job.run_date, spoken
            )
            if dates
            else examine_dates([], ["published"], [], [], self._columns, source, self._job.run_date, spoken)
        )

    def _date_fields(self) -> list[str]:
        """Fields that look like clocks, of any role."""
        hinted = (
            "date", "time", "published", "updated", "modified", "captured", "created", "crawled", "epoch",
            "timestamp", "at", "pub",
        )  # fmt: skip
        found = [name for role in ("published", "captured") for name in self._names.get(role, ())]
        for name in self._columns:
            words = words_of(name.rpartition(".")[2])
            if any(word in hinted for word in words) and not any(w in ("tz", "zone", "by") for w in words):
                found.append(name)
        return list(dict.fromkeys(found))[:8]

    def _later_dates(self) -> list[str]:
        """Fields for updates that may stand in where the publication date is missing."""
        rows = set().union(*(choice.column.rows for choice in self._chosen.get("published", [])))
        missing = set(range(len(self._records))) - rows
        found = []
        taken = {name for names in self._names.values() for name in names}
        for name, column in self._columns.items():
            words = words_of(name.rpartition(".")[2])
            later = any(word in ("updated", "update", "modified", "modify", "edited") for word in words)
            if later and name not in taken and column.rows & missing and column.median_length < 60:
                found.append(name)
                missing -= column.rows
        return found

    def _common(self, role: Role) -> list[str]:
        """The raw fields that have a common name of a role."""
        listed = {name.lower() for name in self._job.field_table.get(role, ())}
        names = {
            name
            for record in self._records[:500]
            for name, value in record.fields.items()
            if name.lower() in listed and not (isinstance(value, dict | list) and rich_text(value))
        }
        return sorted(names)

    def _spoken(self) -> list[str]:
        """Languages of the records, the most frequent first; those of a few are left out."""
        counts: Counter[str] = Counter()
        step = max(1, len(self._records) // 600)
        for record in self._records[::step]:
            code = self._language(record)
            if code:
                counts[code] += 1
        least = counts.total() * 0.005
        return [code for code, n in counts.most_common() if n >= least and code in known_languages()]

    def _language(self, record: RawRecord) -> str | None:
        stated = stated_language(first_of(record.fields, self._names.get("language", [])))
        if stated:
            return stated
        for role in ("body", "title"):
            text = first_of(record.fields, self._names.get(role, []))
            if isinstance(text, str) and (code := text_language(text[:3000])):
                return code
        return None

    def _say_dates(
        self,
        dating: Dating,
        dates: list[str],
        undated: int,
        load_undated: bool,
        trial: Trial,
        earliest: Any,
        languages: tuple[str, ...],
        spoken: list[str],
    ) -> None:
        page, total = self._page, len(self._records)
        page.heading("Dates")
        values = [value for record in self._records if (value := first_of(record.fields, dates)) is not None]
        if values:
            say_dates(page, dating, values, f"{share(len(values), total)} records have one")
            say_order(page, dating.order, trial.reasons[Reason.AMBIGUOUS_DATE])
        self._say_beside(dating, dates)
        if self._stand_ins:
            page.say(
                f"{shown(', '.join(self._stand_ins))} may stand in where {shown(dates[0])} is "
                f"missing; the article "
                "then says which gave its date:"
            )
            page.put("published_from", dates)
        if load_undated:
            page.say(
                f"{share(undated, total)} records have no date at all, so they are keyed by title and body; "
                "without this they would be rejected:"
            )
            page.put("undated", "load")
        elif undated:
            page.say(
                f"{share(undated, total)} records have no date, and are rejected. To key them by "
                f"their content:"
            )
            page.propose("undated", "load")
        if earliest:
            page.say("Publication days lie before 1990:")
            page.put("earliest", earliest)
        elif dating.out_of_range:
            days = sorted(instant.utc.date() for instant in dating.out_of_range)
            page.say(
                f"{len(days):,} dates are outside of the window and rejected, from {days[0]} to {days[-1]}; "
                "`earliest` and `latest_days` set it."
            )
        self._say_languages(languages, spoken)
        unknown = [r.detail for _, r in trial.rejections if r.reason == Reason.UNKNOWN_ZONE]
        say_zone(page, dating, spoken)
        if unknown:
            say_abbreviations(page, unknown)

    def _say_beside(self, dating: Dating, dates: list[str]) -> None:
        """A time of day in a field of its own."""
        if not dates or not dating.days:
            return
        page = self._page
        found = beside(dates[0], self._columns)
        completing = [name for name in found if name]
        if completing:
            names = shown(" and ".join(completing))
            page.say(f"By its name {names} is of the same event as {shown(dates[0])}, and completes it.")
            return
        taken = {name for names in self._names.values() for name in names}
        for name, column in self._columns.items():
            clocks = sum(clock_in(value) is not None for value in column.values)
            if name not in taken and "." not in name and clocks * 10 >= 9 * len(column.values) > 0:
                page.say(f"{shown(name)} holds times of day. If they are those of {shown(dates[0])}:")
                page.propose("published_from", f"{dates[0]} + {name}")
                return

    def _say_languages(self, languages: tuple[str, ...], spoken: list[str]) -> None:
        page = self._page
        if languages:
            page.say(
                f"Some dates can only be read with the languages known; these are the articles' "
                f"({len(spoken)}):"
            )
            page.put("languages", list(languages))
        elif spoken:
            page.say("Languages of the articles, the most frequent first (no date needs them):")
            page.propose("languages", spoken[:8])


__all__ = ["Profile", "profile"]
