"""How people write in cells what we keep as keys; the first word of each is what we write out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rundum_core.i18n import Locale
from rundum_core.names import search_key

# key: (German, English, what else is written)
Words = Mapping[str, tuple[str, ...]]

SERVICES: Words = {
    "childcare": (
        "Kinderbetreuung",
        "Childcare",
        "Babysitting",
        "Babysitter",
        "Kinder",
        "Kinder betreuen",
        "Babysitten",
        "Betreuung",
    ),
    "event": (
        "Veranstaltungen",
        "Events",
        "Veranstaltung",
        "Event",
        "Betreuung bei einer Veranstaltung",
        "Fest",
        "Feste",
        "Kinderfest",
        "Vereinsfest",
    ),
    "household": (
        "Haushaltshilfe",
        "Household help",
        "Haushalt",
        "Im Haushalt helfen",
        "Hauswirtschaft",
        "Household",
    ),
    "companionship": (
        "Begleitung",
        "Companionship",
        "Begleitung und Gesellschaft",
        "Gesellschaft",
        "Seniorenbetreuung",
        "Senioren",
        "Menschen begleiten",
    ),
}
LANGUAGES: Words = {
    "de": ("Deutsch", "German"),
    "en": ("Englisch", "English"),
    "uk": ("Ukrainisch", "Ukrainian"),
    "ru": ("Russisch", "Russian"),
    "ar": ("Arabisch", "Arabic"),
    "fa": ("Persisch", "Persian", "Farsi", "Dari"),
    "pl": ("Polnisch", "Polish"),
    "vi": ("Vietnamesisch", "Vietnamese"),
    "tr": ("Türkisch", "Turkish"),
    "ro": ("Rumänisch", "Romanian"),
    "fr": ("Französisch", "French"),
    "es": ("Spanisch", "Spanish"),
}
QUALIFICATIONS: Words = {
    "infant_experience": (
        "Erfahrung mit Säuglingen",
        "Experience with infants",
        "Säuglinge",
        "Babyerfahrung",
        "Erfahrung mit Babys",
    ),
    "driving_licence": (
        "Führerschein",
        "Driving licence",
        "Führerschein Klasse B",
        "Fahrerlaubnis",
    ),
    "non_smoker": ("Nichtraucher", "Non-smoker", "Nichtraucherin", "raucht nicht"),
}
TRANSPORTS: Words = {
    "car": ("Auto", "Car", "PKW", "mit dem Auto", "eigenes Auto", "mobil"),
    "bike": ("Fahrrad", "Bike", "Rad", "mit dem Fahrrad", "E-Bike"),
    "bus": ("Bus und Bahn", "Bus", "Bahn", "ÖPNV", "Bus/Bahn", "Zug", "mit Bus und Bahn"),
    "foot": ("zu Fuß", "On foot", "Fuß", "Foot"),
    "fetched": ("wird abgeholt", "Is fetched", "wird gebracht", "Eltern fahren", "wird gefahren"),
}
REFUSED: Words = {
    "pets": ("Haustiere", "Pets", "Tiere", "Haushalte mit Haustieren"),
    "smoking": ("Raucherhaushalte", "Smoking", "Raucher", "Rauchen"),
    "ill_children": ("kranke Kinder", "Ill children"),
    "night": ("nachts", "Nights", "Nacht", "Nachteinsätze"),
    "unknown_client": ("unbekannte Familien", "Unknown families", "Unbekannte"),
}
ENGAGEMENTS: Words = {
    "minijob": ("Minijob", "Minijob", "450-Euro-Job", "geringfügig"),
    "volunteer": ("Ehrenamt", "Volunteer", "ehrenamtlich", "Übungsleiterpauschale"),
    "staff": ("angestellt", "Staff", "Angestellte", "Angestellter", "fest angestellt"),
    "self_employed": ("selbstständig", "Self-employed", "freiberuflich", "selbständig"),
    "favour": ("Gefälligkeit", "Favour", "Nachbarschaftshilfe"),
}
KINDS: Words = {
    "household": ("Familie", "Family", "Haushalt", "privat", "Privathaushalt", "Eltern"),
    "club": ("Verein", "Club", "e.V.", "Förderverein"),
    "municipality": ("Kommune", "Municipality", "Gemeinde", "Stadt", "Landkreis", "Verwaltung"),
    "company": ("Unternehmen", "Company", "Firma", "Betrieb"),
}
TAGS: Words = {
    "pets": ("Haustiere", "Pets", "ja", "Hund", "Katze", "Hunde", "Katzen", "Tiere", "Haustier"),
    "smoking": ("Raucherhaushalt", "Smoking", "Raucher", "raucht"),
}
TASKS: Words = {
    "cleaning": ("Putzen", "Cleaning", "Reinigung", "Saubermachen"),
    "laundry": ("Wäsche", "Laundry", "Bügeln"),
    "cooking": ("Kochen", "Cooking"),
    "shopping": ("Einkaufen", "Shopping", "Einkauf"),
    "garden": ("Garten", "Garden", "Gartenarbeit"),
    "errands": ("Besorgungen", "Errands", "Botengänge"),
}
NEEDS: Words = {
    "first_aid": ("Erste Hilfe am Kind", "First aid", "Erste Hilfe"),
    **QUALIFICATIONS,
    "course_17h": ("Babysitterkurs", "Babysitter course", "17-Stunden-Kurs"),
    "adult": ("volljährig", "Adult", "über 18", "ab 18"),
    **{f"lang:{code}": names for code, names in LANGUAGES.items() if code != "de"},
}
PAYERS: Words = {
    "self": ("selbst", "Self", "Familie", "die Familie selbst", "Selbstzahler", "privat"),
    "employer": ("Arbeitgeber", "Employer", "Firma", "der Arbeitgeber"),
    "club": ("Verein", "Club", "der Verein"),
    "municipality": ("Kommune", "Municipality", "Gemeinde", "Stadt", "die Kommune"),
    "health_insurer": ("Krankenkasse", "Health insurer", "die Krankenkasse", "KK"),
    "youth_office": ("Jugendamt", "Youth office", "das Jugendamt"),
    "project": ("Projekt", "Project", "ein Projekt", "Förderprojekt"),
}
YES = frozenset({"ja", "j", "x", "yes", "y", "1", "wahr", "true", "vorhanden", "ok"})
NO = frozenset({"nein", "n", "no", "0", "falsch", "false", "keine", "kein"})


class UnknownWord(ValueError):
    """A word of a cell that is none of those we know."""

    def __init__(self, word: str, words: Words) -> None:
        super().__init__(word)
        self.word = word
        self.words = words


def keys_in(text: str, words: Words) -> list[str]:
    """The keys that a cell names, the whole cell first, else word by word; raises UnknownWord."""
    meaning = {search_key(word): key for key, said in words.items() for word in (*said, key)}
    if (whole := meaning.get(search_key(text))) is not None:
        return [whole]
    found = []
    for piece in _pieces(text, meaning):
        if (key := meaning.get(search_key(piece))) is None:
            raise UnknownWord(piece, words)
        found.append(key)
    return list(dict.fromkeys(found))


def in_words(keys: Iterable[str], words: Words, locale: Locale) -> str:
    """Keys as they are written out, so that `keys_in` reads them again."""
    return ", ".join(words[key][0 if locale == "de" else 1] for key in keys if key in words)


def is_yes(text: str) -> bool | None:
    """Whether a cell says yes or no; None where it says something else."""
    key = search_key(text)
    return True if key in YES else False if key in NO else None


def _pieces(text: str, meaning: Mapping[str, str]) -> list[str]:
    """Words between commas and the like; `/` and `und` divide only what isn't known as a whole."""
    pieces: list[str] = []
    for piece in re.split(r"\s*[,;\n|+&]\s*", text):
        if not piece:
            continue
        if search_key(piece) in meaning:
            pieces.append(piece)
        else:
            pieces += [part for part in re.split(r"\s*/\s*|\s+und\s+|\s+and\s+", piece) if part]
    return pieces
