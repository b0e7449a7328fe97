"""Dates as Arabic newspapers write them, put into the English words that the other readers know.

The months have three sets of names: those of Egypt and the Gulf (يناير), of the Levant and Iraq (كانون
الثاني), and of the Maghreb (جانفي, غشت); many papers give two of them, or the day of the Hijri calendar
beside. No two of the names mean different months, so that no language has to be stated. A day that is
given in the Hijri calendar alone stays as it is, and is refused: its first sighting differs by country.
"""

import re

_ARABIC = re.compile("[\u0620-\u064a]")
_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_LETTERS = str.maketrans("أإآٱىةئؤ،؛", "اااايهيو,,")
"""Letters that are written one for another; the tables below are in these."""

_MONTHS = {
    "january": "يناير جانفي كانون_الثاني كانون_ثاني كانون2 كانون_2",
    "february": "فبراير فيفري شباط",
    "march": "مارس اذار",
    "april": "ابريل افريل نيسان",
    "may": "مايو ماي ايار نوار",
    "june": "يونيو يونيه جوان حزيران",
    "july": "يوليو يوليه يوليوز جويليه تموز",
    "august": "اغسطس غشت اغشت اوت اب",
    "september": "سبتمبر شتنبر شتمبر ايلول",
    "october": "اكتوبر تشرين_الاول تشرين_اول تشرين1 تشرين_1",
    "november": "نوفمبر نونبر تشرين_الثاني تشرين_ثاني تشرين2 تشرين_2",
    "december": "ديسمبر دجنبر دجمبر كانون_الاول كانون_اول كانون1 كانون_1",
}
_WEEKDAYS = {
    "saturday": "السبت", "sunday": "الاحد", "monday": "الاثنين الاتنين", "tuesday": "الثلاثاء الثلاثا",
    "wednesday": "الاربعاء الاربعا", "thursday": "الخميس", "friday": "الجمعه",
}  # fmt: skip
_HIJRI = (
    "محرم المحرم صفر ربيع_الاول ربيع_الثاني ربيع_الاخر ربيع_ثاني جمادي_الاولي جمادي_الاول جمادي_الثانيه "
    "جمادي_الاخره جمادي_الثاني جماد_الاول جماد_الثاني رجب شعبان رمضان شوال ذو_القعده ذي_القعده ذوالقعده "
    "ذو_الحجه ذي_الحجه ذوالحجه"
)
_HALVES = {
    "AM": "ص صباحا فجرا بعد_منتصف_الليل",
    "PM": "م مساء ظهرا عصرا بعد_الظهر",
}
_ZONES = {
    "GMT": "غرينتش جرينتش غرينيتش جرينيتش",
    "+03:00": "مكه_المكرمه مكه السعوديه الرياض الكويت الدوحه قطر بغداد العراق",
    "Africa/Cairo": "القاهره مصر",
    "Asia/Dubai": "الامارات ابوظبي ابو_ظبي دبي",
    "Asia/Beirut": "بيروت لبنان",
    "Asia/Damascus": "دمشق سوريا",
    "Asia/Jerusalem": "القدس",
    "Asia/Gaza": "فلسطين غزه",
    "Africa/Tunis": "تونس",
    "Africa/Algiers": "الجزاير",
    "Africa/Casablanca": "المغرب الرباط",
    "Africa/Khartoum": "الخرطوم السودان",
}
"""Whose clock `بتوقيت …` is; those of a name that two towns share (عمان, طرابلس) are left out."""


def _either(names: str) -> str:
    longest_first = sorted(names.split(), key=len, reverse=True)
    return "|".join(name.replace("_", r"\s+") for name in longest_first)


