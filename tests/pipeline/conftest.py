"""Small dumps that are treated as large ones."""

import pytest


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dumps are cut into many small blocks, shared out from a small size on, and written by two or three."""
    for module in ("etl.pipeline.plan", "etl.pipeline.cutting", "etl.extract.dump", "etl.extract.lines"):
        monkeypatch.setattr(f"{module}.BLOCK_BYTES", 20_000)
    monkeypatch.setattr("etl.pipeline.blocks.GROUP_BYTES", 45_000)
    monkeypatch.setattr("etl.pipeline.group.RECORD_BYTES", 0)
    monkeypatch.setattr("etl.extract.dump.SMALL_BYTES", 0)
    monkeypatch.setattr("etl.pipeline.cutting.SPLIT_BYTES", 1)
