"""Where the shared vectors lie, and how a test skips visibly without them."""

import json
import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("ARTICLE_ETL_SHARED", Path(__file__).parents[2] / "../shared"))


def rows(path: str) -> list[dict]:
    """The objects of a JSON Lines file among the shared vectors."""
    file = SHARED / "vectors" / path
    if not file.is_file():
        pytest.skip(f"no vectors at {file}")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