def _numbers(table: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", " "): english for english, names in table.items() for name in names.split()}


_MONTH_OF, _WEEKDAY_OF, _ZONE_OF = _numbers(_MONTHS), _numbers(_WEEKDAYS), _numbers(_ZONES)
_MONTH = _either(" ".join(_MONTHS.values()))
_NAMED = re.compile(rf"(?<!\w)({_MONTH})(?!\w)(?:\s*[/(\\-]\s*({_MONTH})(?!\w)\)?)?")
_WEEKDAY = re.compile(rf"(?<!\w)(?:يوم\s+)?({_either(' '.join(_WEEKDAYS.values()))})(?!\w)")
_AFTER_HIJRI = r"(?:\s*(?:ه|هجريه|هجري)(?!\w)\.?)"
_HIJRI_DAY = re.compile(
    rf"(?<!\w)\d{{1,2}}\s*(?:من\s+)?(?:{_either(_HIJRI)})(?!\w)\s*,?\s*(?:(?:سنه|عام|لعام)\s+)?1[34]\d\d(?!\d){_AFTER_HIJRI}?"
    rf"|(?<!\w)(?:1[34]\d\d\s*[-/.]\s*\d{{1,2}}\s*[-/.]\s*\d{{1,2}}|\d{{1,2}}\s*[-/.]\s*\d{{1,2}}\s*[-/.]\s*1[34]\d\d)"
    rf"(?!\d){_AFTER_HIJRI}"
)
_COMMON_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ERA = re.compile(r"(?<=\d{4})\s*(?:م|ميلاديه|ميلادي)(?!\w)\.?")
_HALF = re.compile(
    rf"(?<![\d:.])(?P<hour>\d{{1,2}})(?P<rest>(?:[:.]\d{{2}}){{0,2}})\s*"
    rf"(?:(?P<am>{_either(_HALVES['AM'])})|(?P<pm>{_either(_HALVES['PM'])})|(?P<night>ليلا))(?!\w)\.?"
)
_SPOKEN_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s*و\s*(\d{1,2})\s*(?:دقيقه|د)(?!\w)")
_CLOCK_OF = re.compile(rf"\(?\s*بتوقيت\s+(?:مدينه\s+)?({_either(' '.join(_ZONES.values()))})(?!\w)\s*\)?")
_LABEL = re.compile(
    r"(?:(?:تم\s+)?(?:نشرت?|النشر|كتبت?)|تاريخ\s+(?:النشر|الاضافه)|التاريخ|بتاريخ)(?!\w)"
    r"(?:\s+(?:في|بتاريخ|يوم))?\s*:?\s*"
)
_JOINTS = re.compile(
    r"(?<!\w)(?:الموافق(?:\s+ل)?|وفق|الساعه|علي|في|عند|من|لعام|عام|سنه|بالتوقيت\s+المحلي)(?!\w)"
)
_EDGES = " ,.-|/:;()"


def to_english(text: str) -> str:
    """The text with its Arabic date in English words; unchanged where it has no Arabic letter.

    >>> to_english("الجمعة 7 ربيع الأول 1445 هـ - 22 أيلول/سبتمبر 2023 م الساعة 10:49 مساءً")
    'friday 22 september 2023 10:49 PM'
    """
    if text.isascii() or not _ARABIC.search(text):
        return text
    text = _MARKS.sub("", text).translate(_LETTERS)
    text = _LABEL.sub("", text, count=1)
    without = _HIJRI_DAY.sub(" ", text)
    if _COMMON_YEAR.search(without):
        text = without
    text = _NAMED.sub(_named, _CLOCK_OF.sub(_zone, text))
    text = _WEEKDAY.sub(lambda found: _WEEKDAY_OF[found[1]], text)
    text = _HALF.sub(_half, _SPOKEN_CLOCK.sub(_spoken, _ERA.sub(" ", text)))
    text = _JOINTS.sub(" ", text).strip(_EDGES)
    return " ".join(_without_loose_signs(text).split())


def _without_loose_signs(text: str) -> str:
    return re.sub(r"(?<!\S)[-|,:/()]+(?!\S)", " ", text)


def _named(found: re.Match[str]) -> str:
    first, second = (_MONTH_OF.get(" ".join((name or "").split())) for name in found.groups())
    if second is not None and second != first:
        return found[0]  # two months, and no telling which
    return f" {first} "


def _spoken(found: re.Match[str]) -> str:
    return f"{found[1]}:{int(found[2]):02}"


def _half(found: re.Match[str]) -> str:
    hour = int(found["hour"])
    clock = f"{hour}{found['rest'].replace('.', ':') or ':00'}"
    if not 1 <= hour <= 12:
        return f"{clock} "  # 22:49 مساء
    after = found["pm"] is not None or (found["night"] is not None and 6 <= hour < 12)
    return f"{clock} {'PM' if after else 'AM'} "


def _zone(found: re.Match[str]) -> str:
    return f" {_ZONE_OF[' '.join(found[1].split())]} "
