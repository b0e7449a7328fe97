"""The outcome of a benchmark as tables for a terminal, JSON for a machine, a chart for a page."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.chart import Bar, Group, bar_chart
from benchmarks.figures import Result, Round
from benchmarks.runs import Run, timestamp

_NAMES = {
    "raw": "raw limit (insert_many of ready BSON)",
    "fresh": "fresh load",
    "handwritten": "handwritten loader",
    "mongoimport": "mongoimport --mode upsert",
    "rerun": "full re-run",
    "grown": "grown by 1 %",
    "grown-changed": "10 % changed, after it grew",
    "base": "fresh load, before the changes",
    "changed": "10 % changed in place",
    "quarter": "fresh load, a quarter",
    "half": "fresh load, half",
    "gzip": "fresh load, gzip",
    "pages-jsonl": "pages' records as one JSONL",
    "pages": "text pages",
    "pages-tar": "text pages in a tar",
    "transform-1": "transform alone, 1 process",
    "transform-2": "transform alone, 2 processes",
}


def label(name: str) -> str:
    """What people call a run."""
    return _NAMES.get(name, name)


def show(
    console: Console, rounds: Sequence[Round], results: Sequence[Result], *, judged: bool = True
) -> None:
    """Print the runs and the figures; only judged ones are said to meet their targets or to miss them."""
    console.print(_runs_table(rounds))
    console.print(_figures_table(results, judged=judged))


def told(run: Run) -> str:
    """One line about a run that has just ended."""
    return (
        f"{label(run.name):<40} {run.seconds:8.2f} s   CPU {run.client_cpu:7.2f} + {run.server_cpu:6.2f} s"
        f"   {run.peak_mib:6.0f} MiB"
    )


def _runs_table(rounds: Sequence[Round]) -> Table:
    table = Table(title=f"Medians of {len(rounds)} round(s)")
    for column in ("run", "records", "wall s", "records/s", "client CPU s", "server CPU s", "peak MiB"):
        table.add_column(column, justify="left" if column == "run" else "right")
    for name, runs in by_name(rounds).items():
        seconds = median(run.seconds for run in runs)
        table.add_row(
            label(name),
            f"{runs[0].records:,}",
            f"{seconds:.2f}",
            f"{runs[0].records / seconds:,.0f}",
            f"{median(run.client_cpu for run in runs):.2f}",
            f"{median(run.server_cpu for run in runs):.2f}",
            f"{max(run.peak_mib for run in runs):.0f}",
        )
    return table


def _figures_table(results: Sequence[Result], *, judged: bool) -> Table:
    table = Table(title="Figures: ratios inside a round")
    for column in ("figure", "median", "range", "target", ""):
        table.add_column(column, justify="left" if column in ("figure", "") else "right")
    for result in results:
        table.add_row(
            result.text,
            f"{result.value:.3g}{result.unit}",
            f"{result.low:.3g} to {result.high:.3g}",
            f"{'at most' if result.sign == '<=' else 'at least'} {result.target:g}{result.unit}",
            ("[green]met[/]" if result.met else "[red]missed[/]") if judged else "",
        )
    return table


def by_name(rounds: Sequence[Round]) -> dict[str, list[Run]]:
    """The runs of all rounds, by name, in the order of the first round."""
    found: dict[str, list[Run]] = {}
    for runs in rounds:
        for name, run in runs.items():
            found.setdefault(name, []).append(run)
    return found


def as_json(
    rounds: Sequence[Round],
    results: Sequence[Result],
    extra: Mapping[str, Any],
    server_version: str,
    *,
    judged: bool = True,
) -> dict[str, Any]:
    """Everything that was measured, and on what; `met` is null where the figures are not judged."""
    packages = ("article-etl", "pymongo", "orjson", "msgspec", "isal")
    return {
        "at": timestamp(),
        "machine": {
            "cores": os.cpu_count(),
            "processor": _processor(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "mongod": server_version,
            **{name: version(name) for name in packages},
        },
        **extra,
        "figures": [{**asdict(result), "met": result.met if judged else None} for result in results],
        "rounds": [[run.as_json() for run in runs.values()] for runs in rounds],
    }


def chart(rounds: Sequence[Round]) -> str | None:
    """Throughput of the loaders, and what re-runs take of a fresh load; None where nothing can be drawn."""
    runs = by_name(rounds)
    groups = []
    loaders = [name for name in ("raw", "fresh", "mongoimport", "handwritten") if name in runs]
    if loaders:
        bars = []
        for name in loaders:
            speed = median(run.records / run.seconds for run in runs[name])
            bars.append(Bar(label(name), speed, f"{speed:,.0f} records/s", name == "fresh"))
        groups.append(Group("Records a second (longer is better)", bars))
    again = [name for name in ("changed", "grown", "rerun") if name in runs]
    if "fresh" in runs and again:
        bars = [Bar(label("fresh"), 1, "1")]
        for each in again:
            share = median(r[each].seconds / r["fresh"].seconds for r in rounds)
            bars.append(Bar(label(each), share, f"{share:.2f}"))
        groups.append(Group("Wall time as a part of the fresh load's (shorter is better)", bars))
    return bar_chart("article-etl: loading articles into MongoDB", groups) if groups else None


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor()
