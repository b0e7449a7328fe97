"""The configuration folder as one checked value: settings, sources and the shared lists.

    config/
      settings.toml        etl.settings.Settings
      fields.toml          role -> common raw field names
      boilerplate.toml     lines = [...]
      not_articles.toml    titles = [...]
      sources/<name>.toml  etl.sources.Source (the name is the file's)
      mongo/*.json         validators and indexes, installed by the loader

Only what is a user's own must be there: lists and validators that the folder lacks are the shipped ones.

Everything is read and checked once, here. Every problem is found in one go and named with its file,
line and key, so that `article-etl check` can print them all.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec
from pydantic import BaseModel, ValidationError

from etl.errors import ConfigError
from etl.settings import Settings
from etl.sources import ADHOC, Names, Role, Source

_T = TypeVar("_T", bound=BaseModel)


_TOP = Path(__file__).parents[1]
SHIPPED = next((f for f in (_TOP / "config", _TOP / "flows/_shipped/config") if f.is_dir()), _TOP / "config")
"""The configuration that comes with the project: at the top of a checkout, or inside the wheel."""


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong in a configuration file."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class Configuration(msgspec.Struct, frozen=True):
    """All that the configuration folder says."""

    folder: Path
    settings: Settings
    sources: dict[str, Source]
    field_table: dict[Role, Names]
    boilerplate: Names
    not_articles: Names
    mongo: Path
    """Folder of the validators and indexes."""

    def source(self, name: str) -> Source:
        """The source of that name.

        Raises:
            ConfigError: there is none; the message lists those that there are.
        """
        try:
            return self.sources[name]
        except KeyError:
            known = ", ".join(sorted(self.sources)) or "none yet"
            raise ConfigError(
                f"no source {name!r} under {self.folder / 'sources'} (there: {known})"
            ) from None


def read_configuration(folder: Path) -> Configuration:
    """Read and check the whole folder.

    Raises:
        ConfigError: listing every problem, one a line.
    """
    configuration, problems = examine(folder)
    if problems or configuration is None:
        raise ConfigError("\n".join(str(problem) for problem in problems))
    return configuration


def examine(folder: Path) -> tuple[Configuration | None, list[Problem]]:
    """Read the folder and collect every problem; the configuration is None where there are any."""
    if not folder.is_dir():
        hint = "no such folder; name one with ARTICLE_ETL_CONFIG or --config"
        return None, [Problem(str(folder), None, "", hint)]
    problems: list[Problem] = []
    settings = _parse(folder / "settings.toml", Settings, problems) or Settings()
    table = _lists(own_or_shipped(folder, "fields.toml"), get_args(Role), problems)
    boilerplate = _lists(own_or_shipped(folder, "boilerplate.toml"), ("lines",), problems)
    not_articles = _lists(own_or_shipped(folder, "not_articles.toml"), ("titles",), problems)
    sources: dict[str, Source] = {}
    for path in sorted((folder / "sources").glob("*.toml")):
        source = _parse(path, Source, problems, {"name": path.stem})
        if source is not None:
            sources[source.name] = source
    configuration = Configuration(
        folder=folder,
        settings=settings,
        sources=sources,
        field_table=table,  # type: ignore[arg-type]  # its keys were held against Role
        boilerplate=boilerplate.get("lines", ()),
        not_articles=not_articles.get("titles", ()),
        mongo=own_or_shipped(folder, "mongo"),
    )
    return (None if problems else configuration), problems


def own_or_shipped(folder: Path, name: str) -> Path:
    """A file or folder of the configuration: the user's own where there is one."""
    own = folder / name
    return own if own.exists() else SHIPPED / name


def with_overrides(source: Source | None, overrides: list[str]) -> Source:
    """A source with `--set KEY=VALUE` options laid over it.

    A value is read as TOML (`12`, `true`, `["a", "b"]`) where that gives what the key takes, else as
    plain text; a key that takes a list also takes `a,b`. Dots reach into tables: `fields.title=headline`.

    Raises:
        ConfigError: an option without `=`, an unknown key, a value that the key does not take.
    """
    base = source or ADHOC
    values: dict[str, Any] = base.model_dump(exclude_unset=True)
    for option in overrides:
        key, equals, text = option.partition("=")
        if not equals or not key:
            raise ConfigError(f"--set {option}: write it as KEY=VALUE, such as timezone=Europe/Berlin")
        top, _, rest = key.partition(".")
        if top not in Source.model_fields or top == "name":
            raise ConfigError(f"--set {option}: unknown key {top!r} (see docs/configuration.md)")
        if rest:
            values[top] = {**values.get(top, {}), rest: _value(text, listed=top == "fields")}
        else:
            values[top] = _value(text, listed="tuple" in str(Source.model_fields[top].annotation))
    try:
        return Source.model_validate({**values, "name": base.name})
    except ValidationError as error:
        wrong = "; ".join(f"{_dotted(e['loc'])}: {_message(e)}" for e in error.errors())
        raise ConfigError(f"--set: {wrong}") from None


def _value(text: str, *, listed: bool) -> Any:
    if listed and not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _parse(
    path: Path, model: type[_T], problems: list[Problem], extra: Mapping[str, Any] | None = None
) -> _T | None:
    text, table = _toml(path, problems)
    if table is None:
        return None
    try:
        return model.model_validate({**(extra or {}), **table})
    except ValidationError as error:
        for e in error.errors():
            key = _dotted(e["loc"])
            problems.append(Problem(str(path), line_of(text, key), key, _message(e)))
        return None


def _lists(path: Path, allowed: tuple[str, ...], problems: list[Problem]) -> dict[str, Names]:
    text, table = _toml(path, problems)
    found: dict[str, Names] = {}
    for key, value in (table or {}).items():
        if key not in allowed:
            message = f"unknown key (known: {', '.join(allowed)})"
            problems.append(Problem(str(path), line_of(text, key), key, message))
        elif not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            problems.append(Problem(str(path), line_of(text, key), key, "must be a list of strings"))
        else:
            found[key] = tuple(value)
    return found


def _toml(path: Path, problems: list[Problem]) -> tuple[str, dict[str, Any] | None]:
    """The text and its table; an absent file is an empty one."""
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        return "", {}
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"at line (\d+)", str(error))
        line = int(where[1]) if where else text.count("\n") + 1  # else it says "at end of document"
        problems.append(Problem(str(path), line, "", f"not valid TOML: {error}"))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(str(path), None, "", f"cannot be read: {error}"))
    return "", None


def line_of(text: str, key: str) -> int | None:
    """Line (1-based) on which a dotted key stands in a TOML text; the nearest parent's where absent."""
    parts = [part for part in key.split(".") if not part.isdigit()]
    table: list[str] = []
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
        assigned = re.match(r"\s*([A-Za-z0-9_.\"'-]+)\s*=", line)
        if header:
            table = _split(header[1])
            path = table
        elif assigned:
            path = table + _split(assigned[1])
        else:
            continue
        if path == parts[: len(path)] and (best is None or len(path) > best[0]):
            best = (len(path), number)
    return best[1] if best else None


def _split(key: str) -> list[str]:
    return [part.strip().strip("\"'") for part in key.split(".")]


def _dotted(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location if part != "[key]")


def _message(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown key"
    message = str(error["msg"]).removeprefix("Value error, ")
    shown = repr(error.get("input"))
    return message if shown in message or len(shown) > 80 else f"{message} (got {shown})"
