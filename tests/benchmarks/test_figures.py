"""Figures, chart and tables from runs."""

import xml.etree.ElementTree as ET

from rich.console import Console

from benchmarks.chart import Bar, Group, bar_chart
from benchmarks.figures import results
from benchmarks.report import as_json, chart, show
from benchmarks.runs import Run


def run(name: str, seconds: float, records: int = 1000) -> Run:
    return Run(name, records, seconds, client_cpu=1.0, server_cpu=0.5, peak_mib=100.0)


def rounds(*fresh_and_raw: tuple[float, float]) -> list[dict[str, Run]]:
    return [{"fresh": run("fresh", fresh), "raw": run("raw", raw)} for fresh, raw in fresh_and_raw]


def test_a_figure_is_the_median_of_the_ratios_inside_the_rounds():
    found = {result.text: result for result in results(rounds((2, 1), (30, 10), (1, 1)))}
    figure = found["fresh load, of the raw limit's wall"]
    assert (figure.value, figure.low, figure.high) == (2, 1, 3)
    assert not figure.met


def test_a_figure_at_its_target_is_met():
    found = {result.text: result for result in results(rounds((1.8, 1)))}
    assert found["fresh load, of the raw limit's wall"].met


def test_the_handwritten_loader_is_compared_by_the_record():
    runs = {"fresh": run("fresh", 10, 2000), "handwritten": run("handwritten", 20, 500)}
    found = {result.text: result for result in results([runs])}
    figure = found["handwritten loader, of the fresh load's wall"]
    assert figure.value == 8
    assert figure.met


def test_a_figure_whose_runs_are_missing_is_left_out():
    assert results([{"raw": run("raw", 1)}]) == []


def test_the_tables_name_every_run_and_every_figure():
    console = Console(record=True, width=160)
    data = rounds((3, 1))
    show(console, data, results(data))
    text = console.export_text()
    assert "raw limit" in text
    assert "missed" in text


def test_the_json_has_runs_figures_and_machine():
    data = rounds((3, 1))
    document = as_json(data, results(data), {"records": 1000}, "6.0.5")
    assert document["records"] == 1000
    assert document["machine"]["mongod"] == "6.0.5"
    assert document["rounds"][0][0]["name"] == "fresh"
    assert document["figures"][0]["met"] is False


def test_the_chart_is_sound_svg_with_a_bar_for_each_loader():
    drawing = chart(rounds((3, 1)))
    assert drawing is not None
    root = ET.fromstring(drawing)  # noqa: S314 - our own text
    bars = root.findall(".//{http://www.w3.org/2000/svg}rect[@class]")
    assert len(bars) == 2
    assert chart([]) is None


def test_labels_are_escaped():
    drawing = bar_chart("a < b", [Group("g & h", [Bar("<x>", 1.0, "1 > 0")])])
    assert ET.fromstring(drawing) is not None  # noqa: S314
