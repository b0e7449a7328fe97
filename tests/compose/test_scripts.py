"""The shell scripts of docker/: secrets made once, handed over at the last moment; health told truly."""

import os
import shutil
import socket
import stat
import subprocess
import threading
from pathlib import Path

import pytest
from pymongo.uri_parser import parse_uri

from tests.command import PROJECT
from tests.compose.composefile import compose

DOCKER = PROJECT / "docker"


@pytest.mark.parametrize("script", sorted(DOCKER.glob("*.sh")), ids=lambda path: path.name)
def test_a_script_is_executable_and_parses(script: Path) -> None:
    assert script.stat().st_mode & stat.S_IXUSR
    shell = script.read_text().split("\n")[0].removeprefix("#!")
    subprocess.run([shell, "-n", str(script)], check=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a checkout as prepare.sh works on."""
    (tmp_path / "docker").mkdir()
    shutil.copy(DOCKER / "prepare.sh", tmp_path / "docker")
    shutil.copy(PROJECT / ".env.example", tmp_path)
    return tmp_path


def prepare(checkout: Path) -> dict[str, str]:
    subprocess.run([str(checkout / "docker/prepare.sh")], cwd="/", check=True, capture_output=True)
    return {path.name: path.read_text() for path in (checkout / "secrets").glob("[!.]*")}


def test_prepare_makes_every_secret_of_the_compose_file(checkout: Path) -> None:
    secrets = prepare(checkout)
    assert set(secrets) == set(compose()["secrets"])
    assert all(len(text) > 64 and text.endswith("\n") and text.count("\n") == 1 for text in secrets.values())
    assert (checkout / ".env").read_text() == (checkout / ".env.example").read_text()


def test_prepare_keeps_what_is_there_and_adds_what_is_missing(checkout: Path) -> None:
    before = prepare(checkout)
    (checkout / ".env").write_text("UI_PORT=4300\n")
    (checkout / "secrets/prefect-auth").unlink()
    after = prepare(checkout)
    assert after.pop("prefect-auth") != before.pop("prefect-auth")
    assert after == before
    assert (checkout / ".env").read_text() == "UI_PORT=4300\n"


def test_the_secrets_are_closed_by_their_folder_and_unseen_by_git(checkout: Path) -> None:
    prepare(checkout)
    folder = checkout / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("[!.]*")} == {0o444}
    subprocess.run(["git", "init", "--quiet"], cwd=checkout, check=True)
    listed = subprocess.run(
        ["git", "status", "--short", "--untracked-files=all"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "secrets" not in listed.stdout


def test_prepare_puts_the_secrets_where_the_settings_say(checkout: Path) -> None:
    (checkout / ".env").write_text("SECRETS_DIR=./elsewhere/keys\n")
    assert prepare(checkout) == {}
    assert len(list((checkout / "elsewhere/keys").glob("[!.]*"))) == len(compose()["secrets"])


def test_the_loaders_address_is_the_mongo_service(checkout: Path) -> None:
    parsed = parse_uri(prepare(checkout)["mongo-uri"].strip())
    assert parsed["nodelist"] == [("mongo", 27017)]
    assert parsed["username"] == "loader"
    assert f"--replSet={parsed['options']['replicaSet']}" in compose()["services"]["mongo"]["command"]


def with_secrets(*argv: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], **variables}
    command = [str(DOCKER / "with-secrets.sh"), *argv]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_command_gets_the_text_of_a_secret_and_not_its_path(tmp_path: Path) -> None:
    secret = tmp_path / "auth"
    secret.write_text('operator:it\'s $HOME `x` "y"\n')
    done = with_secrets(
        "env", PREFECT_API_AUTH_STRING_FILE=str(secret), PREFECT_API_SSL_CERT_FILE="/a.pem", OTHER="kept"
    )
    lines = done.stdout.splitlines()
    assert 'PREFECT_API_AUTH_STRING=operator:it\'s $HOME `x` "y"' in lines
    assert not any(line.startswith("PREFECT_API_AUTH_STRING_FILE") for line in lines)
    assert {"PREFECT_API_SSL_CERT_FILE=/a.pem", "OTHER=kept"} <= set(lines)
    assert done.stderr == ""


def test_the_command_takes_the_place_of_the_script_with_its_exit_status() -> None:
    done = with_secrets("sh", "-c", "echo $PPID; exit 7")
    assert (done.returncode, done.stdout.strip()) == (7, str(os.getpid()))


@pytest.mark.parametrize("text", [None, "", "\n"])
def test_a_secret_that_is_missing_or_empty_is_named_and_nothing_runs(
    tmp_path: Path, text: str | None
) -> None:
    secret = tmp_path / "auth"
    if text is not None:
        secret.write_text(text)
    done = with_secrets("echo", "ran", PREFECT_SERVER_DATABASE_PASSWORD_FILE=str(secret))
    assert done.returncode == 2
    assert done.stdout == ""
    assert (
        f"PREFECT_SERVER_DATABASE_PASSWORD_FILE: {'cannot read ' if text is None else ''}{secret}"
        in done.stderr
    )


def mongo_health(port: int) -> int:
    command = ["bash", str(DOCKER / "mongo-health.sh"), str(port)]
    return subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.mongo
def test_a_mongod_that_answers_is_healthy(mongo_uri: str) -> None:
    assert mongo_health(parse_uri(mongo_uri)["nodelist"][0][1]) == 0


def test_no_mongod_is_not_healthy() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert mongo_health(closed.getsockname()[1]) != 0


def test_something_else_at_the_port_is_not_healthy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert mongo_health(server.getsockname()[1]) != 0
        thread.join()
