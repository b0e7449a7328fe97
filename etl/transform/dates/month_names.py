"""Month names of the world's languages (CLDR, by babel), to hold other readers' results against."""

import unicodedata
from functools import lru_cache

_REGIONS = {
    "ar": ("ar", "ar_LB", "ar_IQ", "ar_DZ", "ar_MA"),
    "zh": ("zh", "zh_Hant"),
    "sr": ("sr", "sr_Latn"),
}
"""Locales of one language that name the months differently."""


def months_in(text: str, languages: tuple[str, ...]) -> set[int]:
    """The months that a text names in these languages, the longest name at each place: 1 to 12.

    >>> sorted(months_in("1 มี.ค. 2023", ("th",))), sorted(months_in("22 septembre 2023", ("fr",)))
    ([3], [9])
    """
    words = _words(text)
    names = month_names(languages)
    found: set[int] = set()
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            month = names.get(words[at : at + length])
            if month is not None:
                found.add(month)
                at += length
                break
        else:
            at += 1
    return found


@lru_cache(maxsize=4096)
def languages_naming(text: str) -> tuple[str, ...]:
    """The languages in which a text names its one month; none where two of them mean different months.

    >>> languages_naming("22 settembre 2023"), languages_naming("22 listopada 2023")
    (('it',), ())
    """
    found: set[str] = set()
    meant: set[int] = set()
    table = _names_of_all()
    words = _words(text)
    for length in range(_LONGEST, 0, -1):
        for at in range(len(words) - length + 1):
            part = words[at : at + length]
            for language, month in table.get(part, {}).items():
                found.add(language)
                meant.add(month)
        if found:
            break
    return tuple(sorted(found, key=_NEWS_LANGUAGES.index)) if len(meant) == 1 else ()


@lru_cache(maxsize=1)
def _names_of_all() -> dict[tuple[str, ...], dict[str, int]]:
    """Each name, in words: which month it is in which language."""
    found: dict[tuple[str, ...], dict[str, int]] = {}
    for language in _NEWS_LANGUAGES:
        for words, month in month_names((language,)).items():
            found.setdefault(words, {})[language] = month
            if language == "he" and len(words) == 1:
                found.setdefault((f"ב{words[0]}",), {})[language] = month  # "in September"
    return found


_NEWS_LANGUAGES = tuple(
    "es fr de pt it ru nl pl tr uk sv id ro cs el hu fi da nb bg hr sr sk he fa hi ur vi th ko bn ca lt lv "  # noqa: SIM905
    "et sl ms mk sq bs is ga az be kk ky uz hy ka mn km lo si ta te ml mr gu pa kn ne ps my sw af fil eu gl "
    "cy mt nn".split()
)
"""The more widely written first, for that is the order in which they are tried."""
_LONGEST = 3
"""Words of the longest name."""


@lru_cache(maxsize=64)
def month_names(languages: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    """Each name, in words, of one month alone. Languages that CLDR does not have give none."""
    from babel import Locale, UnknownLocaleError

    found: dict[tuple[str, ...], set[int]] = {}
    for language in languages:
        for identifier in _REGIONS.get(language, (language,)):
            try:
                months = Locale.parse(identifier).months
            except (UnknownLocaleError, ValueError):
                continue
            for context in ("format", "stand-alone"):
                for width in ("wide", "abbreviated"):
                    for number, name in months[context][width].items():
                        words = _words(name)
                        if words and not any(map(str.isdigit, "".join(words))):
                            found.setdefault(words, set()).add(int(number))
    return {words: numbers.pop() for words, numbers in found.items() if len(numbers) == 1}


def _words(text: str) -> tuple[str, ...]:
    """Runs of letters with their marks, in small letters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return tuple("".join(c if unicodedata.category(c)[0] in "LM" else " " for c in folded).split())
