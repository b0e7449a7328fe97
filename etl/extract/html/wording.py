"""What the words beside a shown date say: that it is when a page was published, was changed, or neither."""

import re
from typing import Any

from etl.extract.datelines import date_line, without_weekday
from etl.extract.html.moments import Moment, moment_of

CHANGED = re.compile(
    r"updat|modif|edited|changed|aktualis|aktualiz|[aä]nder(?:ung|t)|mis[-_ ]?[àa][-_ ]?jour|\bmaj\b|actualiz"
    r"|atualiz|aggiorna|bijgewerkt|gewijzigd|uppdater|oppdater|opdater|redigeret|päivit|zmian|zmienion|upraven"
    r"|ažur|izmjen|frissít|módos|güncel|ενημ[εέ]ρ[ωώ]|更新|обновл|оновлен|изменен|змінен|промен|cập nhật"
    r"|diperbarui|수정|עודכן|עדכון|تحديث|تعديل|به‌?روز|แก้ไข|ปรับปรุง|อัปเดต|अपडेट",
    re.IGNORECASE,
)
_CHANGED_WORDS = re.compile(rf"(?<![^\s,;(|•·–-])(?:[^\W\d]+\s)?\w*(?:{CHANGED.pattern})", re.IGNORECASE)
"""The word that says so, with one before it: `Son Güncelleme`, `last updated`, `آخر تحديث`."""
_OTHER_EVENT = re.compile(
    r"\bevent|veranstaltung|\btermin\b|événement|evento|\bwhen\b|\bwann\b|deadline|frist|\bborn\b|geboren"
    r"|n[ée]e? le|expire|gültig|valid|\buntil\b|\bbis\b|\bstarts?\b|beginn|\bends?\b|\bprint\b|appeared in",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(r"publi|post|veröff|erstell|gepubl|نشر|发布|發佈|公開|입력|опубл", re.IGNORECASE)
_PIECES = re.compile(r"\s*[|•·]\s*|\s{3,}|\n")
LONGEST = 120
_LONGEST_LABEL = 40


def moments_in(shown: str) -> list[Moment]:
    """The first date in a text that consists of nothing but dates, labels and separators."""
    line = " ".join(shown.split())
    if not any(map(str.isdigit, line)):
        return []
    pieces = [line, *(_PIECES.split(shown) if _PIECES.search(shown) else ())]
    changed = _CHANGED_WORDS.search(line)
    if changed is not None and changed.start():
        pieces.insert(0, line[: changed.start()])  # "published on …, changed on …"
    for piece in pieces:
        if not piece or _CHANGED_WORDS.match(piece):
            continue
        found = date_line(piece) or date_line(piece.strip("|•·–-—,;()[] \t"))
        if found is not None and not is_of_another(found[0]):
            moment = moment_of(without_weekday(found[1]), "text")
            if moment is not None:
                return [moment]
    return []


def changes_in(shown: str) -> list[Moment]:
    """The dates in a text that says of them when something was changed."""
    line = " ".join(shown.split())
    if not CHANGED.search(line):
        return []
    found = (
        date_line(piece) for piece in (line, *_PIECES.split(line), _CHANGED_WORDS.sub("", line).strip(" :："))
    )
    moments = (moment_of(without_weekday(one[1]), "text") for one in found if one)
    return [moment for moment in moments if moment is not None]


def label_before(element: Any) -> str:
    """A short text that stands right before an element, such as the `Updated:` of a date in a `span`."""
    previous = element.getprevious()
    parent = element.getparent()
    if previous is None:
        text = parent.text if parent is not None else ""
    elif previous.tail and previous.tail.strip():
        text = previous.tail
    elif not isinstance(previous.tag, str):
        text = ""  # a comment
    else:
        text = previous.text if len(previous) == 0 else ""
    text = " ".join((text or "").split())
    return text if len(text) <= _LONGEST_LABEL and not any(map(str.isdigit, text)) else ""


def is_of_another(label: str) -> bool:
    """Whether a label says that the date is of a change or of another event."""
    if not label or _PUBLISHED.search(label):
        return False
    return bool(CHANGED.search(label) or _OTHER_EVENT.search(label))
