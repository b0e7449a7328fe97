"""The raw limit: what the server takes when documents come ready to be sent, from two threads.

    python -m benchmarks.rawlimit DOCUMENTS.bson

The documents are those that the product stored, already encoded and already unique. They are held in
memory, in the order of their keys; reading them is not counted.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database

from benchmarks.target import counted, database

BATCH = 1000
THREADS = 2


def save_documents(source: Database[dict[str, Any]], collection: str, to: Path) -> int:
    """Write the collection's documents to a file as they are stored, by key; how many there are."""
    count = 0
    raw = source[collection].with_options(CodecOptions(RawBSONDocument))
    with to.open("wb") as file:
        for document in raw.find().sort("_id"):
            file.write(document.raw)
            count += 1
    return count


def read_batches(path: Path) -> Iterator[list[RawBSONDocument]]:
    """The documents of such a file, a thousand at a time."""
    with path.open("rb") as file:
        batch = []
        while head := file.read(4):
            size = int.from_bytes(head, "little")
            batch.append(RawBSONDocument(head + file.read(size - 4)))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def main(path: Path) -> None:
    batches = list(read_batches(path))
    articles = database().get_collection("articles")
    articles.database.client.admin.command("ping")
    with counted(), ThreadPoolExecutor(THREADS) as threads:
        for done in [threads.submit(articles.insert_many, batch, ordered=False) for batch in batches]:
            done.result()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
