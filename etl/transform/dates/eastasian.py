"""Chinese, Japanese and Korean dates, rewritten to ISO shape: 年月日 and 년월일 say what each number is."""

import re

_SIGNS = re.compile(r"[年년時时点點시午오晚]")
_DATE = re.compile(
    r"(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2})"
    r"(?: ?[日号號일]| (?=\d)|(?=\d\d?:)|$)"
    # a weekday: (日), 金曜日, 수요일, 星期五, 周五
    r"(?: ?\(?(?:[日月火水木金土]曜?|[월화수목금토일]요?일?|星期[一二三四五六日天]"
    r"|[周週][一二三四五六日])日?\)?(?![\d年月]))?"
)
_REIGN = re.compile(r"(令和|平成|民國|民国) ?(\d{1,3}|元) ?年")
_YEAR_BEFORE = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
"""The year before the first of a reign."""
_TIME = re.compile(r"(\d{1,2}) ?[時时点點시] ?(?:(\d{1,2}) ?[分분] ?(?:(\d{1,2}) ?[秒초])?|(?=$|[^\d]))")
_HALF = re.compile(r"(上午|午前|오전|凌晨|早上|下午|午後|오후|晚上|晚) ?(\d{1,2}:\d{2}(?::\d{2})?)")
_MORNING = {"上午", "午前", "오전", "凌晨", "早上"}


def to_iso(text: str) -> str:
    """The text with its East Asian date and time of day in digits; unchanged where it has none."""
    if text.isascii() or not _SIGNS.search(text):
        return text
    text = _REIGN.sub(_year, text)
    text = _DATE.sub(r"\1-\2-\3 ", text)
    text = _TIME.sub(_clock, text)
    text = _HALF.sub(_half, text)
    return " ".join(text.split())


def _year(found: re.Match[str]) -> str:
    return f"{_YEAR_BEFORE[found[1]] + (1 if found[2] == '元' else int(found[2]))}年"


def _clock(found: re.Match[str]) -> str:
    hour, minute, second = found.groups()
    return f"{hour}:{int(minute or 0):02}" + (f":{int(second):02}" if second else "")


def _half(found: re.Match[str]) -> str:
    half, time = found.groups()
    hour, _, rest = time.partition(":")
    number = int(hour)
    if half in _MORNING:
        number = 0 if number == 12 else number
    elif number < 12:
        number += 12
    return f"{number}:{rest}"
