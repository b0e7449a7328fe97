"""The draft of a source: a look at the dumps, a try at their policy, and what speaks for each line."""

import glob
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec

from etl.errors import DumpError
from etl.extract.names import without_credentials
from etl.extract.types import Dump, Skipped
from etl.model import RawRecord, Reason
from etl.pipeline.job import Job
from etl.profile.budget import Budget
from etl.profile.columns import Column, columns_of
from etl.profile.dating import (
    Dating,
    earliest_for,
    examine_dates,
    first_of,
    say_abbreviations,
    say_dates,
    say_order,
    say_zone,
    settled_languages,
)
from etl.profile.heads import Head, heads_of
from etl.profile.page import Page, share, shown, toml
from etl.profile.reading import ReadingDraft, draft_reading, say_reading
from etl.profile.repeats import repeated_affixes, repeated_lines, repeated_titles
from etl.profile.roles import Choice, choose, words_of
from etl.profile.sample import Sample, sample
from etl.profile.survey import Survey, survey
from etl.profile.trial import Trial, doubles, languages_of, try_out
from etl.sources import Role, Source
from etl.transform.dates.languages import known_languages
from etl.transform.language import stated_language, text_language

_HEADS_SHARE = 0.25
"""Of the time and bytes, for the heads."""
_UNDATED_SHARE = 0.5
"""Share of records without a date from which on they are to be loaded all the same."""
_OTHERS_SHOWN = 25
_NEEDED: tuple[Role, ...] = ("title", "published", "body")
"""Roles whose lack is told."""


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
    _say_where(page, paths, name, found, read, reading)
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


def _say_where(
    page: Page, paths: Sequence[str], name: str, found: Survey, read: Sample, reading: ReadingDraft
) -> None:
    page.say(
        f"Draft of a source, by `article-etl profile` out of "
        f"{len(read.records) + len(read.rejections):,} records "
        f"of {read.opened:,} of {found.dumps:,} dumps."
    )
    page.say(
        f"Read it through, save it as config/sources/{name}.toml, then: article-etl check, and "
        f"article-etl inspect "
        f"PATH --source {name}."
    )
    page.say("What stands as a setting is what the evidence shows; what is only likely is a comment.")
    page.heading("Where the dumps lie")
    endings = ", ".join(f"{n:,} {last or 'without an ending'}" for last, n in found.endings.most_common(8))
    page.say(f"{found.dumps:,} files of {found.size:,} bytes: {endings}.")
    for text in found.passed_over[:5]:
        page.say(f"Passed over: {text}")
    page.put("paths", [narrowed for path in paths for narrowed in _paths(path, reading)])
    dated = _dated(found.chosen)
    if dated:
        page.say("The paths state days. With this in their place a dump belongs to its day, for backfills:")
        page.propose("paths", dated)


_DAY = re.compile(r"(?<!\d)(?:(20\d\d)([-_/.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01]))(?!\d)")


def _paths(path: str, reading: ReadingDraft) -> list[str]:
    """A path for the TOML: absolute, and with wildcards for bytes that no TOML can hold."""
    if "://" in path:
        return [without_credentials(path)]
    whole = str(Path(path).absolute())
    plain = os.path.abspath(path)  # noqa: PTH100 - without `..`
    if os.path.exists(plain) and os.path.samefile(plain, path):  # noqa: PTH110, PTH121
        whole = plain
    if Path(path).is_dir() and reading.endings:
        return [f"{_globbed(whole, always=True)}/**/*{ending}" for ending in reading.endings]
    return [_globbed(whole, always=False)]


def _globbed(path: str, *, always: bool) -> str:
    try:
        path.encode()
    except UnicodeEncodeError:
        return re.sub("[\ud800-\udfff]", "?", glob.escape(path))
    return glob.escape(path) if always and glob.has_magic(path) else path


