"""Errors in words: the next step is named, and no secret is."""

import pytest
from pymongo.errors import BulkWriteError, ConfigurationError, InvalidOperation, OperationFailure

from etl.load.refusals import HINTS, code_name, explain, listed, redact


@pytest.mark.parametrize(
    "text",
    [
        "mongodb://user:planted@host:27017/db",
        "see mongodb+srv://user:planted@host/db?x=1 and mongodb://a:planted@b",
        "bad mongodb://user:plan/planted@host",
    ],
)
def test_credentials_are_cut_out_of_uris(text: str) -> None:
    assert "planted" not in redact(text)
    assert "user" not in redact(text)


def test_text_without_a_uri_is_left_alone() -> None:
    assert redact("E11000 duplicate key a@b.example") == "E11000 duplicate key a@b.example"


@pytest.mark.parametrize("code", sorted(HINTS))
def test_each_known_code_has_a_next_step(code: int) -> None:
    error = OperationFailure("x", code, {"code": code, "codeName": "Name", "errmsg": "what it said"})
    text = str(explain(error, "insert articles", ["b:2", "a:1"]))
    assert text.startswith("insert articles: MongoDB at a:1, b:2: ")
    assert HINTS[code] in text
    assert f"OperationFailure {code} Name: what it said" in text


def test_an_unknown_code_says_so_and_that_nothing_was_rejected() -> None:
    text = str(explain(OperationFailure("x", 4711), "read", ["a:1"]))
    assert "does not know" in text
    assert "no record was rejected" in text
    assert "start the run again" in text


def test_a_batch_is_explained_by_its_worst_part() -> None:
    error = BulkWriteError(
        {"writeErrors": [{"index": 0, "code": 121}, {"index": 1, "code": 8, "errmsg": "No space left"}]}
    )
    assert "disk is full" in str(explain(error, "insert articles", ["a:1"]))
    assert code_name(error) == "BulkWriteError 8"


@pytest.mark.parametrize("error", [ConfigurationError("planted"), InvalidOperation("planted")])
def test_texts_that_may_quote_the_uri_are_not_repeated(error: Exception) -> None:
    assert "planted" not in str(explain(error, "x", []))  # type: ignore[arg-type]


def test_an_unknown_address_is_called_so() -> None:
    assert listed([]) == "an unknown address"
