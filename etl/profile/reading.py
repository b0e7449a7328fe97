"""How the dumps are to be read: format, encoding, and the place of their records, from many heads."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from etl.errors import DumpError
from etl.extract.types import Skipped
from etl.profile.heads import Head, majority, speaks_of_encoding
from etl.profile.page import Page, share, shown

_ENDINGS_SHOWN = 8
_NEARLY_ALL = 0.9


class ReadingDraft(msgspec.Struct):
    """What the heads speak for."""

    format: str | None
    """To be stated; None where the names say it well."""
    endings: tuple[str, ...]
    """The endings that the source should be narrowed to; nothing for all."""
    encoding: str | None
    records: str | None
    record: str | None
    delimiter: str | None


def draft_reading(heads: list[Head]) -> ReadingDraft:
    """What a source must say for all of these members to be read."""
    filled = [head for head in heads if not head.empty]
    known = [head for head in filled if head.format]
    formats = Counter(head.format for head in known if head.format)
    if formats.keys() == {"json", "jsonl"}:
        formats = Counter({"json": formats.total()})  # its reader reads both
    format: str | None = None
    endings: tuple[str, ...] = ()
    astray = [head for head in known if head.misnamed]
    unnamed_others = [head for head in filled if head.format is None]
    if len(formats) == 1 and not unnamed_others:
        format = next(iter(formats))
    elif formats and astray:
        # Names mislead: the most frequent format is stated, and the paths narrowed to its endings.
        format = formats.most_common(1)[0][0]
        endings = _own_endings(filled, format)
    elif formats and formats.most_common(1)[0][1] >= _NEARLY_ALL * formats.total():
        # What is not of the kind lies beside it: a list, a licence.
        endings = _own_endings(filled, formats.most_common(1)[0][0])
        format = formats.most_common(1)[0][0] if endings else None
    of_format = [head for head in known if format is None or format in (head.format, "json")]
    return ReadingDraft(
        format=format,
        endings=endings if len(endings) <= _ENDINGS_SHOWN else (),
        encoding=_encoding(of_format),
        records=majority(_tally(head.records for head in of_format if head.format in ("json", "jsonl"))),
        record=majority(_tally(head.record for head in of_format if head.format in ("xml", "sgml"))),
        delimiter=_delimiter(of_format),
    )


def _own_endings(heads: list[Head], format: str) -> tuple[str, ...]:
    """The endings of a format's members, where there are others to be told from; nothing else."""
    own = {head.ending for head in heads if head.format == format}
    others = {head.ending for head in heads if head.format != format}
    return tuple(sorted(own)) if "" not in own and others - own else ()


def _tally(values: Iterable[str | None]) -> Counter[str]:
    return Counter(value or "" for value in values)


def _delimiter(heads: list[Head]) -> str | None:
    found = majority(_tally(head.delimiter for head in heads if head.format == "csv" and head.delimiter))
    return found if found and found != "," else None


def _encoding(heads: list[Head]) -> str | None:
    """The one encoding that all members that are not UTF-8 seem to be in, if there are enough of them."""
    own = [head for head in heads if speaks_of_encoding(head)]
    guessed = Counter(
        head.encoding
        for head in own
        if head.encoding not in ("ascii", "utf-8", "utf-8 with a mark", "unknown")
        and not head.encoding.startswith("utf-")
    )
    if len(guessed) == 1 and guessed.total() * 20 >= len(own):
        return next(iter(guessed))
    return None


def say_reading(page: Page, draft: ReadingDraft, heads: list[Head], odd: list[Skipped | DumpError]) -> None:
    """Format and encoding onto the page, with the evidence."""
    filled = [head for head in heads if not head.empty]
    page.heading("How to read them")
    kinds = Counter((head.format or "no text", head.ending or "no ending") for head in filled)
    if kinds:
        listed = ", ".join(f"{n:,} {format} ({ending})" for (format, ending), n in kinds.most_common(10))
        page.say(f"Format by the bytes of {len(filled):,} files or archive members: {listed}.")
    if len(heads) > len(filled):
        page.say(f"{len(heads) - len(filled):,} are empty.")
    astray = [head for head in filled if head.misnamed]
    if astray:
        first = astray[0]
        said = f"its name says {first.said}" if first.said else "its name says no format"
        page.say(
            f"{share(len(astray), len(filled))} would be read wrongly, or not at all, by their names: "
            f"{shown(first.member or first.dump, 120)} is {first.format}; {said}."
        )
    if draft.format:
        page.put("format", draft.format)
        others = Counter(h.format for h in filled if h.format and h.format != draft.format)
        others.pop("jsonl" if draft.format == "json" else None, None)  # type: ignore[arg-type]
        if others:
            page.say(
                f"The others ({', '.join(f'{n} {name}' for name, n in others.items())}) need a "
                f"source of their "
                "own: profile them apart."
            )
    elif kinds:
        page.say("Each file is read by its name's ending: no `format` is to be stated.")
    for item in odd[:5]:
        text = f"{item.uri}: {item.reason}" if isinstance(item, Skipped) else str(item)
        page.say(f"Not looked into: {text}")
    _say_encoding(page, draft, filled)
    if draft.records:
        page.say(f"The records lie in the list at {shown(draft.records)} of each JSON dump.")
        page.put("records", draft.records)
    if draft.record:
        page.say(f"In the markup, the element {shown(draft.record)} holds what looks like one article.")
        page.put("record", draft.record)
    nameless = [head for head in filled if head.format in ("csv", "tsv") and head.delimiter is None]
    if nameless:
        example = shown(nameless[0].member or nameless[0].dump, 120)
        page.say(
            f"The first row of {len(nameless):,} tables, such as {example}, does not look like names of "
            "columns. It is taken for the header all the same: give such a table one."
        )
    if draft.delimiter:
        page.say("Cells are parted by this, judged by rows of one width.")
        page.put("delimiter", draft.delimiter)


def _say_encoding(page: Page, draft: ReadingDraft, heads: list[Head]) -> None:
    seen = Counter(head.encoding for head in heads if head.encoding != "none")
    if seen:
        page.say(
            f"Encoding by the bytes: {', '.join(f'{name} in {n:,}' for name, n in seen.most_common(8))}."
        )
    stated = Counter(head.declared.lower() for head in heads if head.declared)
    if stated:
        listed = ", ".join(f"{name} in {n:,}" for name, n in stated.most_common(6))
        page.say(f"Encoding as the documents state it: {listed}.")
    if draft.encoding:
        page.say("What is not UTF-8 looks like this; it is tried after UTF-8:")
        page.put("encoding", draft.encoding)
    elif seen.get("unknown"):
        page.say("Some bytes are text in no likely encoding; those records are rejected as undecodable.")
