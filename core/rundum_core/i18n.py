"""What a person reads, in her language: catalogues, and dates and figures in the house's tone.

A package keeps its sentences in `<package>/locale/de.po` and `en.po`, read directly at the start;
msgid is a dotted English key, never a text::

    msgid "requests.form.date.label"
    msgstr "An welchem Tag?"

    msgid "requests.found"
    msgid_plural "requests.found"
    msgstr[0] "{count} Person gefunden"
    msgstr[1] "{count} Personen gefunden"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as WallTime
from decimal import Decimal
from importlib.resources import files
from io import BytesIO
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

import phonenumbers
import structlog
from babel import Locale as BabelLocale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from rundum_core.clock import BERLIN

log = structlog.get_logger()

Locale = Literal["de", "en"]
LOCALES: tuple[Locale, ...] = ("de", "en")
DEFAULT: Locale = "de"

# one sentence, or its singular and plural
Sentence = str | tuple[str, str]
Sentences = Mapping[str, Sentence]

_BABEL = {"de": BabelLocale("de"), "en": BabelLocale("en", "GB")}
_DAY = {"de": "ccc, d. MMMM", "en": "ccc, d MMMM"}
_YEARLESS = timedelta(days=335)


class MissingText(KeyError):
    """A key that no catalogue holds, or a parameter that a sentence needs and wasn't given."""


class Catalogues:
    """The merged sentences of several packages, per language."""

    def __init__(self, sentences: Mapping[Locale, Sentences], *, strict: bool = True) -> None:
        self.sentences = sentences
        self.strict = strict

    @classmethod
    def load(cls, *packages: str, strict: bool = True) -> Self:
        """Read both catalogues of each package (one without a locale folder is skipped).

        `strict` (tests, development): a missing key raises MissingText. Otherwise the German
        sentence answers, at worst the key itself, and a line in the log says so. A key that two
        packages define is a ValueError.
        """
        merged: dict[Locale, dict[str, Sentence]] = {locale: {} for locale in LOCALES}
        for package in packages:
            for locale in LOCALES:
                found = read_sentences(package, locale)
                twice = found.keys() & merged[locale].keys()
                if twice:
                    raise ValueError(f"{package} defines again: {sorted(twice)}")
                merged[locale].update(found)
        return cls(merged, strict=strict)

    def translator(self, locale: str, now: datetime, *, zone: ZoneInfo = BERLIN) -> Translator:
        """A translator for one request or letter; an unknown language reads German."""
        known: Locale = locale if locale in LOCALES else DEFAULT
        return Translator(self, known, now, zone)

    def has(self, key: str) -> bool:
        """Whether the German catalogue knows this key (for texts that may be absent)."""
        return key in self.sentences[DEFAULT]


