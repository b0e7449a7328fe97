"""Tables that data frames leave as JSON: a column an object, or the names apart from the rows."""

from typing import Any

from etl.extract.jsonwrapper import TITLE_LIKE

Row = dict[str, Any]


def table_rows(value: Any) -> list[Row] | None:
    """The rows of a table as objects, empty cells left out; None for what is no table.

    >>> table_rows({"title": {"0": "A", "1": "B"}, "date": {"0": "2026-03-01", "1": None}})
    [{'title': 'A', 'date': '2026-03-01'}, {'title': 'B'}]
    >>> table_rows({"columns": ["title", "n"], "index": [0], "data": [["A", 1]]})
    [{'title': 'A', 'n': 1}]
    >>> table_rows({"title": "A", "text": "…"})
    """
    if not isinstance(value, dict):
        return None
    return _split(value) or _columns(value)


def _columns(value: Row) -> list[Row] | None:
    columns = list(value.values())
    if (
        len(columns) < 2
        or TITLE_LIKE.isdisjoint(value)
        or not all(isinstance(column, dict) for column in columns)
    ):
        return None
    ids = columns[0].keys()
    if not ids or any(column.keys() != ids for column in columns):
        return None
    return [
        {name: cell for name, column in value.items() if (cell := column[key]) is not None} for key in ids
    ]


def _split(value: Row) -> list[Row] | None:
    names, rows = value.get("columns"), value.get("data")
    if (
        not isinstance(names, list)
        or not isinstance(rows, list)
        or value.keys() - {"columns", "index", "data"}
    ):
        return None
    if not all(isinstance(name, str) for name in names):
        return None
    if not rows or not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return [{name: cell for name, cell in zip(names, row, strict=True) if cell is not None} for row in rows]
