"""The integrity check as tests use it: over a whole store, against the shipped validators and indexes."""

from typing import Any

from etl.load.schema import Schema
from etl.load.store import Store
from etl.pipeline.verify import Verification, verify
from tests.command import PROJECT


def check(store: Store, **options: Any) -> Verification:
    """What `article-etl verify` finds."""
    return verify(store, Schema.read(PROJECT / "config/mongo"), **options)


def assert_sound(store: Store) -> None:
    """Nothing is found, in every document of every collection."""
    found = check(store)
    assert found.sound, "\n".join(map(str, found.findings[:10]))
