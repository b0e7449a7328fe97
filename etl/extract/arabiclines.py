"""What a line in Arabic looks like that is wholly a date: every word of it has a place in one.

Months have up to two words, two names are often given, and the day of the Hijri calendar stands beside:
too many forms for one pattern, and few enough words for a list of them. Shape only.
"""

import re

_ALEF, _YEH, _HEH = "[اأإآ]", "[ىيئ]", "[هة]"
_MONTH = (
    f"يناير|فبراير|مارس|{_ALEF}بريل|مايو?|يوني[وهة]|يولي[وهة]|يوليوز|{_ALEF}غسطس|سبتمبر|{_ALEF}كتوبر|نوفمبر|ديسمبر"
    f"|كانون|تشرين|شباط|{_ALEF}ذار|نيسان|{_ALEF}يار|حزيران|تموز|{_ALEF}ب|{_ALEF}يلول"
    f"|جانفي|فيفري|{_ALEF}فريل|جوان|جويلي{_HEH}|{_ALEF}وت|{_ALEF}?غشت|شتنبر|شتمبر|نونبر|دجنبر|دجمبر"
)
_HIJRI = (
    f"محرم|المحرم|صفر|ربيع|جماد{_YEH}?|رجب|شعبان|رمضان|شوال|ذ[وي]|ذو?القعد{_HEH}|القعد{_HEH}|ذو?الحج{_HEH}|الحج{_HEH}"
    f"|ال{_ALEF}ول{_YEH}?|{_ALEF}ول|الثان{_YEH}{_HEH}?|ثان{_YEH}?|ال{_ALEF}خر{_HEH}?|هـ?|هجر{_YEH}{_HEH}?"
)
_WEEKDAY = f"يوم|السبت|ال{_ALEF}حد|ال{_ALEF}ثنين|الثلاثاء?|ال{_ALEF}ربعاء?|الخميس|الجمع{_HEH}"
_CLOCK = (
    f"ص|م|صباح{_ALEF}?|مساء[اً]*|ظهر{_ALEF}?|عصر{_ALEF}?|فجر{_ALEF}?|ليل{_ALEF}?|بعد|منتصف|الليل|الظهر|الساع{_HEH}|دقيق{_HEH}|و"
    f"|بتوقيت|غري?نت?يتش|غرينتش|جري?نت?يتش|جرينتش|مك{_HEH}|المكرم{_HEH}|السعودي{_HEH}|القاهر{_HEH}|بيروت|دمشق|القدس|بغداد"
    "|الدوحة|تونس|الجزائر|الرباط|المغرب|دبي|أبوظبي|GMT|AM|PM"
)
_JOINT = f"الموافق|وفق|ل|لـ|عل{_YEH}|في|من|عام|لعام|سن{_HEH}|ميلاد{_YEH}{_HEH}?"
_WORD = re.compile(f"(?:{_MONTH}|{_HIJRI}|{_WEEKDAY}|{_CLOCK}|{_JOINT})")
_NAMED = re.compile(f"(?:{_MONTH})")
_MARKS = re.compile("[\u064b-\u0652\u0670\u0640\u200e\u200f]")
_PIECES = re.compile(r"\d+|[^\W\d]+")
_LABEL = re.compile(
    r"\s*(?P<label>(?:تم\s+)?(?:نشرت?|النشر|كتبت?)|تاريخ\s+(?:النشر|الإضافة|التحديث)|التاريخ|بتاريخ|(?:آخر|اخر)\s+تحديث)"
    r"(?!\w)(?:\s+(?:في|بتاريخ|يوم))?\s*[:：]?\s*"
)
_ARABIC = re.compile("[\u0620-\u064a]")
_IN_DIGITS = re.compile(r"\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,4}")
_FEWEST, _MOST = 3, 24
"""Numbers and words of a date."""


def arabic_date_line(line: str) -> tuple[str, str] | None:
    """Label (or nothing) and date text of a line that is wholly a date in Arabic; None for any other.

    >>> arabic_date_line("الجمعة 22 أيلول/سبتمبر 2023 - 10:49 ص")
    ('', 'الجمعة 22 أيلول/سبتمبر 2023 - 10:49 ص')
    >>> arabic_date_line("حرب تشرين 1973")
    """
    if not _ARABIC.search(line):
        return None
    plain = _MARKS.sub("", line)
    label = _LABEL.match(plain)
    rest = plain[label.end() :] if label else plain
    pieces = _PIECES.findall(rest)
    numbers = [piece for piece in pieces if piece.isdecimal()]
    if not _FEWEST <= len(pieces) <= _MOST or len(numbers) < 2 or not any(len(n) == 4 for n in numbers):
        return None
    words = [piece for piece in pieces if not piece.isdecimal()]
    if not all(map(_WORD.fullmatch, words)):
        return None
    if not any(map(_NAMED.fullmatch, words)) and not _IN_DIGITS.search(rest):
        return None
    return (label["label"] if label else ""), rest.strip()
