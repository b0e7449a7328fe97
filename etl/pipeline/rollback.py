"""Takes back what a run brought, by the journal: the store is then what the other runs add up to.

Of each key that the run touched, the versions that other runs gave are looked up in the journal, and the
greatest of them stands, also where their records were mere duplicates when they came. The order of steps
makes it safe to kill anywhere and to start again:

1. the run is marked as `rolling_back`, and no load begins from then on,
2. dumps that another run went on with become that run's, and what later versions of a dump left unparsed
   for it is entered as their own,
3. keys, a few at a time: revisions that must be, then articles, then revisions that must not be,
4. the quarantine, 5. the ledger, 6. the run's pages of the journal, 7. the run is `rolled_back`.

Until its pages are gone, each step can be worked out anew, and ends the same.
"""

from collections.abc import Iterator, Sequence

import msgspec
import xxhash

from etl.errors import ConfigError
from etl.load import undo
from etl.load.encode import revision_id
from etl.load.entries import now
from etl.load.journal import Journal, Page, Part, Refused, Version
from etl.load.runs import Runs
from etl.load.store import Document, Store

KEYS = 50_000
"""Keys worked on with one look at the whole journal; some 100 bytes of memory each, and more for versions."""
CHUNK = 500
_LINE = 16


class Rollback(msgspec.Struct, frozen=True):
    """What a rollback does, or did."""

    run: str
    done: bool
    """False for a plan: nothing is changed."""
    removed: int = 0
    """Articles that go: nobody else brought them."""
    reverted: int = 0
    """Articles that become what they would be without the run."""
    kept: int = 0
    """Articles that stay as they are: another run brought the same."""
    revisions_removed: int = 0
    rejections_removed: int = 0
    rejections_reopened: int = 0
    dumps: int = 0
    """Dumps that are due again."""
    handed_over: int = 0
    """Dumps that the run began and another one went on with: they are that one's now."""


class _Given(msgspec.Struct, frozen=True):
    """A version of a key, and whose it is."""

    run: str
    part: Part
    version: Version


_Keys = dict[str, tuple[set[str], dict[str, _Given]]]
"""By key: contents that the run gave; of each content that others gave, the greatest."""


def rollback(store: Store, run: str, *, dry_run: bool = True, force: bool = False) -> Rollback:
    """Take back what a run brought, or say what that would change.

    Args:
        store: The store.
        run: The run's id.
        dry_run: Only say so.
        force: Go on although runs on other machines say that they are running.

    Raises:
        ConfigError: there is no such run, or it cannot be taken back now; the text says why.
        StoreError: the store is gone or refuses. Start it again: it goes on where it was.
    """
    before = _check(store, run)
    if not dry_run:
        undo.mark(store, run, "rolling_back")
        under_way = [] if force else undo.others_under_way(store, run)
        if under_way:
            undo.mark(store, run, before)
            raise ConfigError(
                f"run {under_way[0]} is under way: wait for its end or stop it "
                "(or say --force, if you know that it is dead)"
            )
    worker = _Worker(store, run, dry_run=dry_run)
    worker.hand_over()
    worker.give_to_heirs()
    worker.keys()
    worker.quarantine()
    worker.ledger()
    if not dry_run:
        undo.mark(store, run, "rolled_back")
    return worker.result()


def _check(store: Store, run: str) -> str:
    """The run's state, which lets it be taken back."""
    found = Runs(store).get(run)
    if found is None:
        raise ConfigError(f"no run {run!r} (see: article-etl status)")
    if found.state == "rolled_back":
        raise ConfigError(f"run {run} is rolled back already")
    if found.state_at(now()) == "running":
        raise ConfigError(f"run {run} is under way: stop it first")
    other = undo.other_rollback(store, run)
    if other is not None:
        raise ConfigError(f"finish the rollback of run {other} first: article-etl rollback {other} --yes")
    old = [load["_id"] for load in undo.loads_with(store, run) if not load.get("runs")]
    if old and found.state != "rolling_back":
        raise ConfigError(
            f"run {run} loaded {len(old)} dumps before there was a journal, so nobody knows who else "
            "brought the same; restore a backup, or load them again and roll that run back"
        )
    return found.state


