"""The convergent merge, in memory: what a batch of articles does to what stands.

Each key is a register that only rises: the article of greatest rank stands. Beside it, every other
content that was ever loaded for the key has one revision, at its greatest rank. Both follow from the
set of records alone, so order, batches, overlap and repetition of loads leave no trace.

Pure: what stands is handed in, what is to be written is given back.
"""

from collections.abc import Mapping, Sequence

import msgspec

from etl.model import Article, Outcome


class Standing(msgspec.Struct, frozen=True):
    """What the store holds for a key, as far as the merge needs it."""

    rank: str
    content_hash: str


class Merge(msgspec.Struct, frozen=True):
    """What a batch does: the outcome of each of its articles, and the least that must be written."""

    outcomes: list[Outcome]
    """As if the articles had been loaded one by one, in their order."""
    inserts: list[Article]
    """New keys, by key: the best article of each."""
    replaces: list[tuple[Standing, Article]]
    """Other content of higher rank, in the place of what stands."""
    raises: list[tuple[Standing, Article]]
    """The content that stands, at a higher rank."""
    revisions: list[Article]
    """Versions in the batch that do not stand at its end, the best of each content."""

    def final(self) -> dict[str, Article]:
        """The article that is written for each key that changes."""
        written = [*self.inserts, *(a for _, a in self.replaces), *(a for _, a in self.raises)]
        return {article.key: article for article in written}


def merge(articles: Sequence[Article], standing: Mapping[str, Standing]) -> Merge:
    """Merge a batch into what stands for its keys."""
    result = Merge([Outcome.DUPLICATE] * len(articles), [], [], [], [])
    several: dict[str, list[int]] = {}
    for index, article in enumerate(articles):
        several.setdefault(article.key, []).append(index)
    for key in sorted(several):
        _merge_key(articles, several[key], standing.get(key), result)
    return result


def _outcome(article: Article, now: Standing | None) -> Outcome:
    if now is None:
        return Outcome.INSERTED
    if article.content_hash == now.content_hash:
        return Outcome.DUPLICATE
    return Outcome.REVISED if article.rank > now.rank else Outcome.SUPERSEDED


def _merge_key(
    articles: Sequence[Article], indexes: list[int], before: Standing | None, result: Merge
) -> None:
    now = before
    best: dict[str, Article] = {}
    for index in indexes:
        article = articles[index]
        known = best.get(article.content_hash)
        if known is None or article.rank > known.rank:
            best[article.content_hash] = article
        result.outcomes[index] = _outcome(article, now)
        if now is None or article.rank > now.rank:
            now = Standing(article.rank, article.content_hash)
    if now is None:
        return
    for content, article in best.items():
        if content != now.content_hash:
            result.revisions.append(article)
    if before is None:
        result.inserts.append(best[now.content_hash])
    elif now.content_hash != before.content_hash:
        result.replaces.append((before, best[now.content_hash]))
    elif now.rank > before.rank:
        result.raises.append((before, best[now.content_hash]))
