"""Paths with a day in them: `dumps/{date:%Y-%m-%d}/*.jsonl.gz`.

With days given the template becomes paths; without, it becomes a glob, and the day is read back from
each path that it finds.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from etl.errors import ConfigError

_SLOT = re.compile(r"\{date:([^{}]*)\}")
_CODE = re.compile(r"%(.)")
_DIGITS = {"Y": 4, "m": 2, "d": 2, "y": 2, "j": 3}
_GLOB_OR_CODE = re.compile(
    r"\{date:(?P<form>[^{}]*)\}|(?P<deep>\*\*/)|(?P<some>\*)|(?P<one>\?)|(?P<set>\[[^\]]+\])"
)


class DatedPath:
    """A path template with at least one `{date:…}`.

    Raises:
        ConfigError: a slot is written with anything but `%Y %y %m %d %j`.
    """

    def __init__(self, template: str) -> None:
        self.template = template
        forms = _SLOT.findall(template)
        codes = [code for form in forms for code in _CODE.findall(form)]
        if not forms or not codes or not _DIGITS.keys() >= set(codes):
            raise ConfigError(
                f"the path {template!r} must write its day with %Y %y %m %d %j, as in {{date:%Y-%m-%d}}"
            )
        # The first of each code counts: strptime takes none twice, as {date:%Y}/{date:%Y-%m-%d} has %Y.
        self._codes = list(dict.fromkeys(codes))
        self._regex = re.compile(_regex(template))

    def for_days(self, first: date, last: date) -> Iterator[tuple[date | None, str]]:
        """The paths of the days from `first` to `last`, each once, with the day that it states."""
        seen: set[str] = set()
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            path = _filled(self.template, day)
            if path not in seen:
                seen.add(path)
                yield self._parsed([day.strftime(f"%{code}") for code in self._codes]), path

    def as_glob(self) -> str:
        """The template with globs in place of its days."""
        return _SLOT.sub(
            lambda slot: _CODE.sub(lambda code: "[0-9]" * _DIGITS[code[1]], slot[1]), self.template
        )

    def day_of(self, path: str) -> date | None:
        """The day that a path states, or that the folder states which it lies in; None if it is no day."""
        match = self._regex.match(path)
        return None if match is None else self._parsed([match[code] for code in self._codes])

    def _parsed(self, texts: list[str]) -> date | None:
        form = " ".join(f"%{code}" for code in self._codes)
        try:
            return datetime.strptime(" ".join(texts), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            return None


def is_dated(path: str) -> bool:
    """Whether a path has a `{date:…}` in it."""
    return "{date:" in path


def is_daily(paths: Iterable[str]) -> bool:
    """Whether one of the paths has a day of its own for each day, and not only one a month or a year."""
    return any(code in form for path in paths for form in _SLOT.findall(path) for code in ("%d", "%j"))


def _filled(template: str, day: date) -> str:
    return _SLOT.sub(lambda slot: day.strftime(slot[1]), template)


def _regex(template: str) -> str:
    """A regular expression for the paths that the template as a glob finds; one group for each code."""
    parts: list[str] = []
    named: set[str] = set()
    at = 0
    for piece in _GLOB_OR_CODE.finditer(template):
        parts.append(re.escape(template[at : piece.start()]))
        at = piece.end()
        if piece["form"] is not None:
            parts.append(_CODE.sub(lambda code: _group(code[1], named), _escaped(piece["form"])))
        elif piece["set"]:
            parts.append(piece["set"].replace("[!", "[^"))
        else:
            parts.append("(?:.*/)?" if piece["deep"] else "[^/]*" if piece["some"] else "[^/]")
    return "".join(parts) + re.escape(template[at:]) + "(?:/|$)"


def _group(code: str, named: set[str]) -> str:
    if code in named:
        return rf"\d{{{_DIGITS[code]}}}"
    named.add(code)
    return rf"(?P<{code}>\d{{{_DIGITS[code]}}})"


def _escaped(form: str) -> str:
    return re.escape(form).replace(r"\%", "%")
