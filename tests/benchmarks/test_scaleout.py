"""What large inputs take, computed from the figures of a run."""

import pytest

from benchmarks.scaleout import BUSY, as_markdown, measured, need

RESULTS = {
    "rounds": [
        [{"name": "fresh", "records": 1000, "client_cpu": 0.1, "server_cpu": 0.05}],
        [{"name": "fresh", "records": 1000, "client_cpu": 0.3, "server_cpu": 0.05}],
        [{"name": "fresh", "records": 1000, "client_cpu": 0.2, "server_cpu": 0.05}],
    ],
    "sizes": {
        "records": 1000,
        "dump_bytes": 3_000_000,
        "documents": 800,
        "document_bytes": 2_400_000,
        "storage_bytes": 1_600_000,
        "index_bytes": {"_id_": 40_000, "other": 24_000},
    },
}


def test_what_a_record_took_is_the_median_of_the_rounds():
    one = measured(RESULTS)
    assert one.client_cpu == pytest.approx(0.0002)
    assert one.server_cpu == pytest.approx(0.00005)
    assert (one.dump_bytes, one.stored, one.document_bytes) == (3000, 0.8, 3000)
    assert (one.storage_bytes, one.index_bytes, one.id_index_bytes) == (2000, 80, 50)


def test_needs_grow_with_records_and_shrink_with_time():
    one = measured(RESULTS)
    day, half = need(one, 1e6, 86_400), need(one, 1e6, 43_200)
    assert day.worker_cores == pytest.approx(1e6 * 0.0002 / 86_400 / BUSY)
    assert half.worker_cores == pytest.approx(2 * day.worker_cores)
    assert need(one, 2e6, 86_400).server_cores == pytest.approx(2 * day.server_cores)
    assert day.read_bytes == pytest.approx(3e9 / 86_400)
    assert day.sent_bytes == pytest.approx(2.4e9 / 86_400)


def test_the_tables_say_what_a_billion_articles_hold():
    text = as_markdown(measured(RESULTS))
    assert "| a backfill of 1 B | 800.0 M | 1,600.0 | 64.00 | 40.00 |" in text


def test_a_run_without_a_fresh_load_says_nothing_about_scale():
    with pytest.raises(ValueError, match="no fresh load"):
        measured({"rounds": [[]], "sizes": {}})
