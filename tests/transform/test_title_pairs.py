"""The pairs of titles that must, or must not, share a key."""

import json
import os
from pathlib import Path

import pytest

from etl.transform.display import TitleRules, display_title
from etl.transform.titles import normal_form

SHARED = Path(os.environ.get("ARTICLE_ETL_SHARED", Path(__file__).parents[2] / "../shared"))
PAIRS = SHARED / "vectors/title_pairs.jsonl"


@pytest.mark.skipif(not PAIRS.is_file(), reason=f"no vectors at {PAIRS}")
def test_every_pair_of_titles_is_equal_or_differs_as_it_must():
    wrong = []
    for line in PAIRS.read_text(encoding="utf-8").split("\n"):
        if not line:
            continue
        pair = json.loads(line)
        shown = [display_title(pair[side], TitleRules()) for side in "ab"]
        for a, b in ((pair["a"], pair["b"]), shown):
            if (normal_form(a) == normal_form(b)) != (pair["expect"] == "equal"):
                wrong.append((pair["why"], a, b))
    assert wrong == []
