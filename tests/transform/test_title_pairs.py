"""The pairs of titles that must, or must not, share a key."""

from etl.transform.display import TitleRules, display_title
from etl.transform.titles import normal_form
from tests.transform.shared import rows


def test_every_pair_of_titles_is_equal_or_differs_as_it_must():
    wrong = []
    for pair in rows("title_pairs.jsonl"):
        shown = [display_title(pair[side], TitleRules()) for side in "ab"]
        for a, b in ((pair["a"], pair["b"]), shown):
            if (normal_form(a) == normal_form(b)) != (pair["expect"] == "equal"):
                wrong.append((pair["why"], a, b))
    assert wrong == []
