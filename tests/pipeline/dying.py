"""Work that is killed between two operations of the store."""

from collections.abc import Callable
from typing import Any
from unittest import mock

from etl.load.retry import Retrier


class Crash(Exception):  # noqa: N818
    """Stands for the process being killed: nothing that it would still do is done."""


def dies(operations: int, work: Callable[[], Any]) -> bool:
    """Do some work, killed once it has done so many operations; whether it got that far."""
    call = Retrier.call
    left = operations

    def dying(self: Retrier, *arguments: Any, **options: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Crash
        return call(self, *arguments, **options)

    with mock.patch.object(Retrier, "call", dying):
        try:
            work()
        except Crash:
            return True
    return False


def dies_at(operation: str, work: Callable[[], Any]) -> bool:
    """Do some work, killed before its first operation of that name; whether there was one."""
    call = Retrier.call
    dead = False

    def dying(self: Retrier, name: str, *arguments: Any, **options: Any) -> Any:
        nonlocal dead
        dead = dead or name == operation
        if dead:
            raise Crash
        return call(self, name, *arguments, **options)

    with mock.patch.object(Retrier, "call", dying):
        try:
            work()
        except Crash:
            return True
    return False
