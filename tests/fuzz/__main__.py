"""Coverage-guided fuzzing of one target, for so many seconds: `python -m tests.fuzz TARGET SECONDS`.

Run by `make fuzz` for each target in turn. A finding ends it with status 1 or more and leaves its input in
a file `crash-…`; it then becomes a case of the tests.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["etl"]):
    from tests.fuzz.targets import TARGETS

from tests.fuzz.seeds import seeds


def main() -> None:
    """Fuzz until the time is over or something is found."""
    name, seconds = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory(prefix="fuzz-corpus-") as folder:
        for number, data in enumerate(seeds(name)):
            (Path(folder) / f"seed-{number}").write_bytes(data)
        limits = ["-max_len=65536", "-timeout=30", "-rss_limit_mb=2048", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], folder, f"-max_total_time={seconds}", *limits], TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
