"""Reading, normalizing and encoding alone, in worker processes that share a dump's blocks.

    python -m benchmarks.transform_only ARTICLES.jsonl PROCESSES

Cutting the dump into blocks and starting the workers are not counted: this shows how the work itself
scales over cores.
"""

import json
import multiprocessing
import os
import sys
import time
from pathlib import Path

from benchmarks.processes import children, cpu_of
from benchmarks.product import dump_at, job, normalizer, stamp
from etl.extract.dump import read_batches
from etl.extract.lines import Place
from etl.load.encode import encode
from etl.model import Article, RawRecord
from etl.pipeline.cutting import cut_lines
from etl.sources import ADHOC

_JOB = job()


def transform(work: tuple[Path, tuple[Place, ...]]) -> int:
    """Transform the blocks at some places of a dump; how many articles they gave."""
    path, places = work
    dump = dump_at(path)
    mark, rules = stamp(_JOB, dump), normalizer(_JOB)
    count = 0
    for batch in read_batches(dump, _JOB.reading(ADHOC), places=places):
        raw = [record for record in batch.records if isinstance(record, RawRecord)]
        articles = [rules(record, mark) for record in raw]
        documents = [encode(article) for article in articles if isinstance(article, Article)]
        count += len(documents)
    return count


def main(path: Path, processes: int) -> None:
    _, places = cut_lines(dump_at(path))
    each = max(1, len(places) // (4 * processes))  # as the planner cuts it
    chunks = [places[at : at + each] for at in range(0, len(places), each)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.map(transform, [(path, places[:1])] * (4 * processes), chunksize=1)  # all of them are up now
        before = _cpu()
        started = time.perf_counter()
        articles = sum(pool.imap_unordered(transform, [(path, chunk) for chunk in chunks]))
        seconds = time.perf_counter() - started
        cpu = _cpu() - before
    report = {"seconds": seconds, "client_cpu": cpu, "server_cpu": 0.0, "articles": articles}
    sys.stdout.write(json.dumps(report) + "\n")


def _cpu() -> float:
    """Of this process and its workers."""
    return cpu_of(os.getpid()) + sum(map(cpu_of, children(os.getpid())))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
