"""A benchmark in small: every contender really runs, on the real server."""

import json
from pathlib import Path

import pytest

from benchmarks import articles
from benchmarks.__main__ import main
from benchmarks.corpus import Corpus
from benchmarks.stages import measure_stages


def test_stages_add_up_to_the_way_of_a_record(tmp_path: Path):
    stages = measure_stages(Corpus(tmp_path).jsonl(3000), repetitions=1)
    whole = sum(stages.ratios[name][0] for name in ("read", "normalize", "encode"))
    assert stages.whole == [whole]
    assert stages.ratios["read"][0] > 0.9
    assert {"body", "title hash"} <= set(stages.as_json()["ratios"])


@pytest.mark.mongo
def test_a_small_run_measures_and_writes_its_results(tmp_path: Path):
    folders = ["--out", str(tmp_path / "out"), "--corpus", str(tmp_path / "corpus")]
    status = main(["--records", "200", "--rounds", "1", "--only", "loads,raw", *folders])
    assert status == 0

    document = json.loads((tmp_path / "out" / "results.json").read_text())
    runs = {run["name"]: run for run in document["rounds"][0]}
    assert set(runs) == {"fresh", "rerun", "grown", "grown-changed", "raw"}
    assert document["figures"]
    assert {figure["met"] for figure in document["figures"]} == {None}, "too few records to be judged"
    new = sum(articles.origin(number)[0] == "new" for number in range(200))
    assert runs["fresh"]["report"]["inserted"] == new
    assert runs["raw"]["records"] == new
    for run in runs.values():
        assert run["seconds"] > 0
        assert run["client_cpu"] > 0
        assert run["peak_mib"] > 0 or run["seconds"] < 0.25
    assert (tmp_path / "out" / "chart.svg").read_text().startswith("<svg")
    assert not list((tmp_path / "out").glob("work-*"))
