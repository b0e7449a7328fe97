"""What a line looks like that is wholly a date. Shape only: whether it is one, the transform decides."""

import re

from etl.extract.arabiclines import arabic_date_line

MOST_CHARACTERS = 100

_WORD = r"[^\s\d,.;:!?()（）]{2,15}\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|ª|\.)?"
_YEAR_OF_WORDS = r"\d{4}(?:\.|\sг\.?|\sр\.?|\sго)?"
_ZONE = (
    r"(?:Z|[A-Z]{2,5}(?:[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d{2}:?\d{2}|\([A-Za-z /+:\d-]{2,30}\)"
    r"|\(?(?:МСК|мск)\)?)"
)
_TIME = (
    r"(?:(?:上午|下午|오전|오후)?\s?\d{1,2}(?:[:.h]\d{2}(?:[:.]\d{2}(?:[.,:]\d{1,9})?)?"
    r"|[时時点點시]\s?\d{1,2}[分분]?(?:\s?\d{1,2}[秒초])?)"
    rf"(?:\s?[AaPp]\.?[Mm]\.?|\s?(?:Uhr|hrs?|hs\.?|horas|uur|[صم]|น\.?|óra))?(?:\s?{_ZONE}){{0,2}})"
)
_DATE = (
    r"(?:"
    r"\d{4}(?:\s?[-/.年년]\s?)\d{1,2}(?:\s?[-/.月월]\s?)\d{1,2}\s?[日일.]?"  # 2023-09-22, 2023年9月22日
    r"|(?:令和|平成|民國|民国)\s?(?:\d{1,3}|元)\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日?"
    r"|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{4}\.?"  # 22.09.2023
    rf"|\d{{4}}\.\s{_WORD}\s\d{{1,2}}\."  # 2023. szeptember 22.
    r"|\d{8}(?:T\d{4,6}Z?)?"  # 20230922, 20230922T104900Z
    rf"|{_DAY}(?:\s(?:de|of))?[\s-]{_WORD}(?:\sde)?,?[\s-]{_YEAR_OF_WORDS}"  # 22 September 2023, 22 de maio…
    rf"|\d{{4}}\sm\.\s{_WORD}\s\d{{1,2}}\s?d\.|\d{{4}}\.\sgada\s\d{{1,2}}\.\s{_WORD}"  # Lithuanian, Latvian
    rf"|{_WORD}\s{_DAY},?\s\d{{4}}"  # September 22, 2023
    r")"
)
_WEEKDAY = rf"(?:{_WORD}[,،]?\s|{_WORD}\s{_WORD},\s)"
_CJK_WEEKDAY = (
    r"(?:\s?[(（]?(?:星期|周|週)[一二三四五六日天][)）]?|\s?[(（][月火水木金土日월화수목금토일][)）])"
)
_VERB = (
    r"(?i:published|posted|publié|publicado|publicada|pubblicato|veröffentlicht|erstellt|gepubliceerd|publicerad"
    r"|publisert|udgivet|julkaistu|publikováno|opublikowano|objavljeno|опубликовано|опубліковано|публикувано"
    r"|đăng|yayınlanma|입력|등록|発表|公開|发布于|發佈於)(?i:\s(?:on|le|el|em|il|am|op|den))?"
)
_LABEL = rf"(?:(?P<label>[^\s\d:：][^\d:：]{{1,29}}?)\s?[:：]\s?|(?P<verb>{_VERB})\s)"

_AT = r"(?i:at|um|à|às|kl\.?|klo|a las|alle|alle ore|ore|om|saat|lúc|godz\.?|ساعت|в|о|u|ob)"

_LINE = re.compile(
    rf"{_LABEL}?(?P<date>"
    rf"{_WEEKDAY}?{_DATE}{_CJK_WEEKDAY}?(?:(?:\s?[,T|·•/–-]\s?|\s(?:{_AT}\s)?)?{_TIME})?"
    rf"|{_TIME}(?:,?\s(?:on\s)?){_WEEKDAY}?{_DATE}"  # 10:49, 22 September 2023
    rf"|{_WORD}\s{_WORD}\s\d{{1,2}}\s{_TIME}\s\d{{4}}"  # Fri Sep 22 10:49:00 2023
    rf")"
)
_ENGLISH = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,\s]", re.IGNORECASE)
_PLAIN = re.compile(_DATE)
_YEAR = re.compile(r"\d{4}|令和|平成|民國|民国")


def date_line(line: str) -> tuple[str, str] | None:
    """Label (or nothing) and date text of a line that is wholly a date; None for any other line.

    >>> date_line("2023-09-22 10:49:00")
    ('', '2023-09-22 10:49:00')
    >>> date_line("Published: Fri, 22 Sep 2023 10:49:00 +0800")
    ('Published', 'Fri, 22 Sep 2023 10:49:00 +0800')
    >>> date_line("The war of 1812 in five maps")
    """
    if len(line) > MOST_CHARACTERS or _YEAR.search(line) is None:
        return None
    match = _LINE.fullmatch(" ".join(line.split()))
    if match is None or match["label"]:
        return arabic_date_line(line) or (_parts(match) if match else None)
    return _parts(match)


_LEADING = re.compile(rf"{_WEEKDAY}(?={_DATE})")


def without_weekday(date: str) -> str:
    """A date text without the words before its day: the place of a dateline, or a weekday in another
    language than English, which nothing would check.

    >>> without_weekday("Hamburg, 2. November 2021"), without_weekday("September 22, 2023")
    ('2. November 2021', 'September 22, 2023')
    """
    found = None if _PLAIN.match(date) or _ENGLISH.match(date) else _LEADING.match(date)
    return date[found.end() :] if found else date


def _parts(match: re.Match[str]) -> tuple[str, str]:
    return match["label"] or match["verb"] or "", match["date"]
