"""Many documents are inserted in several commands, and each is spoken of by its place among all."""

from typing import Any

import bson
import pytest
from bson.raw_bson import RawBSONDocument

from etl.load import writes
from etl.load.store import Store
from etl.load.writes import insert_new

pytestmark = pytest.mark.mongo


def raw(**fields: Any) -> RawBSONDocument:
    return RawBSONDocument(bson.encode(fields))


@pytest.mark.parametrize("most", [1, 60, 1 << 20], ids=["one each", "some", "all at once"])
def test_what_is_there_and_what_is_refused_has_its_place_whatever_a_command_takes(
    own_store: Store, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(writes, "COMMAND_BYTES", most)
    shelf = own_store.database.create_collection("shelf", validator={"n": {"$type": "int"}})
    shelf.insert_many([{"_id": "b", "n": 0}, {"_id": "f", "n": 0}])
    documents = [raw(_id=name, n="no number" if name == "d" else 1) for name in "abcdefg"]
    written = insert_new(own_store, "fill the shelf", shelf, documents)
    assert written.exists == {1, 5}
    assert list(written.refused) == [3]
    assert [(one["_id"], one["n"]) for one in shelf.find().sort("_id")] == [
        ("a", 1), ("b", 0), ("c", 1), ("e", 1), ("f", 0), ("g", 1),
    ]  # fmt: skip
