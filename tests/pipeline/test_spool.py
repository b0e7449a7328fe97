"""Facts that are sorted out on disk."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import hypothesis.strategies as st
import pytest
from hypothesis import given

from etl.pipeline.spool import Spool


class Fact(NamedTuple):
    about: str
    number: int


FACTS = st.lists(st.builds(Fact, st.text(max_size=3), st.integers(0, 2**64 - 1)))
CUTS = st.sets(st.text(min_size=1, max_size=3)).map(lambda texts: ["", *sorted(texts)])


@given(FACTS, CUTS)
def test_each_fact_comes_once_in_its_own_part_and_in_order(facts: list[Fact], cuts: list[str]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("etl.pipeline.spool._BUFFER", 24)
        spool = Spool(Path(folder, "facts"), Fact, cuts)
        for fact in facts:
            spool.put(fact.about, fact)
        found = {part: list(spool.take(part)) for part in spool.parts()}
        assert not list(Path(folder, "facts").iterdir())
    for part, own in found.items():
        first, last = spool.bounds(part)
        assert own == [fact for fact in facts if first <= fact.about and (last is None or fact.about < last)]
    assert sum(map(len, found.values())) == len(facts)


def test_facts_of_parts_that_are_not_wanted_are_dropped(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "facts", Fact, ["", "b", "c"], {1})
    for about in "abc":
        spool.put(about, Fact(about, 1))
    assert {part: list(spool.take(part)) for part in spool.parts()} == {1: [Fact("b", 1)]}


def test_what_waits_in_memory_is_little(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "facts", Fact, ["", "m"])
    for number in range(50_000):
        spool.put("az"[number % 2], Fact("x", number))
    on_disk = sum(path.stat().st_size for path in (tmp_path / "facts").iterdir())
    assert on_disk > 150_000  # all but two buffers of 16 KB
    assert [fact.number for fact in spool.take(0)] == list(range(0, 50_000, 2))
