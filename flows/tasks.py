"""Chunks submitted as tasks of the current flow run, wherever these are worked on."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from prefect.futures import PrefectFuture

from etl.pipeline.job import Chunk, ChunkReport, Stop


def submitted(
    chunks: Iterable[Chunk],
    submit: Callable[[Chunk], PrefectFuture[ChunkReport]],
    ahead: int,
    stop: Stop,
) -> Iterator[ChunkReport]:
    """Submit chunks, never more than `ahead` unfinished ones; their reports, in the same order."""
    waiting: deque[PrefectFuture[ChunkReport]] = deque()
    for chunk in chunks:
        waiting.append(submit(chunk))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
        if stop():
            break
    while waiting:
        yield waiting.popleft().result()


def label_of(chunk: Chunk) -> str:
    """How the task run reads in the UI."""
    days = sorted({dump.declared for dump in chunk.dumps if dump.declared})
    day = f" {days[0]}" if len(days) == 1 else f" {days[0]}..{days[-1]}" if days else ""
    first = f"{chunk.source.name}{day}: {chunk.dumps[0].uri.rsplit('/', 1)[-1]}"
    if chunk.small:
        return f"{first} and {len(chunk.dumps) - 1} more" if len(chunk.dumps) > 1 else first
    if chunk.spans:
        return f"{first} blocks {chunk.spans[0].number}-{chunk.spans[-1].number}"
    if chunk.stripes > 1:
        return f"{first} stripe {chunk.stripe + 1}/{chunk.stripes}"
    return first
