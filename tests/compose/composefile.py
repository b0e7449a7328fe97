"""docker-compose.yml, .env.example and the Dockerfile as values, read as the engine reads them."""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec
import yaml

from tests.command import PROJECT

VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::-([^}]*))?\}")
"""`${NAME:-default}`."""

SOURCE = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)$", (PROJECT / ".env.example").read_text("utf-8"), re.MULTILINE))


def compose(variables: Mapping[str, str] = EXAMPLE) -> dict[str, Any]:
    """The compose file with its variables put in."""
    text = VARIABLE.sub(lambda found: variables.get(found[1]) or found[2] or "", SOURCE)
    read: dict[str, Any] = yaml.safe_load(text)
    return read


class Image(msgspec.Struct, frozen=True):
    """What the last stage of a Dockerfile says of a container."""

    environment: dict[str, str]
    copies: dict[str, str]
    """Target in the image to its source in the project."""
    user: str
    entrypoint: list[str]
    workdir: str


DOCKERFILE = (PROJECT / "docker/worker.Dockerfile").read_text(encoding="utf-8")


def image() -> Image:
    """The image of our own."""
    text = DOCKERFILE.replace("\\\n", " ").split("\nFROM ")[-1]

    def lines(word: str) -> list[str]:
        return re.findall(rf"^{word} +(.*)$", text, re.MULTILINE)

    copies = [line.split() for line in lines("COPY") if not line.startswith("--from")]
    return Image(
        environment=dict(pair.split("=", 1) for line in lines("ENV") for pair in line.split()),
        copies={target: source for source, target in copies},
        user=lines("USER")[0],
        entrypoint=json.loads(lines("ENTRYPOINT")[0]),
        workdir=lines("WORKDIR")[0],
    )
