"""Where the dumps lie: the paths of the draft, and the days that they may state."""

import glob
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from etl.extract.names import without_credentials
from etl.extract.types import Dump
from etl.profile.page import Page
from etl.profile.reading import ReadingDraft
from etl.profile.sample import Sample
from etl.profile.survey import Survey


def say_where(
    page: Page, paths: Sequence[str], name: str, found: Survey, read: Sample, reading: ReadingDraft
) -> None:
    """Where the dumps lie, and how the draft came about, onto the page."""
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