class Translator:
    """Called as ``t("key", **params)``; its methods write days, times, money and distances.

    `now` decides only whether a day is shown with its year. Datetimes must be aware and are
    shown in `zone`.
    """

    def __init__(self, catalogues: Catalogues, locale: Locale, now: datetime, zone: ZoneInfo):
        self.catalogues = catalogues
        self.locale = locale
        self.zone = zone
        self.today = now.astimezone(zone).date()

    def __call__(self, key: str, /, **params: Any) -> str:
        """The sentence under `key`, its `{names}` filled; `count` chooses singular or plural.

        Dates, datetimes and broken numbers among the parameters are written in the house's tone.
        If one is Markup (a link made in a template), all else is escaped and Markup returned.
        """
        sentence = self._sentence(key)
        if isinstance(sentence, tuple):
            sentence = sentence[0 if params.get("count") == 1 else 1]
        if not params and "{" not in sentence:
            return sentence
        spoken = {name: self._spoken(value) for name, value in params.items()}
        try:
            if any(isinstance(value, Markup) for value in spoken.values()):
                return Markup(escape(sentence)).format(**spoken)  # noqa: S704
            return sentence.format(**spoken)
        except (KeyError, IndexError) as missing:
            if self.catalogues.strict:
                raise MissingText(f"{key} needs {missing}") from None
            log.error("text lacks a parameter", key=key, locale=self.locale)
            return sentence

    def has(self, key: str) -> bool:
        """Whether there is such a sentence; for hints and other texts that may be absent."""
        return self.catalogues.has(key)

    def day(self, day: date) -> str:
        """`Sa, 14. Juni`; with the year when it is eleven months away or more."""
        if isinstance(day, datetime):
            day = day.astimezone(self.zone).date()
        near = abs(day - self.today) < _YEARLESS
        pattern = _DAY[self.locale] if near else f"{_DAY[self.locale]} y"
        return format_date(day, pattern, locale=_BABEL[self.locale])

    def month(self, day: date) -> str:
        """`Juni 2026`."""
        return format_date(day, "LLLL y", locale=_BABEL[self.locale])

    def weekday(self, number: int) -> str:
        """The name of a weekday, Monday being 1 (ISO 8601): `Montag`."""
        return str(_BABEL[self.locale].days["stand-alone"]["wide"][number - 1])

    def time(self, at: datetime | WallTime) -> str:
        """The bare figure for tables: `18:30`, in German full hours as `14`."""
        local = at.astimezone(self.zone).time() if isinstance(at, datetime) else at
        if self.locale == "de" and local.minute == 0:
            return str(local.hour)
        return f"{local.hour}:{local.minute:02d}"

    def clock(self, at: datetime | WallTime) -> str:
        """A time in a sentence: `18:30 Uhr`; in the doubled hour `2:30 Uhr (Winterzeit)`."""
        season = self._season(at)
        written = self("core.clock", time=self.time(at))
        return f"{written} ({season})" if season else written

    def moment(self, at: datetime) -> str:
        """`Sa, 14. Juni, 18:30 Uhr`."""
        return f"{self.day(at)}, {self.clock(at)}"

    def span(self, start: datetime, end: datetime) -> str:
        """`Sa, 14. Juni, 14–18 Uhr`; over midnight `Sa, 14. Juni, 20 Uhr bis So, 15. Juni, 1 Uhr`.

        An end at midnight stays on its day: `18–24 Uhr`.
        """
        first, last = start.astimezone(self.zone), end.astimezone(self.zone)
        midnight = last.time() == WallTime() and last.date() == first.date() + timedelta(days=1)
        if midnight and not self._season(start):
            return f"{self.day(start)}, {self.times(start, end)}"
        if first.date() != last.date():
            return self("core.span.long", start=self.moment(start), end=self.moment(end))
        if self._season(start) or self._season(end):
            return self("core.span.long", start=self.moment(start), end=self.clock(end))
        return f"{self.day(start)}, {self._hours_between(self.time(start), self.time(end))}"

    def times(self, start: datetime | WallTime, end: datetime | WallTime) -> str:
        """Only the hours of a span within one day: `14–18 Uhr`; an end at midnight reads 24."""
        last = end.astimezone(self.zone).time() if isinstance(end, datetime) else end
        return self._hours_between(self.time(start), self.time(end), midnight=last == WallTime())

    def money(self, cents: int) -> str:
        """`14,50 €`."""
        amount = format_decimal(Decimal(cents) / 100, format="#,##0.00", locale=_BABEL[self.locale])
        return self("core.money", amount=amount)

    def hours(self, minutes: int) -> str:
        """`4 Stunden`, `45 Minuten`, `1 Std. 30 Min.`."""
        hours, rest = divmod(minutes, 60)
        if not rest and hours:
            return self("core.hours", count=hours)
        if not hours:
            return self("core.minutes", count=rest)
        return self("core.hours_and_minutes", hours=hours, minutes=rest)

    def km(self, kilometres: float) -> str:
        """`6 km`, rounded to whole ones; under one `unter 1 km`."""
        if kilometres < 1:
            return self("core.km.below")
        return self("core.km", km=self.number(round(kilometres)))

    def number(self, value: float | Decimal, decimals: int | None = None) -> str:
        """`1.250`, `2,5`; with `decimals` exactly that many."""
        form = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
        return str(format_decimal(value, format=form, locale=_BABEL[self.locale]))

    def join(self, words: Iterable[str]) -> str:
        """`a, b und c`."""
        return format_list(list(words), locale=_BABEL[self.locale])

    def ages(self, bands: Iterable[str]) -> str:
        """Age bands, the youngest first: `2–3 und 4–6 Jahre`."""
        youngest_first = sorted(bands, key=lambda band: int(band.partition("-")[0]))
        return self("core.ages", ages=self.join(b.replace("-", "–") for b in youngest_first))

    def phone(self, e164: str) -> str:
        """A number as it is written in the country: `03904 555012`, foreign ones with +."""
        number = phonenumbers.parse(e164)
        home = number.country_code == 49
        style = phonenumbers.PhoneNumberFormat
        written = phonenumbers.format_number(
            number, style.NATIONAL if home else style.INTERNATIONAL
        )
        return str(written)

    def _hours_between(self, start: str, end: str, *, midnight: bool = False) -> str:
        if midnight:
            end = "24" if self.locale == "de" else "24:00"
        return self("core.clock", time=f"{start}–{end}")

    def _season(self, at: datetime | WallTime) -> str:
        """Summer or winter time where the bare wall time would mean two moments, else ''."""
        if not isinstance(at, datetime):
            return ""
        wall = at.astimezone(self.zone).replace(tzinfo=None)
        offsets = [wall.replace(tzinfo=self.zone, fold=fold).utcoffset() for fold in (0, 1)]
        if offsets[0] == offsets[1]:
            return ""
        summer = at.astimezone(UTC).astimezone(self.zone).fold == 0
        return self("core.summer_time") if summer else self("core.winter_time")

    def _spoken(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, float | Decimal):
            return self.number(value)
        return value

    def _sentence(self, key: str) -> Sentence:
        sentences = self.catalogues.sentences
        if (found := sentences[self.locale].get(key)) is not None:
            return found
        if self.catalogues.strict:
            raise MissingText(f"{key} is not in {self.locale}.po")
        log.error("text missing", key=key, locale=self.locale)
        return sentences[DEFAULT].get(key, key)


def choose_locale(*wishes: str | None, accept: str | None = None) -> Locale:
    """The first wish that we speak (address, cookie, account), else what `Accept-Language` likes
    best among ours, else German."""
    for wish in wishes:
        if wish in LOCALES:
            return wish
    best: tuple[float, Locale] | None = None
    for part in (accept or "")[:200].split(","):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.split("-")[0].lower()
        if language not in LOCALES:
            continue
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, language)
    return best[1] if best else DEFAULT


def read_sentences(package: str, locale: Locale) -> dict[str, Sentence]:
    """One package's catalogue as it stands in its file; {} where the package has none."""
    path = files(package) / "locale" / f"{locale}.po"
    if not path.is_file():
        return {}
    found: dict[str, Sentence] = {}
    for message in read_po(BytesIO(path.read_bytes()), locale=locale, abort_invalid=True):
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            one, many = message.string[0], message.string[1]
            found[str(message.id[0])] = (one, many)
        else:
            found[str(message.id)] = str(message.string)
    return found
