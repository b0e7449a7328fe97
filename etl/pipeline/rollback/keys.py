"""Every key that a run touched becomes what the other runs add up to."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from etl.load import undo
from etl.load.audit import cuts
from etl.load.encode import revision_id
from etl.load.journal import Part, Version
from etl.load.store import Document, Store
from etl.pipeline.rollback.whose import Whose
from etl.pipeline.spool import Spool

KEYS = 50_000
"""Keys worked on with one look at the whole journal; some 500 bytes of memory each."""
_CHUNK = 500


class _Own(NamedTuple):
    """A content of a key that the run gave."""

    key: str
    content: str


class _Given(msgspec.Struct, frozen=True):
    """A version of a key, and whose it is."""

    run: str
    part: Part
    """What it is a part of, without the versions."""
    version: Version


_Keys = dict[str, tuple[set[str], dict[str, _Given]]]
"""By key: contents that the run gave; of each content that others gave, the greatest."""


class Keys:
    """Takes the run out of articles and revisions, and counts what becomes of them.

    Args:
        store: The store.
        whose: What is the run's.
        dry_run: Only count.
    """

    def __init__(self, store: Store, whose: Whose, *, dry_run: bool) -> None:
        self._store = store
        self._whose = whose
        self._dry_run = dry_run
        self.counts = dict.fromkeys(("removed", "reverted", "kept", "revisions_removed"), 0)

    def settle(self) -> None:
        """Work on every key once, by ranges, so that all that the run gave of it is known."""
        with TemporaryDirectory(prefix="article-etl-rollback-") as folder:
            own = Spool(Path(folder, "own"), _Own, cuts(self._store, self._store.articles, KEYS))
            for part in self._whose.own_parts():
                for version in part.versions:
                    own.put(version.key, _Own(version.key, version.content_hash))
            keys: _Keys = {}
            for number in own.parts():
                for key, content in own.take(number):
                    keys.setdefault(key, (set(), {}))[0].add(content)
                if len(keys) >= KEYS:
                    self._work_on(keys)
                    keys = {}
            self._work_on(keys)

    def _work_on(self, keys: _Keys) -> None:
        if not keys:
            return
        for run, part in self._whose.others():
            whole = msgspec.structs.replace(part, versions=[], refused=[])
            for version in part.versions:
                if version.key in keys:
                    best = keys[version.key][1]
                    known = best.get(version.content_hash)
                    if known is None or version.rank > known.version.rank:
                        best[version.content_hash] = _Given(run, whole, version)
        names = sorted(keys)
        for first in range(0, len(names), _CHUNK):
            self._settle({key: keys[key] for key in names[first : first + _CHUNK]})

    def _settle(self, keys: _Keys) -> None:
        there = undo.contents_of(self._store, {key: own | set(best) for key, (own, best) in keys.items()})
        revisions: list[Document] = []
        articles: list[Document] = []
        gone: list[str] = []
        dropped: list[str] = []
        for key, (own, best) in keys.items():
            stands, contents = there[key]
            # What an attempt that died may have written, and did not, is not there.
            made = {
                content: self._document(contents[content], given)
                for content, given in best.items()
                if content in contents
            }
            top = max(made, key=lambda content: (made[content]["rank"], content)) if made else None
            revisions += [made[content] for content in made if content != top]
            dropped += [
                revision_id(key, content)
                for content in own | set(best)
                if content in contents and (content == top or content not in made)
            ]
            if top is None:
                gone += [key] if stands is not None else []
            elif stands != top or made[top] != contents[top]:
                articles.append(made[top])
                self.counts["reverted"] += 1
            else:
                self.counts["kept"] += 1
            self.counts["revisions_removed"] += sum(c not in made and c != stands for c in contents)
        self.counts["removed"] += len(gone)
        if not self._dry_run:
            undo.keep_revisions(self._store, revisions)
            undo.put_articles(self._store, articles, gone)
            undo.drop_revisions(self._store, dropped)

    def _document(self, document: Document, given: _Given) -> Document:
        """A content as it stands without the run."""
        version, part = given.version, given.part
        raised = {
            "rank": version.rank,
            "captured_at": version.captured_at,
            "source": part.source,
            "published_at": version.published_at,
            "published": version.published,
            "flags": version.flags,
        }
        made = {**document, **raised}
        if document["provenance"]["run"] == self._whose.run:
            made["provenance"] = {
                "dump": part.dump,
                "member": version.member,
                "record": version.record,
                "offset": version.offset,
                "sha256": part.sha256,
                "parser": part.parser,
                "run": given.run,
            }
        return made
