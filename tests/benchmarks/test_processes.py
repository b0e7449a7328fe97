"""Measuring a command: nothing that it starts is missed."""

import sys
from pathlib import Path

import pytest

from benchmarks.processes import CommandError, measured

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")

BURN = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


def test_the_cpu_of_an_orphaned_grandchild_counts(tmp_path: Path):
    # The command ends at once; the process that it leaves behind burns on.
    command = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BURN!r}])"
    usage = measured([sys.executable, "-c", command], {}, tmp_path / "log")
    assert usage.cpu >= 0.3


def test_memory_is_that_of_the_whole_tree(tmp_path: Path):
    hold = "import time; held = bytearray(b'x') * (40 << 20); time.sleep(0.5)"
    command = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    usage = measured([sys.executable, "-c", command], {}, tmp_path / "log", sample_seconds=0.05)
    assert 40 < usage.peak_mib < 100
    assert usage.seconds >= 0.5


def test_output_and_environment_are_those_of_the_command(tmp_path: Path):
    usage = measured(
        [sys.executable, "-c", "import os; print(os.environ['WORD'])"], {"WORD": "said"}, tmp_path / "log"
    )
    assert usage.output == "said\n"


def test_a_command_that_fails_is_an_error_with_its_last_words(tmp_path: Path):
    with pytest.raises(CommandError, match=r"status 3(.|\n)*gone wrong"):
        measured(
            [sys.executable, "-c", "import sys; sys.stderr.write('gone wrong'); sys.exit(3)"],
            {},
            tmp_path / "log",
        )
