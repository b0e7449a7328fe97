"""A round runs each scenario by its name, whatever the scenarios before it have left."""

from pathlib import Path
from typing import Any

from benchmarks.corpus import Corpus
from benchmarks.runs import Run, UnsoundRunError
from benchmarks.scenarios import Scenarios


class _Server:
    def empty(self) -> None:
        pass

    def sizes(self) -> dict[str, Any]:
        return {"documents": 1}


class _Runner:
    """Runs nothing, and says that it took a second."""

    def __init__(self, folder: Path, unsound: str = "") -> None:
        self.folder = folder
        self.server = _Server()
        self._unsound = unsound

    def run(self, name: str, records: int, *_: object, **__: object) -> Run:
        if name == self._unsound:
            raise UnsoundRunError(name)
        return Run(name, records, 1, 1, 1, 1)

    product = module = run


def _round(folder: Path, unsound: str = "") -> tuple[Scenarios, list[Run | Exception]]:
    runner = _Runner(folder, unsound)
    (folder / "documents-20.bson").touch()
    scenarios = Scenarios(runner, Corpus(folder), 20)  # type: ignore[arg-type]
    return scenarios, list(scenarios.round(set(Scenarios.NAMES)))


def test_a_round_runs_every_scenario_once(tmp_path: Path):
    scenarios, runs = _round(tmp_path)
    names = [run.name for run in runs if isinstance(run, Run) and run.name != "mongoimport"]
    assert all(isinstance(run, Run) for run in runs)
    assert names == [
        *("fresh", "rerun", "grown", "grown-changed", "raw", "base", "changed", "handwritten"),
        *("quarter", "half", "gzip", "pages-jsonl", "pages", "pages-tar", "transform-1", "transform-2"),
    ]
    assert scenarios.stored["documents"] == 1


def test_a_run_that_went_wrong_keeps_no_other_scenario_from_running(tmp_path: Path):
    _, runs = _round(tmp_path, unsound="base")
    assert [type(run) for run in runs if not isinstance(run, Run)] == [UnsoundRunError]
    assert {"quarter", "pages-tar"} <= {run.name for run in runs if isinstance(run, Run)}
