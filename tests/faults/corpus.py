"""Dumps in which every record says what must become of it, in fields that mean nothing to the product.

A good record carries `sheet` (which article it is) and `edition` (which version of it; the highest stands,
for it was captured last). A bad one carries `expect`, its reason, where its shape does not say it.
"""

import json
import random
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

_START = datetime(2026, 1, 1, tzinfo=UTC)
_BAD_LINES = ('{"title": "cut off in the', "[1, 2, 3]", '"a bare string"')


def write_corpus(folder: Path, records: int, *, files: int = 4, seed: int = 1, body: int = 3) -> list[Path]:
    """Dumps of `records` records in all, in random order: duplicates, revisions, and bad ones.

    About 5 in 100 are bad; of the others about 3 in 10 repeat an article, half of these with another text.
    `body` is how many sentences pad each text.
    """
    rng = random.Random(seed)
    editions: list[int] = []
    lines: list[str] = []
    for _ in range(records):
        if rng.random() < 0.05:
            lines.append(_bad(rng, len(lines)))
        elif editions and rng.random() < 0.3:
            sheet = rng.randrange(len(editions))
            if rng.random() < 0.5:
                editions[sheet] += 1
                lines.append(_good(rng, sheet, editions[sheet], body))
            else:
                lines.append(_good(rng, sheet, rng.randint(1, editions[sheet]), body))
        else:
            editions.append(1)
            lines.append(_good(rng, len(editions) - 1, 1, body))
    rng.shuffle(lines)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"part-{n}.jsonl" for n in range(files)]
    for n, path in enumerate(paths):
        path.write_text("".join(line + "\n" for line in lines[n::files]), encoding="utf-8")
    return paths


def _good(rng: random.Random, sheet: int, edition: int, body: int) -> str:
    published = _START + timedelta(minutes=7 * sheet)
    zone = timezone(timedelta(hours=rng.choice((0, 0, 2, -5))))  # the same moment, written in another way
    return json.dumps(
        {
            "title": f"Report {sheet} of the harbour",
            "published_at": published.astimezone(zone).isoformat(),
            "captured_at": (published + timedelta(hours=edition)).isoformat(),
            "body": f"Edition {edition} of report {sheet}. "
            + "The boats came in late, as ever. " * body
            + "End.",
            "sheet": sheet,
            "edition": edition,
        }
    )


def _bad(rng: random.Random, number: int) -> str:
    title, published, text = f"Bad report {number}", "2026-03-01T10:00:00Z", "Nobody will read it."
    made: list[str | dict[str, str]] = [
        *_BAD_LINES,
        {"published_at": published, "body": text, "expect": "no_title"},
        {"title": title, "body": text, "expect": "undated"},
        {"title": title, "published_at": "March 2026", "body": text, "expect": "incomplete_date"},
        {"title": title, "published_at": "2026-13-45T10:00:00Z", "body": text, "expect": "unreadable_date"},
    ]
    chosen = rng.choice(made)
    return chosen if isinstance(chosen, str) else json.dumps({**chosen, "number": number})
