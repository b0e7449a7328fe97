"""`article-etl demo`, as a newcomer runs it."""

from pathlib import Path

import pytest

from tests.command import Command


@pytest.mark.mongo
@pytest.mark.prefect
@pytest.mark.timeout(900)
def test_the_demo_loads_the_samples_and_a_second_one_skips_them(tmp_path: Path) -> None:
    command = Command(tmp_path)
    first = command.run("demo").stdout
    for source in ("harbour-post", "harbour-wire", "lagoon-review", "market-ledger", "wieden-bote"):
        assert source in first
    assert "ambiguous_date" in first
    assert "article-etl quarantine list" in first
    second = command.run("demo").stdout
    assert "Rejected" not in second
    nights = [line.split()[1:] for line in second.splitlines() if line.startswith("all ")]
    assert len(nights) == 2
    for read, *outcomes, loaded, skipped, failed in nights:
        assert (read, set(outcomes), loaded, skipped, failed) == ("0", {"·"}, "·", "19", "·")
