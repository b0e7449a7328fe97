"""The pages say what the code does: every key, reason, format and command is in them."""

from typing import get_args

import pytest
from typer.main import get_command

from docs.make_configuration import PAGE, page
from etl.model import Outcome, Reason
from etl.sources import Format, Source
from tests.command import PROJECT


def test_the_configuration_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


@pytest.mark.parametrize("key", Source.model_fields)
def test_every_key_of_a_source_has_a_description(key: str) -> None:
    assert Source.model_fields[key].description


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_to_reject_is_explained(reason: Reason) -> None:
    assert f"| `{reason.value}` |" in (PROJECT / "docs/documents.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_explained(outcome: Outcome) -> None:
    assert f"| `{outcome.value}` |" in (PROJECT / "docs/documents.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("format", get_args(Format))
def test_every_format_has_its_part_in_the_formats_page(format: str) -> None:
    assert f"## `{format}`" in (PROJECT / "docs/formats.md").read_text(encoding="utf-8")


def commands() -> list[tuple[str, str]]:
    from flows.cli import app

    found = []
    for name, command in get_command(app()).commands.items():
        found.append((name, command.help or ""))
        found += [(f"{name} {n}", c.help or "") for n, c in getattr(command, "commands", {}).items()]
    return found


@pytest.mark.parametrize(("name", "help"), commands())
def test_every_command_has_help_with_an_example(name: str, help: str) -> None:
    assert f"Example: article-etl {name.split(maxsplit=1)[0]}" in help or name == "quarantine"


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *sorted(p.name for p in (PROJECT / "docs").glob("*.md"))]
)
def test_every_link_leads_to_a_file(page: str) -> None:
    import re

    path = PROJECT / page if (PROJECT / page).is_file() else PROJECT / "docs" / page
    for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / link).exists(), f"{page}: {link}"
