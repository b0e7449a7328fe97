"""The commands as scripts rely on them: output, JSON, exit status."""

import json
from pathlib import Path

import pytest

from flows.cli import run
from tests.command import Command
from tests.pipeline.records import records, write_jsonl

pytestmark = pytest.mark.mongo

BAD = '{"title": "No date at all", "body": "x"}\n'


@pytest.fixture
def command(tmp_path: Path, mongo_uri: str, database: str) -> Command:
    variables = {"ARTICLE_ETL_MONGO_URI": mongo_uri, "ARTICLE_ETL_DATABASE": database}
    return Command(tmp_path / "home", variables)


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = write_jsonl(tmp_path / "dump.jsonl", records(20))
    path.write_text(path.read_text() + BAD)
    return path


def here(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command in this process, which is quick; its exit status."""
    monkeypatch.setattr("sys.argv", ["article-etl", *arguments])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as end:
        run()
    return int(end.value.code or 0)


def test_load_prints_one_object_with_the_keys_of_the_contract(command: Command, dump: Path) -> None:
    report = command.json("load", str(dump), "--json")
    assert list(report) == [
        "run", "read", "inserted", "revised", "superseded", "duplicate", "rejected", "dumps", "reasons",
        "failures", "seconds",
    ]  # fmt: skip
    assert report["read"] == 21
    assert report["reasons"] == {"undated": 1}
    assert report["dumps"] == {"loaded": 1, "skipped": 0, "failed": 0}


def test_load_prints_a_table_for_people(command: Command, dump: Path) -> None:
    shown = command.run("load", str(dump)).stdout
    assert "adhoc" in shown
    assert "undated" in shown


def test_a_dump_that_fails_is_named_on_stderr_with_exit_status_1(
    command: Command, dump: Path, tmp_path: Path
) -> None:
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(b"\x1f\x8b\x08\x00 torn")
    process = command.run("load", str(torn), str(dump), "--json", status=1)
    assert "torn.jsonl.gz" in process.stderr
    report = json.loads(process.stdout)
    assert report["dumps"] == {"loaded": 1, "skipped": 0, "failed": 1}
    assert report["failures"][0]["dump"].endswith("torn.jsonl.gz")


def test_a_path_that_is_not_there_fails(command: Command) -> None:
    assert "nowhere.jsonl" in command.run("load", "nowhere.jsonl", "--json", status=1).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["load"],
        ["load", "x", "--set", "timezone=Mars/Base"],
        ["load", "x", "--source", "nowhere"],
        ["load", "x", "--format", "docx"],
        ["nightly", "--date", "yesterday"],
        ["nightly", "--source", "nowhere"],
        ["quarantine", "list", "--reason", "ugly"],
        ["quarantine", "show", "nothing"],
        ["bogus"],
    ],
)
def test_wrong_usage_or_configuration_exits_with_2(
    command: Command,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in command.environment().items():
        monkeypatch.setenv(name, value)
    assert here(monkeypatch, *arguments) == 2
    assert capsys.readouterr().err


def test_the_quarantine_lists_and_shows_what_was_rejected(command: Command, dump: Path) -> None:
    command.run("load", str(dump))
    (entry,) = command.lines("quarantine", "list", "--json", "--reason", "undated")
    assert entry["record"] == 21
    assert entry["raw"] == BAD.strip()
    shown = command.run("quarantine", "show", entry["id"]).stdout
    assert BAD.strip() in shown
    assert "undated" in shown
    assert command.lines("quarantine", "list", "--json", "--reason", "no_title") == []


def test_inspect_against_the_store_says_the_outcome_that_a_load_would_have(
    command: Command, tmp_path: Path
) -> None:
    rows = records(3, seed=1)
    command.run("load", str(write_jsonl(tmp_path / "first.jsonl", rows[:1])))
    second = write_jsonl(tmp_path / "second.jsonl", [rows[0], {**rows[0], "title": "Another"}])
    lines = command.lines("inspect", str(second), "--against-store")
    assert [line["outcome"] for line in lines] == ["duplicate", "inserted"]


def test_inspect_ends_with_the_failure_of_a_dump(tmp_path: Path) -> None:
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(b"\x1f\x8b\x08\x00 torn")
    (line,) = Command(tmp_path).lines("inspect", str(torn), status=1)
    assert line["outcome"] == "failed"
    assert line["dump"] == str(torn)


def test_status_shows_sources_days_and_runs(command: Command, dump: Path) -> None:
    run = command.json("load", str(dump), "--json")["run"]
    shown = command.run("status").stdout
    assert "adhoc" in shown
    assert run in shown
    assert "loaded" in shown


def test_check_names_the_file_the_line_and_the_key(command: Command, tmp_path: Path) -> None:
    assert "sound" in command.run("check").stdout
    (tmp_path / "config/sources").mkdir(parents=True)
    (tmp_path / "config/sources/a.toml").write_text('\ntimezone = "Mars/Base"\n')
    wrong = Command(command.home, {"ARTICLE_ETL_CONFIG": str(tmp_path / "config")})
    assert "a.toml:2: timezone" in wrong.run("check", status=1).stderr
    assert "a.toml:2: timezone" in wrong.run("load", "x", status=2).stderr


def test_a_password_is_shown_nowhere(tmp_path: Path, dump: Path, mongo_uri: str) -> None:
    host = mongo_uri.removeprefix("mongodb://")
    for uri in (
        f"mongodb://ann:pl4nted@{host}",
        "mongodb://ann:pl4nted@x@127.0.0.1:1/?serverSelectionTimeoutMS=200",
    ):
        command = Command(tmp_path / "home", {"ARTICLE_ETL_MONGO_URI": uri})
        process = command.start("load", str(dump), "--json")
        stdout, stderr = process.communicate(timeout=280)
        assert process.returncode in (1, 2)
        assert stderr
        assert "pl4nted" not in stdout + stderr


@pytest.mark.parametrize("name", ["demo", "load", "inspect", "nightly", "status", "check", "quarantine"])
def test_every_command_has_help(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(monkeypatch, name, "--help") == 0
    assert "Usage" in capsys.readouterr().out
