"""Records for loads: seeded, with duplicates, revisions, and re-captures that revert to an earlier text."""

import random
from pathlib import Path
from typing import Any

import orjson

Record = dict[str, Any]

BAD = b'{"title": "No date at all"}\n{"title": "Broken", \n'
"""Two lines that must be rejected: `undated` and `malformed`."""


def records(n: int, seed: int = 7) -> list[Record]:
    """About `n` records of about 0.7 n keys, each with what says which version is the newest."""
    rng = random.Random(seed)
    made: list[Record] = []
    while len(made) < n:
        i = len(made)
        first: Record = {
            "title": f"Harbour report {i}: {rng.choice(['ferry', 'market', 'school'])}",
            "published_at": f"2026-03-{1 + i % 28:02d}T{i % 24:02d}:{i % 60:02d}:00Z",
            "body": f"The first text of report {i}.\n\nIt has two paragraphs.",
            "url": f"https://harbour.example/{i}",
            "captured_at": "2026-04-01T00:00:00Z",
        }
        made.append(first)
        fate = rng.random()
        if fate < 0.1:
            made.append(dict(first))
        elif fate < 0.15:
            made.append({**first, "captured_at": "2026-04-02T00:00:00Z"})
        elif fate < 0.25:
            second = {
                **first,
                "body": first["body"] + "\n\nMore is known now.",
                "captured_at": "2026-04-03T00:00:00Z",
            }
            made.append(second)
            if fate < 0.2:
                made.append({**first, "captured_at": "2026-04-05T00:00:00Z"})
        elif fate < 0.28:
            made.append({**first, "body": "No capture time, another text.", "captured_at": None})
    return made[:n]


def write_jsonl(path: Path, rows: list[Record]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path
