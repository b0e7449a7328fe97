"""Lines that repeat recent ones give what they would give if they were read."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.extract.jsonl import json_lines
from etl.extract.types import LineBlock
from etl.load.journal import Journal
from etl.load.lookup import LookUp
from etl.load.store import Store
from etl.model import Article, RawRecord, Repeat
from etl.pipeline import recent
from etl.pipeline.recent import Recent, Repeats
from etl.pipeline.sorting import sort_out
from etl.sources import ADHOC
from tests.pipeline.lines import JOB, LINES, NORMALIZER, STAMP
from tests.pipeline.loading import collections, load_paths
from tests.pipeline.records import records, write_jsonl

READ = json_lines(JOB.reading(ADHOC))


def read_again(line: bytes, record: int, offset: int) -> Article:
    (raw,) = READ(LineBlock(0, offset, record, line, len(line)))
    assert isinstance(raw, RawRecord)
    article = NORMALIZER(raw, STAMP)
    assert isinstance(article, Article)
    return article


def said(article: Article) -> tuple[Any, ...]:
    """All that books, merges, the quarantine and the store ask of an article."""
    return (
        article.key,
        article.title_hash,
        article.published_at,
        article.published,
        article.captured_at,
        article.content_hash,
        article.rank,
        article.flags,
        article.stamp,
        article.record,
        article.raw,
        article.member,
        article.offset,
        article.digest,
        article.document(),
    )


@given(st.lists(st.lists(st.sampled_from(LINES), max_size=6), max_size=6), st.integers(0, 3))
@settings(deadline=None)
def test_blocks_give_the_same_articles_whatever_is_remembered(blocks: list[list[bytes]], most: int) -> None:
    remembered = Recent()
    offset, record = 0, 1
    for lines in blocks:
        data = b"".join(line + b"\n" for line in lines)
        block = LineBlock(0, offset, record, data, len(data))
        repeats = Repeats(remembered, STAMP, read_again)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(recent, "MOST", most)
            found = sort_out(READ(block, repeats.wants), NORMALIZER, STAMP)
            remembered.learn(found.articles)
        plain = sort_out(READ(block), NORMALIZER, STAMP)
        assert list(map(said, repeats.among(found.articles))) == list(map(said, plain.articles))
        assert found.rejections == plain.rejections
        offset, record = offset + len(data), record + len(lines)


def test_only_so_many_lines_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST", 2)
    remembered = Recent()
    lines = [b'{"title": "%d", "published_at": "2026-02-01T10:00:00Z"}' % n for n in range(7)]
    articles = [read_again(line, 1, 0) for line in lines]
    for article in articles:
        remembered.learn([article])
    assert [remembered.get(article.digest) is not None for article in articles] == [False] * 4 + [True] * 3


@pytest.fixture
def dump(tmp_path: Path, blocks: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Articles of which most come again in later blocks, some after another version of theirs."""
    for module in ("etl.pipeline.plan", "etl.pipeline.cutting", "etl.extract.dump", "etl.extract.lines"):
        monkeypatch.setattr(f"{module}.BLOCK_BYTES", 5000)
    monkeypatch.setattr("etl.pipeline.blocks.GROUP_BYTES", 9000)
    monkeypatch.setattr("etl.pipeline.group.RECORD_BYTES", 0)
    first = [row for row in records(40) if row["captured_at"]]
    revised = [{**row, "body": "Another one.", "captured_at": "2026-04-20T00:00:00Z"} for row in first[::4]]
    return write_jsonl(tmp_path / "dump.jsonl", [*first, *revised, *first, *revised[::2], *first[::3]])


@pytest.fixture
def repeats(monkeypatch: pytest.MonkeyPatch) -> list[Repeat]:
    """Every line that was not read, as it comes."""
    made: list[Repeat] = []
    init: Callable[..., Repeat] = Repeat

    def make(**fields: Any) -> Repeat:
        made.append(init(**fields))
        return made[-1]

    monkeypatch.setattr(recent, "Repeat", make)
    return made


@pytest.mark.mongo
def test_a_load_is_the_same_whatever_is_remembered(
    store: Store, dump: Path, repeats: list[Repeat], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = load_paths(store, [dump])
    assert len(repeats) > 30
    expected = collections(store), [page.parts for page in Journal(store).pages()]
    for name in store.database.list_collection_names():
        store.database[name].delete_many({})
    monkeypatch.setattr(Recent, "get", lambda *_: None)
    del repeats[:]
    assert load_paths(store, [dump]).counts == report.counts
    assert repeats == []
    assert (collections(store), [page.parts for page in Journal(store).pages()]) == expected


@pytest.mark.mongo
def test_a_line_that_repeats_one_whose_article_was_taken_away_is_loaded_whole(
    store: Store, dump: Path, repeats: list[Repeat], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_paths(store, [dump])
    whole = {row["content_hash"]: (row["title"], row["body"]) for rows in collections(store) for row in rows}
    for name in store.database.list_collection_names():
        store.database[name].delete_many({})
    del repeats[:]
    gone: list[str] = []
    look_up = LookUp.standing

    def late(self: LookUp, keys: Iterable[str]) -> Any:
        if repeats and not gone:
            gone.extend({repeat.key for repeat in repeats})
            store.articles.delete_many({"_id": {"$in": gone}})
            store.revisions.delete_many({"article": {"$in": gone}})
        return look_up(self, keys)

    monkeypatch.setattr(LookUp, "standing", late)
    load_paths(store, [dump])
    rows = list(store.articles.find({"_id": {"$in": gone}}))
    assert len(rows) == len(gone) > 0
    assert all(whole[row["content_hash"]] == (row["title"], row["body"]) for row in rows)
