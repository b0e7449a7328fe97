"""Writes docs/configuration.md from the descriptions in the code. Run by `make docs`; held by a test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from etl.settings import Settings
from etl.sources import Expect, Role, Source

PAGE = Path(__file__).with_name("configuration.md")


def page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Configuration"
    yield ""
    yield "Made from the code by `make docs`; do not edit it here."
    yield ""
    yield "The folder `config/` (another one with `ARTICLE_ETL_CONFIG`) holds TOML files. `article-etl check`"
    yield "reads them all and names every mistake with its file, line and key."
    yield ""
    yield "## A source: `config/sources/<name>.toml`"
    yield ""
    yield "Every key may also be given once, on the command line: `--set timezone=Asia/Shanghai`,"
    yield "`--set fields.title=headline`, `--set languages=zh,en`. Relative paths start from the folder that"
    yield "holds `config/`."
    yield ""
    yield from _table(Source, skip=("name", "expect"))
    yield ""
    yield f"Roles for `fields`: {', '.join(f'`{role}`' for role in get_args(Role))}. Roles that a source"
    yield "does not map are looked up by the common names in `config/fields.toml`."
    yield ""
    yield "### `[expect]`"
    yield ""
    yield from _table(Expect)
    yield ""
    yield "## `config/settings.toml`"
    for name, field in Settings.model_fields.items():
        section = field.annotation
        assert isinstance(section, type) and issubclass(section, BaseModel)
        yield ""
        yield f"### `[{name}]`"
        yield ""
        yield (section.__doc__ or "").strip()
        yield ""
        yield from _table(section)
    yield ""
    yield "## Shared lists"
    yield ""
    yield "- `config/fields.toml`: role to common raw field names, in the order of trying."
    yield "- `config/boilerplate.toml`: `lines` that are dropped from every body, such as `Leave a Reply`."
    yield "- `config/not_articles.toml`: `titles` of placeholder and error pages."
    yield "- `config/mongo/*.json`: validators and indexes, installed by the loader."
    yield ""
    yield "## Environment"
    yield ""
    yield "| variable | meaning |"
    yield "|---|---|"
    yield "| `ARTICLE_ETL_HOME` | data folder: embedded MongoDB, Prefect's history (default: user data) |"
    yield "| `ARTICLE_ETL_CONFIG` | configuration folder (default: `config/`) |"
    yield "| `ARTICLE_ETL_MONGO_URI` | MongoDB server to use in place of the embedded one |"
    yield "| `ARTICLE_ETL_MONGO_URI_FILE` | file that holds that address, such as a container's secret |"
    yield "| `ARTICLE_ETL_DATABASE` | database (default: `article_etl`) |"
    yield "| `ARTICLE_ETL_MONGOD` | mongod program to run as the embedded server |"


def _table(model: type[BaseModel], skip: tuple[str, ...] = ()) -> Iterator[str]:
    yield "| key | default | meaning |"
    yield "|---|---|---|"
    for name, field in model.model_fields.items():
        if name not in skip:
            yield f"| `{name}` | {_default(field)} | {field.description}{_choices(field.annotation)} |"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is None or value in ((), {}, ""):
        return "none"
    return f"`{value}`"


def _choices(annotation: Any) -> str:
    """The values that a key takes, where they are few."""
    for part in (annotation, *get_args(annotation)):
        if get_origin(part) is Literal:
            return " One of " + ", ".join(f"`{choice}`" for choice in get_args(part)) + "."
    return ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
