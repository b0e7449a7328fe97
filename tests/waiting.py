"""Wait for what is to come, not for a time in which it should have come."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE_SECONDS = 300.0
"""Far more than anything awaited here takes on a machine that is busy with something else. Where it runs
out, the thing awaited does not come."""


def until(
    look: Callable[[], Found],
    *,
    else_say: Callable[[], object] = lambda: "nothing",
    pause: float = 0.05,
    patience: float = PATIENCE_SECONDS,
) -> Found:
    """The first answer of `look` that is not false.

    Args:
        look: Asked again and again.
        else_say: What was seen instead, for the message of the AssertionError when it never comes.
        pause: Seconds between two looks.
        patience: Seconds to look at most.
    """
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline, f"did not come in {patience:.0f} s: {else_say()}"
        time.sleep(pause)
    return found
