"""A source's rules for dates, compiled once."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from etl.errors import ConfigError, Refusal
from etl.model import ZoneOrigin
from etl.sources import DateOrder, Source
from etl.transform.dates.instant import Instant
from etl.transform.dates.zones import configured_zone

_DAY_FIRST = {
    "ar", "be", "bg", "bn", "bs", "ca", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fr", "gl",
    "he", "hi", "hr", "id", "is", "it", "ka", "lv", "mk", "nb", "nl", "nn", "no", "pl", "pt", "ro",
    "ru", "sk", "sl", "sq", "sr", "th", "tr", "uk", "ur", "vi",
}  # fmt: skip
_YEAR_FIRST = {"zh", "ja", "ko", "hu", "lt", "mn"}
"""Languages whose locales all write their dates in that order (CLDR); English is not one of them."""

_MONTH_FIRST_REGIONS = {"US", "PR", "PA", "PH", "GU", "AS", "VI", "MH", "MP", "UM", "BI", "CA"}
"""Where some write the month first (CLDR), or one cannot know (Canada)."""
_DAY_FIRST_ENGLISH = {
    "GB",
    "AU",
    "NZ",
    "IE",
    "IN",
    "ZA",
    "NG",
    "KE",
    "PK",
    "SG",
    "MT",
    "ZW",
    "GH",
    "UG",
    "TZ",
}
_ZONES_OF_REGIONS: dict[tuple[str, str], dict[str, tzinfo]] = {
    ("en", "GB"): {"BST": ZoneInfo("Europe/London")},
    ("en", "IE"): {"IST": ZoneInfo("Europe/Dublin")},
    ("en", "IN"): {"IST": ZoneInfo("Asia/Kolkata")},
    ("hi", "IN"): {"IST": ZoneInfo("Asia/Kolkata")},
    ("he", "IL"): {"IST": ZoneInfo("Asia/Jerusalem")},
    ("zh", "CN"): {"CST": ZoneInfo("Asia/Shanghai")},
    ("zh", "TW"): {"CST": ZoneInfo("Asia/Taipei")},
}
"""What an abbreviation of several meanings is, in a date that a page of that language and region shows."""
_MOST_OTHERS = 500

CACHE_SIZE = 4096
"""Texts remembered; dates by the day repeat all the time, those to the second hardly ever."""


class Frame(NamedTuple):
    """What a date text says beside its time of day."""

    day: str
    """On the text's own clock, as `2023-09-22T`."""
    offset: timedelta | None
    """From UTC; None for none."""
    zone: ZoneOrigin


class DatePolicy:
    """Everything that reading a date depends on, beside the date itself.

    Never the machine's zone and never today: the same text under the same policy is the same instant.
    """

    __slots__ = (
        "_others",
        "after_window",
        "cache",
        "date_order",
        "earliest",
        "frames",
        "language_order",
        "languages",
        "latest",
        "met",
        "window_start",
        "zone",
        "zones",
    )

    def __init__(
        self,
        latest: date,
        *,
        earliest: date = date(1990, 1, 1),
        zone: ZoneInfo | None = None,
        date_order: DateOrder | None = None,
        languages: tuple[str, ...] = (),
        zones: Mapping[str, str] | None = None,
    ) -> None:
        self.earliest = earliest
        self.latest = latest
        self.zone = zone
        self.date_order = date_order
        self.languages = languages
        self.language_order = _order_of(languages)
        self.zones: dict[str, tzinfo] = {
            name.upper(): configured_zone(name, meaning) for name, meaning in (zones or {}).items()
        }
        self.window_start = datetime(earliest.year, earliest.month, earliest.day)  # noqa: DTZ001 - a wall clock
        after = latest + timedelta(days=1)
        self.after_window = datetime(after.year, after.month, after.day)  # noqa: DTZ001 - a wall clock
        self.cache: dict[str, Instant | Refusal] = {}
        self.frames: dict[tuple[str, str], Frame] = {}
        """What stands before and after a time, to what it says."""
        self.met = 0
        """Texts of which there was no frame."""
        self._others: dict[tuple[str | None, ...], DatePolicy | None] = {}

    def spoken(self, language: str, region: str | None, *, shown: bool) -> "DatePolicy":
        """This policy for a record that states its language, and maybe its region.

        `shown` says that the date is one that a page shows to its readers: then it is in the order that
        the language's readers (or the region's) are used to, for no program wrote it. `en-US` tells
        nothing, for it is what publishing systems say unless they are told otherwise.
        """
        key = (language, region, str(shown))
        found = self._others.get(key)
        if found is None:
            order = self.date_order
            if order is None and shown:
                order = _shown_order(language, region)
            found = self._others[key] = self._changed(date_order=order, languages=(language,))
            if region:
                found.zones = _ZONES_OF_REGIONS.get((language, region), {}) | self.zones
        return found

    def in_zone(self, name: str) -> "DatePolicy | None":
        """This policy for a record that names the zone of its clocks; None for a name of no zone."""
        key = (name.strip(), "zone")
        if key not in self._others:
            self._others[key] = (
                self._changed(zone=ZoneInfo(key[0])) if key[0] in available_timezones() else None
            )
        return self._others[key]

    def _changed(self, **changes: Any) -> "DatePolicy":
        if len(self._others) >= _MOST_OTHERS:
            self._others.clear()
        kept = {
            "earliest": self.earliest, "zone": self.zone, "date_order": self.date_order,
            "languages": self.languages,
        }  # fmt: skip
        other = DatePolicy(self.latest, **(kept | changes))
        other.zones = self.zones
        return other

    @classmethod
    def of(cls, source: Source, run_date: date) -> "DatePolicy":
        """The policy of a source for a run of that (declared) date.

        Raises:
            ConfigError: a zone abbreviation has a meaning that is neither an IANA name nor an offset.
        """
        try:
            return cls(
                run_date + timedelta(days=source.latest_days),
                earliest=source.earliest,
                zone=source.zone,
                date_order=source.date_order,
                languages=tuple(code.split("-")[0] for code in source.languages),
                zones=source.zones,
            )
        except ConfigError as error:
            raise ConfigError(f"source {source.name}: {error}") from None

    def remember(self, text: str, found: Instant | Refusal) -> None:
        """Keep a verdict. Forgets everything once it is full: cheaper than keeping an order of use."""
        if len(self.cache) >= CACHE_SIZE:
            self.cache.clear()
        self.cache[text] = found

    def remember_frame(self, around: tuple[str, str], frame: Frame) -> None:
        """Keep what stands around the times of a day; as `remember` does."""
        if len(self.frames) >= CACHE_SIZE:
            self.frames.clear()
        self.frames[around] = frame


def _shown_order(language: str, region: str | None) -> DateOrder | None:
    if language == "en":
        return "DMY" if region in _DAY_FIRST_ENGLISH else None
    return "DMY" if language in _DAY_FIRST and region not in _MONTH_FIRST_REGIONS else None


def _order_of(languages: tuple[str, ...]) -> DateOrder | None:
    """The order that all of the languages share. It counts where the text is in one of them, or has the
    dots that English does not write; `01/02/2023` alone may come from any program."""
    if languages and _DAY_FIRST.issuperset(languages):
        return "DMY"
    return "YMD" if languages and _YEAR_FIRST.issuperset(languages) else None
