"""The loader that one would write by hand in an afternoon: json, dateutil, a hash, upserts in bulk.

    python -m benchmarks.handwritten ARTICLES.jsonl

It is measured, not recommended: no rejection, no books, no retries, and the last capture to come wins.
"""

import hashlib
import html
import json
import re
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dateutil import parser
from pymongo import UpdateOne

from benchmarks.target import database

BATCH = 1000


def parse_date(value: str | float) -> datetime:
    if isinstance(value, str):
        parsed = parser.parse(value)
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)


def clean(text: str) -> str:
    text = unicodedata.normalize("NFC", html.unescape(text)).replace("\r\n", "\n")
    text = re.sub(r"[^\S\n]+", " ", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def to_document(raw: dict[str, Any]) -> dict[str, Any]:
    title = clean(raw["title"])
    plain = re.sub(r"\W+", " ", title.casefold()).strip()
    return {
        **raw,
        "title": title,
        "title_hash": hashlib.sha256(plain.encode()).hexdigest(),
        "published_at": parse_date(raw["published_at"]),
        "captured_at": parse_date(raw["captured_at"]),
        "body": clean(raw["body"]),
    }


def main(path: Path) -> None:
    articles = database()["articles"]
    articles.create_index([("published_at", 1), ("title_hash", 1)], unique=True)
    updates = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            document = to_document(json.loads(line))
            key = {"published_at": document["published_at"], "title_hash": document["title_hash"]}
            updates.append(UpdateOne(key, {"$set": document}, upsert=True))
            if len(updates) == BATCH:
                articles.bulk_write(updates, ordered=False)
                updates = []
    if updates:
        articles.bulk_write(updates, ordered=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
