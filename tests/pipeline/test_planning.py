"""How a run shares out its work, and what it knows of the rest."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.pipeline.job import Span
from etl.pipeline.plan import _FEWEST_BLOCKS, _shares
from etl.pipeline.planned import _with_last


@given(st.integers(0, 600), st.integers(1, 40), st.integers(1, 16))
def test_the_blocks_of_a_dump_are_shared_out_in_order_each_once_and_in_ever_smaller_pieces(
    blocks: int, most: int, workers: int
) -> None:
    spans = tuple(Span(n, n, 1, n + 1) for n in range(blocks))
    pieces = list(_shares(spans, most, workers))
    assert [span for piece in pieces for span in piece] == list(spans)
    sizes = [len(piece) for piece in pieces]
    assert sizes[:-1] == sorted(sizes[:-1], reverse=True)
    assert all(_FEWEST_BLOCKS <= size <= max(most, _FEWEST_BLOCKS) for size in sizes[:-1])


@given(st.lists(st.integers()))
def test_the_last_of_some_things_is_told_from_the_others(things: list[int]) -> None:
    assert list(_with_last(things)) == [(one, at == len(things) - 1) for at, one in enumerate(things)]


def test_a_failure_comes_after_what_came_before_it() -> None:
    def failing() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("the folder is gone")

    seen = []
    with pytest.raises(OSError, match="the folder is gone"):
        for one, _ in _with_last(failing()):
            seen.append(one)
    assert seen == [1, 2]
