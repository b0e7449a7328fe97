"""Work that is killed between two operations of the store, or that others come before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from etl.load.retry import Retrier


class Crash(Exception):  # noqa: N818
    """Stands for the process being killed: nothing that it would still do is done."""


def dies(operations: int, work: Callable[[], Any]) -> bool:
    """Do some work, killed once it has done so many operations; whether it got that far."""
    left = operations

    def ends(_: str) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    return _dies(ends, work)


def dies_at(operation: str, work: Callable[[], Any]) -> bool:
    """Do some work, killed before its first operation of that name; whether there was one."""
    dead = False

    def ends(name: str) -> bool:
        nonlocal dead
        dead = dead or name == operation
        return dead

    return _dies(ends, work)


def _dies(ends: Callable[[str], bool], work: Callable[[], Any]) -> bool:
    call = Retrier.call

    def dying(self: Retrier, operation: str, *arguments: Any) -> Any:
        if ends(operation):
            raise Crash
        return call(self, operation, *arguments)

    with mock.patch.object(Retrier, "call", dying):
        try:
            work()
        except Crash:
            return True
    return False


@contextmanager
def meanwhile(operation: str, *others: Callable[[], Any]) -> Iterator[None]:
    """Before each of the next operations of that name, one of the others gets ahead."""
    call = Retrier.call
    left = list(others)

    def late(self: Retrier, name: str, *arguments: Any) -> Any:
        if name == operation and left:
            other = left.pop(0)
            with mock.patch.object(Retrier, "call", call):
                other()
        return call(self, name, *arguments)

    with mock.patch.object(Retrier, "call", late):
        yield
    assert not left, f"{operation!r} came less often than others meant to get ahead"
