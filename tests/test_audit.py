"""What an audit of the lock comes to."""

import pytest

from tests.audit import judge, unanswered

SOUND = {"name": "sound", "version": "1.0", "vulns": []}
FAULTY = {
    "name": "faulty",
    "version": "2.0",
    "vulns": [{"id": "CVE-2099-1", "fix_versions": ["2.1"]}],
}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}


def test_a_known_vulnerability_fails_the_audit_and_is_named() -> None:
    text, status = judge([SOUND, FAULTY])
    assert status == 1
    assert "faulty 2.0: CVE-2099-1, mended in 2.1" in text


def test_an_audit_that_reached_nothing_says_so_and_does_not_fail() -> None:
    text, status = judge([UNKNOWN, UNKNOWN])
    assert status == 0
    assert "SKIPPED" in text


def test_a_sound_lock_passes_and_what_was_left_out_is_counted() -> None:
    text, status = judge([SOUND, UNKNOWN])
    assert status == 0
    assert "no known vulnerability in 1 packages, 1 could not be audited" in text


@pytest.mark.parametrize("error", ["ConnectionError", "exceptions.SSLError", "ConnectTimeout"])
def test_an_audit_whose_service_cannot_be_reached_says_so_and_does_not_fail(error: str) -> None:
    text, status = unanswered(f"Traceback:\n  File a\nrequests.{error}: no route\n")
    assert status == 0
    assert text == f"audit: SKIPPED, its service cannot be reached: requests.{error}: no route"


def test_an_audit_that_breaks_fails() -> None:
    assert unanswered("Traceback:\nKeyError: 'name'\n") == ("audit: failed: KeyError: 'name'", 1)
