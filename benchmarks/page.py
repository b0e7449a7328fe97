"""The page that shows people what was measured: prose by hand, tables from a run's `results.json`.

    python -m benchmarks.page build/benchmarks/results.json docs/performance.md docs/scale-out.md

Only what stands between a page's two marks is written anew; the chart goes beside the first page. The
second one gets what the same run means for much larger inputs (`scaleout.py`).
"""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import scaleout
from benchmarks.report import label

BEGIN = "<!-- what follows is written by benchmarks.page -->"
END = "<!-- end of what benchmarks.page writes -->"


def write_page(results: Path, page: Path) -> None:
    """Put a run's tables into the page.

    Raises:
        ValueError: the page lacks its marks.
    """
    parts = as_markdown(json.loads(results.read_text(encoding="utf-8")))
    chart = results.with_name("chart.svg")
    if chart.exists():
        parts.append(f"![Loading speed and re-runs]({page.with_suffix('.svg').name})")
    put(page, parts)
    if chart.exists():
        shutil.copyfile(chart, page.with_suffix(".svg"))


def write_scale_out(results: Path, page: Path) -> None:
    """Put what a run means for much larger inputs into the page. Raises `ValueError` as `write_page`."""
    document = json.loads(results.read_text(encoding="utf-8"))
    put(page, [_made(document), scaleout.as_markdown(scaleout.measured(document))])


def put(page: Path, parts: Sequence[str]) -> None:
    """Write the parts between the page's marks."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} lacks the line {BEGIN if not begin else END}")
    middle = "\n\n".join(part for part in parts if part)
    page.write_text(f"{before}{BEGIN}\n\n{middle}\n\n{END}{after}", encoding="utf-8")


def as_markdown(document: Mapping[str, Any]) -> list[str]:
    """How it was made, the figures, the runs and the stages, each as a piece of Markdown."""
    return [
        _made(document),
        _figures(document["figures"]),
        _runs(document["rounds"]),
        _stages(document.get("stages")),
    ]


def _made(document: Mapping[str, Any]) -> str:
    machine = document["machine"]
    return (
        f"Made by `{document['command']}` on {document['at'][:10]}: {document['records']:,} records, "
        f"medians of {len(document['rounds'])} interleaved round(s), {machine['cores']} cores "
        f"({machine['processor']}), Python {machine['python']}, mongod {machine['mongod']}."
    )


def _figures(figures: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            each["text"],
            f"**{each['value']:.3g}**{each['unit']}",
            f"{each['low']:.3g} to {each['high']:.3g}",
            f"{'at most' if each['sign'] == '<=' else 'at least'} {each['target']:g}{each['unit']}",
            {True: "met", False: "missed", None: "not judged"}[each["met"]],
        )
        for each in figures
    ]
    return _table(("figure", "median", "range", "target", ""), rows)


def _runs(rounds: Sequence[Sequence[Mapping[str, Any]]]) -> str:
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for runs in rounds:
        for run in runs:
            by_name.setdefault(run["name"], []).append(run)
    rows = [
        (
            label(name),
            f"{runs[0]['records']:,}",
            f"{median(run['seconds'] for run in runs):.2f}",
            f"{median(run['client_cpu'] for run in runs):.2f}",
            f"{median(run['server_cpu'] for run in runs):.2f}",
            f"{max(run['peak_mib'] for run in runs):.0f}",
        )
        for name, runs in by_name.items()
    ]
    return _table(("run", "records", "wall s", "client CPU s", "server CPU s", "peak MiB"), rows)


def _stages(stages: Mapping[str, Any] | None) -> str:
    if stages is None:
        return ""
    rows = [(name, f"{ratio:.2f}") for name, ratio in stages["ratios"].items()]
    return _table(
        ("stage of a record's way, in CPU", "× orjson.loads of its line"),
        [*rows, ("**parse to BSON**", f"**{stages['whole']:.2f}**")],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    write_page(Path(sys.argv[1]), Path(sys.argv[2]))
    for other in sys.argv[3:]:
        write_scale_out(Path(sys.argv[1]), Path(other))
