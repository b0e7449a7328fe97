"""Small dumps that are treated as large ones."""

import pytest


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dumps are cut into many small blocks, and shared out from a small size on."""
    for module in ("etl.pipeline.plan", "etl.extract.dump", "etl.extract.lines"):
        monkeypatch.setattr(f"{module}.BLOCK_BYTES", 20_000)
    monkeypatch.setattr("etl.extract.dump.SMALL_BYTES", 0)
    monkeypatch.setattr("etl.pipeline.plan.SPLIT_BYTES", 1)
