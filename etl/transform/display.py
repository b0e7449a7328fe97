"""The title as people see it: one clean line, without what a page or a feed put around it."""

import re
from collections.abc import Iterable

from etl.transform.characters import few_marks, plain_characters
from etl.transform.markup import drop_title_tags, unescape
from etl.transform.mojibake import SUSPECT, mend
from etl.transform.probe import probe
from etl.transform.sound import SOUND
from etl.transform.titles import LONGEST

_WHITE = re.compile(r"\s+")
_CRUMB = re.compile(r"\s+[»›]\s+")
_HOME = {
    "home", "homepage", "home page", "start", "startseite", "accueil", "inicio", "início", "главная",
    "головна", "首页", "首頁", "ホーム", "홈", "beranda", "anasayfa", "strona główna", "domů", "hem", "hjem",
    "etusivu", "الرئيسية", "خانه",
}  # fmt: skip
"""First crumbs that tell a breadcrumb from a title that has a `»` of its own."""
_QUOTES = "\"'"
_UNCLEAN = probe(rf"[^{SOUND}]|[\n&<»›]|^[ \x22']|  | $|{SUSPECT}")
"""What tells that a title may have to be cleaned."""


class TitleRules:
    """The exact brands and labels of a source, longest first so that the whole of one is cut."""

    __slots__ = ("brands", "labels", "longest")

    def __init__(
        self, brands: Iterable[str] = (), labels: Iterable[str] = (), longest: int = LONGEST
    ) -> None:
        self.brands = tuple(sorted(filter(None, brands), key=len, reverse=True))
        self.labels = tuple(sorted(filter(None, labels), key=len, reverse=True))
        self.longest = longest


def display_title(raw: str, rules: TitleRules) -> str:
    """The title on one line: no tags, entities, control characters, wrapping quotes or breadcrumbs, no
    configured brand or label; cut at `rules.longest` characters. May be empty. Idempotent.
    """
    if len(raw) <= rules.longest and not _UNCLEAN(raw):
        return _trimmed(raw, rules) if rules.brands or rules.labels else raw
    if len(raw) > 4 * rules.longest:
        raw = " ".join(raw.split())  # a run of blanks must not push the words behind it over the cap
    text = raw[: 4 * rules.longest]
    while True:
        shown = _trimmed(_clean(text)[: rules.longest].rstrip(), rules)
        if shown == text:
            return shown
        text = shown


def _clean(text: str) -> str:
    if not text.isascii():
        text = mend(few_marks(text))
    if "&" in text:
        text = unescape(text)
    text = drop_title_tags(text)
    return _WHITE.sub(" ", plain_characters(text)).strip()


def _trimmed(text: str, rules: TitleRules) -> str:
    while True:
        cut = _without_crumbs(_without_quotes(text))
        if rules.brands and cut.endswith(rules.brands):
            brand = next(brand for brand in rules.brands if cut.endswith(brand))
            cut = cut[: -len(brand)].rstrip() or cut
        if rules.labels and cut.startswith(rules.labels):
            label = next(label for label in rules.labels if cut.startswith(label))
            cut = cut[len(label) :].lstrip() or cut
        if cut == text:
            return text
        text = cut


def _without_quotes(text: str) -> str:
    """Without straight quotes around the whole of it: a format's, where a writer's are curly."""
    while (
        len(text) > 2
        and text[0] in _QUOTES
        and text[-1] == text[0]
        and text[0] not in text[1:-1].strip(text[0])
    ):
        text = text[1:-1].strip()
    return text


def _without_crumbs(text: str) -> str:
    """The last part of `Home » World » Title`."""
    if "»" not in text and "›" not in text:
        return text
    crumbs = _CRUMB.split(text)
    return crumbs[-1] if len(crumbs) > 1 and crumbs[0].casefold() in _HOME and crumbs[-1] else text
