"""What the whole command shows on the real dumps beside the project (skipped where they are not)."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from tests.command import SHARED, Command
from tests.pipeline.records import records, write_jsonl

SEED = SHARED / "dumps/seed"
BBC = SHARED / "dumps/bbc_txt"

TRANSCODED = "Chelsea sack Mutu"
"""Title of `sport/199.txt`, the one page in windows-1252."""

pytestmark = pytest.mark.mongo


@pytest.fixture
def command(tmp_path: Path, mongo_uri: str) -> Command:
    """A command on a server of the tests, with a database of its own."""
    database = f"test_{tmp_path.name[-40:]}".replace(".", "_")
    return Command(tmp_path / "home", {"ARTICLE_ETL_MONGO_URI": mongo_uri, "ARTICLE_ETL_DATABASE": database})


def collections(command: Command) -> tuple[list[Any], list[Any]]:
    """Articles and revisions, `provenance` aside."""
    client: MongoClient[dict[str, Any]] = MongoClient(command.variables["ARTICLE_ETL_MONGO_URI"])
    with client:
        database = client[command.variables["ARTICLE_ETL_DATABASE"]]
        return (
            list(database.articles.find({}, {"provenance": 0}).sort("_id")),
            list(database.article_revisions.find({}, {"provenance": 0}).sort("_id")),
        )


@pytest.mark.skipif(not SEED.is_dir(), reason="the shared dumps are not beside the project")
class TestTheSeed:
    def test_inspect_gives_the_article_that_the_page_holds(self, tmp_path: Path) -> None:
        page = next(SEED.glob("*.txt"))
        (line,) = Command(tmp_path).lines("inspect", str(page))
        article = line["article"]
        assert line["outcome"] == "article"
        assert article["title"] == page.read_text(encoding="utf-8").split("\n")[0]
        assert article["published_at"] == "2023-09-22T10:49:00Z"
        assert article["published"]["zone"] == "assumed"
        paragraphs = article["body"].split("\n\n")
        assert len(paragraphs) == 6
        assert paragraphs[0].startswith("News from this website")
        assert article["authors"] == ["Li Han"]
        assert article["editor"] == "Baohua"
        assert article["captured_at"] == "2023-09-22T13:15:31Z"
        assert len(article["tags"]) == 22
        assert article["tags"][0] == "Standing"
        assert "Leave a Replay" not in str(line)
        assert article["language"] == "en"
        time, _, digest = article["_id"].partition("/")
        assert time == "2023-09-22T10:49:00Z"
        assert len(digest) == 32
        assert int(digest, 16)

    def test_the_time_zone_can_be_set(self, tmp_path: Path) -> None:
        (line,) = Command(tmp_path).lines("inspect", f"{SEED}/*.txt", "--set", "timezone=Asia/Shanghai")
        assert line["article"]["published_at"] == "2023-09-22T02:49:00Z"
        assert line["article"]["published"]["zone"] == "source"

    def test_a_second_load_writes_no_article(self, command: Command, mongo_uri: str) -> None:
        first = command.json("load", str(SEED), "--json")
        assert (first["read"], first["inserted"]) == (1, 1)
        client: MongoClient[Any] = MongoClient(mongo_uri)
        with client:
            before = client.admin.command("top")["totals"]
            second = command.json("load", str(SEED), "--json")
            after = client.admin.command("top")["totals"]
        assert second["dumps"] == {"loaded": 0, "skipped": 1, "failed": 0}
        assert (second["read"], second["inserted"]) == (0, 0)
        name = f"{command.variables['ARTICLE_ETL_DATABASE']}.articles"
        for operation in ("insert", "update", "remove"):
            assert after[name][operation]["count"] == before[name][operation]["count"]


@pytest.mark.skipif(not BBC.is_dir(), reason="the shared dumps are not beside the project")
class TestUndatedPages:
    def test_pages_without_a_date_are_rejected_for_that(self, command: Command) -> None:
        report = command.json("load", str(BBC), "--json")
        assert report["read"] == 556
        assert report["reasons"] == {"undated": 556}
        assert report["failures"] == []

    def test_a_source_may_load_them_keyed_by_their_text(self, command: Command) -> None:
        command.json("load", str(BBC), "--json")
        report = command.json("load", str(BBC), "--set", "undated=load", "--json")
        assert (report["read"], report["rejected"]) == (556, 0)
        articles, revisions = collections(command)
        assert len(articles) == report["inserted"] == 546  # 10 files are copies of others
        assert revisions == []
        (transcoded,) = (each for each in articles if "£" in each["body"] and each["title"] == TRANSCODED)
        assert "\ufffd" not in transcoded["body"]


def test_three_orders_and_three_processes_end_in_the_same_collections(
    command: Command, tmp_path: Path
) -> None:
    rows = records(5000)
    orders = []
    for seed in range(3):
        shuffled = rows[:]
        random.Random(seed).shuffle(shuffled)
        orders.append(write_jsonl(tmp_path / f"order-{seed}.jsonl", shuffled))
    ends = []
    for number, order in enumerate(orders):
        alone = Command(
            command.home,
            {**command.variables, "ARTICLE_ETL_DATABASE": f"order{number}_{tmp_path.name[-30:]}"},
        )
        report = alone.json("load", str(order), "--json")
        assert report["read"] == 5000
        ends.append(collections(alone))
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda order: command.json("load", str(order), "--json"), orders))
    assert sum(report["inserted"] for report in reports) == len(ends[0][0])
    ends.append(collections(command))
    assert len(ends[0][0]) > 3000
    assert len(ends[0][1]) > 200
    for other in ends[1:]:
        assert other == ends[0]
