"""Runs that were killed: seen, and closed."""

import os
import subprocess
import sys
from datetime import date, datetime, timedelta

import pytest

from etl.load.alive import LEASE, is_dead, process_mark
from etl.load.entries import now
from etl.load.runs import Runs
from etl.load.store import Store

AT = datetime(2026, 3, 9, 8)


def test_a_run_without_a_sign_of_life_for_longer_than_the_lease_is_dead() -> None:
    assert not is_dead("", AT, AT + LEASE)
    assert is_dead("", AT, AT + LEASE + timedelta(seconds=1))


def test_a_run_whose_process_on_this_machine_is_gone_is_dead_at_once() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    mark = process_mark(child.pid)
    assert not is_dead(mark, AT, AT)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and not collected by its parent
    assert is_dead(mark, AT, AT)
    child.communicate()
    assert is_dead(mark, AT, AT)


def test_another_process_with_the_same_number_is_not_taken_for_it() -> None:
    ours = process_mark()
    reused = f"{ours.rpartition('/')[0]}/1"
    assert not is_dead(ours, AT, AT)
    assert is_dead(reused, AT, AT)


@pytest.mark.parametrize("other", ["another-boot/pid:[1]/1/1", "", "nonsense"])
def test_of_a_process_elsewhere_only_the_beat_tells(other: str) -> None:
    assert not is_dead(other, AT, AT)
    assert is_dead(other, AT - timedelta(hours=1), AT)


@pytest.mark.mongo
def test_killed_runs_are_closed_as_interrupted_and_living_ones_are_left(store: Store) -> None:
    runs = Runs(store)
    for name in ("killed", "alive"):
        runs.start(name, kind="nightly", run_date=date(2026, 3, 9))
    last = now() - timedelta(hours=1)
    store.runs.update_one({"_id": "killed"}, {"$set": {"beat_at": last}})
    assert runs.close_dead() == ["killed"]
    assert runs.close_dead() == []
    killed, alive = runs.get("killed"), runs.get("alive")
    assert killed is not None
    assert alive is not None
    assert (killed.state, killed.finished_at) == ("interrupted", last)
    assert alive.state == "running"
