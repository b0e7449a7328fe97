"""Measure the product against what people would use instead, in interleaved rounds on one server.

    python -m benchmarks                              all of it: some 200,000 records, three rounds
    python -m benchmarks --records 20000 --rounds 1   a first look, in a minute
    python -m benchmarks --only loads,raw             some of the scenarios
    BENCH_ARTICLES=20000 BENCH_ROUNDS=1 make bench    the same by make

Nothing else should run on the machine meanwhile. It takes about 6 GB of disk at full size.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from benchmarks import mongoimport
from benchmarks.corpus import Corpus
from benchmarks.figures import Result, results, summed_up, unmeasured
from benchmarks.report import as_json, chart, show, told
from benchmarks.runs import Run, Runner
from benchmarks.scenarios import Scenarios
from benchmarks.server import running
from benchmarks.stages import Stages, measure_stages

STAGES = "stages"
FULL = 200_000
"""Records that the targets are stated for."""
STAGES_RECORDS = 20_000
"""Enough for every repetition to take records of its own."""
_NAMES = (*Scenarios.NAMES, STAGES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; the exit status is 1 if a run failed, whatever the figures are."""
    options = _options(arguments)
    console = Console()
    console.width = max(console.width, 120)  # in a file or a CI log too
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    names = set(options.only) - {STAGES}
    if "raw" in names:
        names.add("loads")  # the documents that it inserts are those of a fresh load
    corpus = Corpus(options.corpus)
    stages = _stages(console, corpus, options.records) if STAGES in options.only else None
    rounds: list[dict[str, Run]] = []
    server_version = ""
    failures = 0
    sizes: dict[str, Any] = {}
    if names:
        if "mongoimport" in names and not mongoimport.available():
            console.print("mongoimport is not on PATH: it is left out.")
        with tempfile.TemporaryDirectory(prefix="work-", dir=out) as work:
            folder = Path(work)
            with console.status("making the corpus (kept for the next time)"):
                Scenarios.prepare(corpus, options.records, names)
            with running(folder / "mongo") as server:
                server_version = server.version()
                runner = Runner(server, folder, lambda run: console.print(told(run), highlight=False))
                scenarios = Scenarios(runner, corpus, options.records)
                for number in range(options.rounds):
                    console.rule(f"round {number + 1} of {options.rounds}")
                    rounds.append({})
                    for run in scenarios.round(names):
                        if isinstance(run, Exception):
                            console.print(f"[red]failed:[/] {escape(str(run))}")
                            failures += 1
                        else:
                            rounds[-1][run.name] = run
                sizes = scenarios.stored
    found = [*results(rounds), *_stage_figures(stages)]
    judged = options.records == FULL
    show(console, rounds, found, judged=judged)
    for text in unmeasured(rounds):
        console.print(f"[yellow]not measured:[/] {escape(text)}")
    if not judged:
        console.print(f"Not judged: the targets are for {FULL:,} records; these are {options.records:,}.")
    said = {
        "records": options.records,
        "sizes": sizes,
        "command": shown_command(sys.argv[1:]),
    }
    if stages is not None:
        said["stages"] = stages.as_json()
    _save(out, as_json(rounds, found, said, server_version, judged=judged), chart(rounds))
    console.print(f"written to {out}: results.json" + (", chart.svg" if chart(rounds) else ""))
    return 1 if failures else 0


def shown_command(arguments: Sequence[str]) -> str:
    """The command as a page shows it: without the folder where this machine keeps its corpus."""
    shown = ["python -m benchmarks"]
    rest = iter(arguments)
    for argument in rest:
        if argument == "--corpus":
            next(rest, None)
        elif not argument.startswith("--corpus="):
            shown.append(argument)
    return " ".join(shown)


def _stages(console: Console, corpus: Corpus, records: int) -> Stages:
    stages = measure_stages(corpus.jsonl(max(records, STAGES_RECORDS)))
    console.print(stages.table())
    return stages


def _stage_figures(stages: Stages | None) -> list[Result]:
    if stages is None:
        return []
    return [summed_up("parse to BSON, of orjson.loads in CPU", "<=", 5, stages.whole)]


def _save(out: Path, document: dict[str, Any], drawing: str | None) -> None:
    (out / "results.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    if drawing is not None:
        (out / "chart.svg").write_text(drawing, encoding="utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--records",
        type=int,
        default=int(os.environ.get("BENCH_ARTICLES") or FULL),
        help=f"records of the corpus (BENCH_ARTICLES, else {FULL})",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=int(os.environ.get("BENCH_ROUNDS") or 3),
        help="how often each scenario is run (BENCH_ROUNDS, else 3)",
    )
    parser.add_argument("--only", type=_names, default=list(_NAMES), help=f"some of {','.join(_NAMES)}")
    parser.add_argument("--out", type=Path, default=Path("build/benchmarks"), help="folder for the results")
    parser.add_argument(
        "--corpus", type=Path, default=Path("build/corpus"), help="folder where the corpus is kept"
    )
    return parser.parse_args(arguments)


def _names(text: str) -> list[str]:
    names = text.split(",")
    unknown = sorted(set(names) - set(_NAMES))
    if unknown:
        raise argparse.ArgumentTypeError(f"no scenario {', '.join(unknown)}; there are {', '.join(_NAMES)}")
    return names


if __name__ == "__main__":
    if sys.platform != "linux":
        sys.exit("the benchmarks read Linux's /proc; run them on Linux")
    if shutil.disk_usage(".").free < 8 << 30:
        sys.stderr.write("warning: less than 8 GB of disk is free\n")
    sys.exit(main())
