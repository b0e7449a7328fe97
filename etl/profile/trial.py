"""What a load would make of the sample under a draft."""

from collections import Counter
from collections.abc import Mapping

import msgspec

from etl.extract.types import Dump
from etl.model import Article, RawRecord, Reason, Rejection
from etl.pipeline.job import Job
from etl.pipeline.sorting import normalizer_for
from etl.sources import Source


class Trial(msgspec.Struct):
    """The outcome of a trial."""

    articles: list[tuple[int, Article]]
    """Each with its record's ordinal in the sample."""
    rejections: list[tuple[int, Rejection]]

    @property
    def reasons(self) -> Counter[Reason]:
        """How many were rejected for which reason."""
        return Counter(rejection.reason for _, rejection in self.rejections)

    def first(self, reason: Reason) -> tuple[int, Rejection]:
        """The first record that was rejected for a reason."""
        return next(found for found in self.rejections if found[1].reason == reason)


def try_out(records: list[tuple[Dump, RawRecord]], source: Source, job: Job) -> Trial:
    """Normalize the records as a load of this source would."""
    normalizer = normalizer_for(source, job)
    found = Trial([], [])
    for row, (dump, record) in enumerate(records):
        result = normalizer(record, job.stamp(source, dump, ""))
        if isinstance(result, Rejection):
            found.rejections.append((row, result))
        else:
            found.articles.append((row, result))
    return found


class Doubles(msgspec.Struct, frozen=True):
    """Articles that share a key."""

    same: int
    """Records whose key came up before with the same content."""
    versions: int
    """Records whose key came up before with other content."""
    example: str | None


def doubles(articles: list[tuple[int, Article]]) -> Doubles:
    """How many of the articles would be duplicates or versions of one another."""
    seen: dict[str, set[str]] = {}
    same = versions = 0
    example = None
    for _, article in articles:
        contents = seen.setdefault(article.key, set())
        if article.content_hash in contents:
            same += 1
        elif contents:
            versions += 1
        if contents and example is None:
            example = article.key
        contents.add(article.content_hash)
    return Doubles(same, versions, example)


def languages_of(trial: Trial, stated: Mapping[int, str | None]) -> Counter[str]:
    """Languages of the articles, and of what was rejected where that is known."""
    found = Counter(article.language for _, article in trial.articles if article.language)
    found.update(code for row, _ in trial.rejections if (code := stated.get(row)))
    return found
