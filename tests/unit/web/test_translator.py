"""Sentences, days, times and money as a person reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from markupsafe import Markup

from rundum_core.clock import BERLIN
from rundum_core.i18n import Catalogues, MissingText, Translator, choose_locale

NOW = datetime(2027, 5, 1, 10, tzinfo=UTC)


def at(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=BERLIN, fold=fold)  # type: ignore[arg-type, misc]


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    core = Catalogues.load("rundum_core")
    german = {
        "test.hello": "Guten Tag, {name}!",
        "test.found": ("{count} Person gefunden", "{count} Personen gefunden"),
        "test.until": "Bis {day} oder {at}, {share} km",
    }
    english = {
        "test.hello": "Hello, {name}!",
        "test.found": ("{count} person found", "{count} people found"),
        "test.until": "Until {day} or {at}, {share} km",
    }
    merged = {"de": core.sentences["de"] | german, "en": core.sentences["en"] | english}
    return Catalogues(merged)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def de(catalogues: Catalogues) -> Translator:
    return catalogues.translator("de", NOW)


@pytest.fixture(scope="module")
def en(catalogues: Catalogues) -> Translator:
    return catalogues.translator("en", NOW)


def test_a_sentence_takes_its_parameters(de: Translator, en: Translator) -> None:
    assert de("test.hello", name="Petra") == "Guten Tag, Petra!"
    assert en("test.hello", name="Petra") == "Hello, Petra!"


def test_count_chooses_between_one_and_many(de: Translator) -> None:
    assert [de("test.found", count=count) for count in (0, 1, 2)] == [
        "0 Personen gefunden",
        "1 Person gefunden",
        "2 Personen gefunden",
    ]


def test_days_moments_and_fractions_are_written_in_the_houses_tone(de: Translator) -> None:
    said = de("test.until", day=date(2027, 6, 12), at=at(2027, 6, 12, 18), share=Decimal("2.5"))
    assert said == "Bis Sa, 12. Juni oder Sa, 12. Juni, 18 Uhr, 2,5 km"


def test_markup_stays_and_everything_else_is_escaped(de: Translator) -> None:
    said = de("test.hello", name=Markup("<b>P</b>"))
    assert said == Markup("Guten Tag, <b>P</b>!")
    assert de("test.hello", name="<b>") == "Guten Tag, <b>!"
    assert not isinstance(de("test.hello", name="<b>"), Markup)


def test_a_missing_key_or_parameter_is_an_error_while_we_build(de: Translator) -> None:
    with pytest.raises(MissingText):
        de("test.nothing")
    with pytest.raises(MissingText):
        de("test.hello")


def test_in_production_a_missing_sentence_reads_german_and_never_fails() -> None:
    lenient = Catalogues({"de": {"a.b": "Ja {x}"}, "en": {}}, strict=False)
    t = lenient.translator("en", NOW)
    assert t("a.b", x=1) == "Ja 1"
    assert t("a.b") == "Ja {x}"
    assert t("a.c") == "a.c"


def test_two_packages_cannot_define_the_same_key() -> None:
    with pytest.raises(ValueError, match="defines again"):
        Catalogues.load("rundum_core", "rundum_core")


def test_catalogues_are_read_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "a_speaking_package"
    (package / "locale").mkdir(parents=True)
    (package / "__init__.py").touch()
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    for locale in ("de", "en"):
        text = head + 'msgid "x.y"\nmsgstr "Grüße"\n'
        (package / "locale" / f"{locale}.po").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert Catalogues.load("a_speaking_package").translator("en", NOW)("x.y") == "Grüße"


@pytest.mark.parametrize(
    ("start", "end", "german", "english"),
    [
        (
            at(2027, 6, 12, 14),
            at(2027, 6, 12, 18),
            "Sa, 12. Juni, 14–18 Uhr",
            "Sat, 12 June, 14:00–18:00",
        ),
        (
            at(2027, 6, 12, 14, 30),
            at(2027, 6, 12, 18, 5),
            "Sa, 12. Juni, 14:30–18:05 Uhr",
            "Sat, 12 June, 14:30–18:05",
        ),
        (
            at(2027, 6, 12, 18),
            at(2027, 6, 13),
            "Sa, 12. Juni, 18–24 Uhr",
            "Sat, 12 June, 18:00–24:00",
        ),
        (
            at(2027, 6, 12, 20),
            at(2027, 6, 13, 1),
            "Sa, 12. Juni, 20 Uhr bis So, 13. Juni, 1 Uhr",
            "Sat, 12 June, 20:00 to Sun, 13 June, 1:00",
        ),
        (
            at(2027, 10, 31, 1),
            at(2027, 10, 31, 2, 30, fold=1),
            "So, 31. Oktober, 1 Uhr bis 2:30 Uhr (Winterzeit)",
            "Sun, 31 October, 1:00 to 2:30 (winter time)",
        ),
        (
            at(2027, 10, 31, 2, 30),
            at(2027, 10, 31, 2, 30, fold=1),
            "So, 31. Oktober, 2:30 Uhr (Sommerzeit) bis 2:30 Uhr (Winterzeit)",
            "Sun, 31 October, 2:30 (summer time) to 2:30 (winter time)",
        ),
        (
            at(2027, 3, 28, 1),
            at(2027, 3, 28, 4),
            "So, 28. März, 1–4 Uhr",
            "Sun, 28 March, 1:00–4:00",
        ),
    ],
)
def test_a_span_is_unmistakable(
    de: Translator, en: Translator, start: datetime, end: datetime, german: str, english: str
) -> None:
    assert de.span(start.astimezone(UTC), end.astimezone(UTC)) == german
    assert en.span(start.astimezone(UTC), end.astimezone(UTC)) == english


def test_the_year_is_said_when_it_is_far_away(de: Translator) -> None:
    assert de.day(date(2028, 2, 1)) == "Di, 1. Februar"
    assert de.day(date(2028, 4, 30)) == "So, 30. April 2028"
    assert de.day(date(2026, 5, 1)) == "Fr, 1. Mai 2026"


def test_a_moment_late_in_utc_is_the_next_day_here(de: Translator) -> None:
    assert de.day(datetime(2027, 6, 11, 22, 30, tzinfo=UTC)) == "Sa, 12. Juni"


def test_figures(de: Translator, en: Translator) -> None:
    assert (de.money(1450), en.money(1450)) == ("14,50 €", "€14.50")
    assert (de.money(123456), en.money(5)) == ("1.234,56 €", "€0.05")
    assert [de.hours(minutes) for minutes in (60, 240, 90, 45, 1)] == [
        "1 Stunde",
        "4 Stunden",
        "1 Std. 30 Min.",
        "45 Minuten",
        "1 Minute",
    ]
    assert [de.km(far) for far in (0.2, 5.6, 1200)] == ["unter 1 km", "6 km", "1.200 km"]
    assert (de.time(time(14)), de.time(time(9, 5)), en.time(time(14))) == ("14", "9:05", "14:00")
    assert (de.weekday(1), en.weekday(7)) == ("Montag", "Sunday")
    assert de.month(date(2027, 6, 1)) == "Juni 2027"
    assert (de.join(["a", "b", "c"]), en.join(["a", "b"])) == ("a, b und c", "a and b")
    assert de.times(time(18), time(0)) == "18–24 Uhr"


def test_phone_numbers_read_as_they_are_dialled_here(de: Translator) -> None:
    assert de.phone("+493904555012") == "03904 555012"
    assert de.phone("+41446681800") == "+41 44 668 18 00"


@pytest.mark.parametrize(
    ("wishes", "accept", "chosen"),
    [
        ((None, None), None, "de"),
        (("en", "de"), "de", "en"),
        (("fr", "en"), "de", "en"),
        ((None,), "fr, en-US;q=0.8, de;q=0.3", "en"),
        ((None,), "de-DE, en;q=0.9", "de"),
        ((None,), "en;q=0, fr", "de"),
        ((None,), "en;q=x,,;q=", "de"),
        ((None,), "pl", "de"),
    ],
)
def test_the_language_is_the_first_wish_that_we_speak(
    wishes: tuple[str | None, ...], accept: str | None, chosen: str
) -> None:
    assert choose_locale(*wishes, accept=accept) == chosen


def test_age_bands_are_told_as_one_phrase_the_youngest_first(
    de: Translator, en: Translator
) -> None:
    assert de.ages(["11-13", "2-3", "4-6"]) == "2–3, 4–6 und 11–13 Jahre"
    assert en.ages(["0-1"]) == "0–1 years"
