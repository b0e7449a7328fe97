"""The figures that the product is held to: each a ratio inside one round, with its target."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from benchmarks.runs import Run

Round = Mapping[str, Run]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, its target, and the runs that it needs."""

    text: str
    sign: Literal["<=", ">="]
    target: float
    needs: tuple[str, ...]
    compute: Callable[[Round], float]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A figure's median over the rounds."""

    text: str
    sign: str
    target: float
    value: float
    low: float
    high: float
    unit: str

    @property
    def met(self) -> bool:
        return self.value <= self.target if self.sign == "<=" else self.value >= self.target


def _handwritten(runs: Round) -> float:
    slow, fast = runs["handwritten"], runs["fresh"]
    return (slow.seconds / slow.records) / (fast.seconds / fast.records)


def _idle(runs: Round) -> float:
    return runs["fresh"].seconds / (runs["fresh"].cpu / (os.cpu_count() or 1))


def _spread(runs: Round) -> float:
    peaks = [runs[name].peak_mib for name in ("quarter", "half", "fresh")]
    return max(peaks) / min(peaks)


def _of_walls(text: str, sign: Literal["<=", ">="], target: float, one: str, other: str) -> Figure:
    """Wall time of one run as a multiple of the other's."""
    return Figure(text, sign, target, (one, other), lambda r: r[one].seconds / r[other].seconds)


FIGURES = (
    _of_walls("fresh load, of the raw limit's wall", "<=", 1.8, "fresh", "raw"),
    Figure("handwritten loader, of the fresh load's wall", ">=", 5, ("fresh", "handwritten"), _handwritten),
    _of_walls("fresh load, of mongoimport's wall", "<=", 0.40, "fresh", "mongoimport"),
    Figure("fresh load, wall of (CPU / cores)", "<=", 1.15, ("fresh",), _idle),
    _of_walls("full re-run, of the fresh load's wall", "<=", 0.10, "rerun", "fresh"),
    _of_walls("grown by 1 %, of the fresh load's wall", "<=", 0.15, "grown", "fresh"),
    _of_walls("10 % changed, of the fresh load's wall", "<=", 0.25, "changed", "base"),
    Figure("peak memory of the process tree", "<=", 160, ("fresh",), lambda r: r["fresh"].peak_mib, " MiB"),
    Figure("peak memory, largest of smallest size", "<=", 1.05, ("fresh", "quarter", "half"), _spread),
    _of_walls("all records, of a quarter's wall", "<=", 4.2, "fresh", "quarter"),
    _of_walls("gzip, of plain's wall", "<=", 1.25, "gzip", "fresh"),
    _of_walls("text pages, of one JSONL's wall", "<=", 1.5, "pages", "pages-jsonl"),
    _of_walls("transform alone, one process of two", ">=", 1.6, "transform-1", "transform-2"),
)


def results(rounds: Sequence[Round]) -> list[Result]:
    """The figures whose runs are all there, in the order of the list."""
    found = []
    for figure in FIGURES:
        values = [figure.compute(runs) for runs in rounds if all(name in runs for name in figure.needs)]
        if values:
            found.append(summed_up(figure.text, figure.sign, figure.target, values, figure.unit))
    return found


def unmeasured(rounds: Sequence[Round]) -> list[str]:
    """The figures that lack a run in every round, each with what it lacks."""
    ran = {name for runs in rounds for name in runs}
    return [
        f"{figure.text} (no run of {', '.join(name for name in figure.needs if name not in ran)})"
        for figure in FIGURES
        if not any(all(name in runs for name in figure.needs) for runs in rounds)
    ]


def summed_up(text: str, sign: str, target: float, values: Sequence[float], unit: str = "") -> Result:
    """Median and range of a figure's values."""
    return Result(text, sign, target, median(values), min(values), max(values), unit)