class _Worker:
    def __init__(self, store: Store, run: str, *, dry_run: bool) -> None:
        self._store = store
        self._run = run
        self._dry_run = dry_run
        self._journal = Journal(store)
        loads = undo.loads_with(store, run)
        self._own = [load for load in loads if load["run"] == run]
        self._handed = {load["_id"]: load for load in loads if load["run"] != run}
        self._counts: dict[str, int] = {}

    def result(self) -> Rollback:
        return Rollback(
            self._run,
            done=not self._dry_run,
            dumps=len(self._own),
            handed_over=len(self._handed),
            **self._counts,
        )

    # -- what is not the run's alone -----------------------------------------------------------------

    def hand_over(self) -> None:
        """Dumps that another run went on with are that run's."""
        if self._dry_run:
            return
        for page in self._journal.pages({"run": self._run}):
            theirs: dict[str, list[Part]] = {}
            for part in page.parts:
                if part.load in self._handed:
                    theirs.setdefault(self._handed[part.load]["run"], []).append(part)
            if not theirs:
                continue
            for other, parts in theirs.items():
                self._journal.write(_changed(page, id=f"{other}/of/{page.id}", run=other, parts=parts))
            left = [part for part in page.parts if part.load not in self._handed]
            if left:
                self._journal.write(_changed(page, parts=left))
            else:
                self._journal.drop([page.id])
        for load in self._handed.values():
            undo.hand_over(self._store, load, self._run)

    def give_to_heirs(self) -> None:
        """Later versions of a dump, whose unchanged lines were not parsed, get them as their own."""
        if self._dry_run:
            return
        heirs = list(self._heirs())
        for heir, own in self._inherited(heirs):
            name = f"{heir.id}+{xxhash.xxh3_64_hexdigest(own.id.encode('utf-8', 'backslashreplace'))}"
            self._journal.write(_changed(own, id=name, run=heir.run))
        for heir in heirs:
            self._journal.write(_changed(heir, of=None))

    def _heirs(self) -> Iterator[Page]:
        loads = [load["_id"] for load in self._own]
        for first in range(0, len(loads), CHUNK):
            query: Document = {"of": {"$in": loads[first : first + CHUNK]}, "run": {"$ne": self._run}}
            yield from self._journal.pages(query)

    def _inherited(self, heirs: Sequence[Page]) -> Iterator[tuple[Page, Page]]:
        """For each heir and each page of what it inherits from: the page that is its own from now on."""
        for heir in heirs:
            lines = set(_cut(heir.lines))
            for page in self._journal.pages({"loads": heir.of}):
                whole = heir.kept is not None and heir.kept in (page.digest, page.kept)
                versions = [
                    version
                    for part in page.parts
                    if part.load == heir.of
                    for version in part.versions
                    if whole or version.line in lines
                ]
                left = page.lines if whole else b"".join(x for x in _cut(page.lines) if x in lines)
                mine = msgspec.structs.replace(heir.parts[0], versions=versions, refused=[])
                if versions or left or (whole and page.of):
                    yield (
                        heir,
                        Page(
                            id=page.id,
                            run=heir.run,
                            parts=[mine],
                            block=heir.block,
                            digest=page.digest if whole else None,
                            of=page.of,
                            lines=left,
                            kept=heir.kept or b"-",
                        ),
                    )

    # -- articles and revisions ----------------------------------------------------------------------

    def keys(self) -> None:
        """Every key that the run touched becomes what the others add up to."""
        keys: _Keys = {}
        for part in self._own_parts():
            for version in part.versions:
                keys.setdefault(version.key, (set(), {}))[0].add(version.content_hash)
            if len(keys) >= KEYS:
                self._work_on(keys)
                keys = {}
        self._work_on(keys)

    def _own_parts(self) -> Iterator[Part]:
        for page in self._journal.pages({"run": self._run}):
            for part in page.parts:
                if part.load not in self._handed:
                    yield part

    def _others(self) -> Iterator[tuple[str, Part]]:
        for page in self._journal.pages():
            for part in page.parts:
                if page.run != self._run:
                    yield page.run, part
                elif part.load in self._handed:
                    yield self._handed[part.load]["run"], part
        if self._dry_run:
            for heir, page in self._inherited(list(self._heirs())):
                yield heir.run, page.parts[0]

    def _work_on(self, keys: _Keys) -> None:
        if not keys:
            return
        for run, part in self._others():
            for version in part.versions:
                if version.key in keys:
                    best = keys[version.key][1]
                    known = best.get(version.content_hash)
                    if known is None or version.rank > known.version.rank:
                        best[version.content_hash] = _Given(run, part, version)
        names = sorted(keys)
        for first in range(0, len(names), CHUNK):
            self._settle({key: keys[key] for key in names[first : first + CHUNK]})

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
                self._count("reverted")
            else:
                self._count("kept")
            self._count("revisions_removed", sum(c not in made and c != stands for c in contents))
        self._count("removed", len(gone))
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
        if document["provenance"]["run"] == self._run:
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

    # -- quarantine and ledger -----------------------------------------------------------------------

    def quarantine(self) -> None:
        """Entries that only the run made go; those of others say again what they said; resolved ones open."""
        own = {refused.entry for part in self._own_parts() for refused in part.refused}
        others: dict[str, tuple[str, Part, Refused]] = {}
        for run, part in self._others() if own else ():
            for refused in part.refused:
                if refused.entry in own:
                    others[refused.entry] = (run, part, refused)
        alone = sorted(own - set(others))
        resolved = [entry for entry in undo.resolved_by(self._store, self._run) if entry["_id"] not in own]
        resolved += [e for e in undo.resolved_by(self._store, self._run) if e["_id"] in others]
        self._count("rejections_removed", len(alone))
        self._count("rejections_reopened", len(resolved))
        if self._dry_run:
            return
        for first in range(0, len(alone), CHUNK):
            undo.drop_entries(self._store, alone[first : first + CHUNK])
        for entry, (run, part, refused) in others.items():
            fields = {
                "stage": refused.stage,
                "reason": refused.reason,
                "detail": refused.detail,
                "load": part.load,
                "parser": part.parser,
                "run": run,
            }
            undo.restore_entry(self._store, entry, self._run, fields)
        for each in resolved:
            undo.reopen_entry(self._store, each, self._run)

    def ledger(self) -> None:
        """The run's dumps are due again; then its pages of the journal go."""
        if self._dry_run:
            return
        for load in self._own:
            undo.take_back(self._store, load, self._run)
        self._journal.drop([page.id for page in self._journal.pages({"run": self._run})])

    def _count(self, name: str, n: int = 1) -> None:
        self._counts[name] = self._counts.get(name, 0) + n


def _changed(page: Page, **fields: object) -> Page:
    return msgspec.structs.replace(page, **fields)


def _cut(lines: bytes) -> Iterator[bytes]:
    for start in range(0, len(lines), _LINE):
        yield lines[start : start + _LINE]


__all__ = ["Rollback", "rollback"]
