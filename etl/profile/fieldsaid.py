"""Which field is which, said with what speaks for it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import get_args

from etl.profile.columns import Column
from etl.profile.page import Page, share, shown
from etl.profile.roles import Choice
from etl.profile.sample import Sample
from etl.sources import Role
from etl.transform.folders import folder_of

_OTHERS_SHOWN = 25
_MOST_FOLDERS = 60
NEEDED: tuple[Role, ...] = ("title", "published", "body")
"""Roles whose lack is told."""


class FieldsSaid:
    """The fields of the sample, onto the page."""

    def __init__(
        self,
        page: Page,
        records: int,
        columns: Mapping[str, Column],
        chosen: Mapping[Role, list[Choice]],
        unfit: Mapping[Role, Sequence[str]],
        stand_ins: Sequence[str],
    ) -> None:
        """`unfit` are fields of a role's common names that do not serve it; `stand_ins` have later dates."""
        self._page = page
        self._total = records
        self._columns = columns
        self._chosen = chosen
        self._unfit = unfit
        self._used = {c.column.name for choices in chosen.values() for c in choices} | set(stand_ins)

    def say(self) -> None:
        """All of it, role by role, and then the rest."""
        page, total = self._page, self._total
        page.heading("Which field is which")
        for role in get_args(Role):
            choices: list[Choice] = self._chosen.get(role, [])
            if not choices:
                if role in self._unfit:
                    page.say(
                        f"{role}: {shown(', '.join(self._unfit[role]))} is called so, but holds no {role} "
                        "(another kind of value, or always the same); so that it is not taken for one:"
                    )
                    page.put(f"fields.{role}", [])
                elif role in NEEDED:
                    page.say(f"No field looks like the {role}.")
                continue
            for choice in choices:
                column = choice.column
                page.say(
                    f"{role}: {shown(column.name)}, filled in {share(column.filled, total)}; {_looks(column)}"
                )
                if not choice.by_name:
                    page.say(
                        f"  Its name says nothing; it is what its values look like. See that it is "
                        f"the {role}."
                    )
            names = [choice.column.name for choice in choices]
            page.put(f"fields.{role}", names[0] if len(names) == 1 else names)
            self._warn(role, choices[0].column)
        self._say_others()

    def _warn(self, role: Role, column: Column) -> None:
        if role != "body":
            return
        cut = sum(bool(re.search(r"(?:\[\+?\d+ chars\]|…|\.\.\.)\s*$", text[-40:])) for text in column.texts)
        if cut * 2 > len(column.texts):
            self._page.say(
                f"  {share(cut, len(column.texts))} of its values end as texts do that were cut off."
            )

    def _say_others(self) -> None:
        used = self._used
        others = [
            column
            for name, column in self._columns.items()
            if name not in used and name.removesuffix(".0") not in used and not name.endswith(".0")
        ]
        if not others:
            return
        listed = ", ".join(
            f"{shown(column.name, 40)} ({100 * column.filled // max(1, self._total)} %)"
            for column in others[:_OTHERS_SHOWN]
        )
        more = f" and {len(others) - _OTHERS_SHOWN} more" if len(others) > _OTHERS_SHOWN else ""
        # Comments are cut: the list may be longer than one.
        self._page.say(
            "Kept in `extra`, for no role takes them; what is of no use can be left out by `ignore`:"
        )
        for start in range(0, len(listed), 380):
            self._page.say(f"  {listed[start : start + 380]}{more if start + 380 >= len(listed) else ''}")


def _looks(column: Column) -> str:
    kinds = ", ".join(kind for kind, _ in column.kinds.most_common(2))
    size = f", {column.median_length:,} characters in the middle" if column.kinds["text"] else ""
    distinct = f", {100 * column.distinct:.0f} % of them distinct" if column.filled > 4 else ""
    example = next(iter(column.values), None)
    return f"{kinds}{size}{distinct}; such as {shown(example, 50)}"


def say_folders(page: Page, read: Sample) -> None:
    """The folders that the records lie in, where they may be categories, onto the page."""
    counts = Counter(folder_of(dump.uri, record.member) for dump, record in read.records)
    named = {name: n for name, n in counts.items() if any(map(str.isalpha, name))}
    if not 2 <= len(named) <= _MOST_FOLDERS or len(named) < len(counts) or len(read.records) < 2 * len(named):
        return
    listed = ", ".join(
        f"{shown(name, 30)} {n:,}"
        for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:12]
    )
    page.say(f"They lie in {len(named)} folders: {listed}. If these are categories:")
    page.propose("folder", "tags")