def _dated(dumps: list[Dump]) -> list[str]:
    """Paths with a `{date:…}`, where every dump's path has one day in the same place."""
    templates: Counter[str] = Counter()
    for dump in dumps:
        path = dump.location if "://" in dump.location else str(Path(dump.location).absolute())
        days = list(_DAY.finditer(path))
        if len(days) != 1 or "{date:" in path or not path.isprintable():
            return []
        day = days[0]
        before, after = path[: day.start()], path[day.end() :]
        ending = Path(path).name
        rest = after if "/" not in after else f"/*{''.join(Path(ending).suffixes[-2:])}"
        templates[f"{before}{{date:%Y{day[2]}%m{day[2]}%d}}{rest}"] += 1
    return sorted(templates) if dumps and len(templates) <= 3 else []


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
        self._unfit = [role for role in _NEEDED if not self._names.get(role) and self._common(role)]
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
        self._say_fields()
        self._say_dates(dating, dates, undated, load_undated, trial, earliest, languages, spoken)
        self._say_content(trial)
        self._say_outcome(trial)
        self._say_expectations(trial)

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
        names = {name for record in self._records[:500] for name in record.fields if name.lower() in listed}
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

    def _say_fields(self) -> None:
        page, total = self._page, len(self._records)
        page.heading("Which field is which")
        for role in get_args(Role):
            choices: list[Choice] = self._chosen.get(role, [])
            if not choices:
                if role in self._unfit:
                    page.say(
                        f"{role}: {shown(', '.join(self._common(role)))} is called so, but holds no {role} "
                        "(another kind of value, or always the same); so that it is not taken for one:"
                    )
                    page.put(f"fields.{role}", [])
                elif role in _NEEDED:
                    page.say(f"No field looks like the {role}.")
                continue
            for choice in choices:
                column = choice.column
                page.say(
                    f"{role}: {shown(column.name)}, filled in {share(column.filled, total)}; {_looks(column)}"
                )
                if not choice.by_name:
                    page.say(
                        f"  Its name says nothing; it is what its values look like. See that it is "
                        f"the {role}."
                    )
            names = [choice.column.name for choice in choices]
            page.put(f"fields.{role}", names[0] if len(names) == 1 else names)
            self._warn(role, choices[0].column)
        self._say_others()

    def _warn(self, role: Role, column: Column) -> None:
        if role != "body":
            return
        cut = sum(bool(re.search(r"(?:\[\+?\d+ chars\]|…|\.\.\.)\s*$", text[-40:])) for text in column.texts)
        if cut * 2 > len(column.texts):
            self._page.say(
                f"  {share(cut, len(column.texts))} of its values end as texts do that were cut off."
            )

    def _say_others(self) -> None:
        used = {name for names in self._names.values() for name in names} | set(self._stand_ins)
        others = [
            column
            for name, column in self._columns.items()
            if name not in used and name.removesuffix(".0") not in used and not name.endswith(".0")
        ]
        if not others:
            return
        listed = ", ".join(
            f"{shown(column.name, 40)} ({100 * column.filled // len(self._records)} %)"
            for column in others[:_OTHERS_SHOWN]
        )
        more = f" and {len(others) - _OTHERS_SHOWN} more" if len(others) > _OTHERS_SHOWN else ""
        # Comments are cut: the list may be longer than one.
        self._page.say(
            "Kept in `extra`, for no role takes them; what is of no use can be left out by `ignore`:"
        )
        for start in range(0, len(listed), 380):
            self._page.say(f"  {listed[start : start + 380]}{more if start + 380 >= len(listed) else ''}")

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

    def _say_content(self, trial: Trial) -> None:
        page = self._page
        page.heading("What is not content")
        articles = [article for _, article in trial.articles]
        lines = repeated_lines((article.title_hash, article.body) for article in articles)
        if lines:
            page.say(
                "Lines that many articles share. Uncomment those that are no content; none is "
                "dropped unasked:"
            )
            for line, n in lines:
                page.say(f"  {n:,} × {shown(line, 90)}")
            page.propose("boilerplate", [line for line, _ in lines])
        else:
            page.say("No line is repeated across many articles.")
        brands, labels = repeated_affixes(article.title for article in articles)
        for key, found, what in (("brands", brands, "end"), ("labels", labels, "begin")):
            if found:
                counted = ", ".join(f"{n:,} × {shown(text, 50)}" for text, n in found)
                page.say(f"Titles that {what} alike: {counted}. Perhaps no part of them:")
                page.propose(key, [text for text, _ in found])
        titles = repeated_titles((a.title, a.key, a.url) for a in articles)
        if titles:
            counted = ", ".join(f"{n:,} × {shown(title, 50)}" for title, n in titles)
            page.say(f"Titles of several articles each: {counted}. If they are placeholders:")
            page.propose("not_articles", [title for title, _ in titles])

    def _say_outcome(self, trial: Trial) -> None:
        page = self._page
        rejections = self._read.rejections
        total = len(trial.articles) + len(trial.rejections) + len(rejections)
        page.heading("What a load of the sample gives")
        page.say(f"{share(len(trial.articles), total)} records become articles.")
        languages = languages_of(trial, {})
        if languages:
            listed = ", ".join(f"{code} {n:,}" for code, n in languages.most_common(8))
            page.say(f"Languages: {listed}.")
        found = doubles(trial.articles)
        if found.same or found.versions:
            page.say(
                f"Duplicates by key (instant and title): {found.same:,} repeat an article as it is, "
                f"{found.versions:,} "
                f"give another version of one, such as {shown(found.example)}."
            )
        elif trial.articles:
            page.say("No key (instant and title) comes up twice.")
        for reason, n in (trial.reasons + Counter(r.reason for r in rejections)).most_common():
            own = [r for _, r in trial.rejections if r.reason == reason] + [
                r for r in rejections if r.reason == reason
            ]
            first = own[0]
            place = f"{first.member}, record {first.record}" if first.member else f"record {first.record}"
            page.say(f"Rejected, {reason.value}: {n:,}, such as {place}: {first.detail[:240]}")
        if self._read.failed:
            page.say(f"{share(self._read.failed, self._read.opened)} dumps cannot be read, or not whole:")
            for error in self._read.failures[:5]:
                page.say(f"  {error}")

    def _say_expectations(self, trial: Trial) -> None:
        total = len(trial.articles) + len(trial.rejections) + len(self._read.rejections)
        rejected = 1 - len(trial.articles) / total if total else 0.0
        self._page.heading("What a normal load looks like: state it, and a load outside of it warns or fails")
        always = [
            choice.column.name
            for choices in self._chosen.values()
            for choice in choices[:1]
            if choice.column.filled >= 0.99 * len(self._records) > 0
        ]
        self._page.propose_lines(
            [
                "[expect]",
                "min_records = 1",
                f"required = {toml(always)}",
                f"max_rejected = {min(1.0, round(rejected * 2 + 0.02, 2))}",
            ]
        )


def _looks(column: Column) -> str:
    kinds = ", ".join(kind for kind, _ in column.kinds.most_common(2))
    size = f", {column.median_length:,} characters in the middle" if column.kinds["text"] else ""
    distinct = f", {100 * column.distinct:.0f} % of them distinct" if column.filled > 4 else ""
    example = next(iter(column.values), None)
    return f"{kinds}{size}{distinct}; such as {shown(example, 50)}"


__all__ = ["Profile", "profile"]
