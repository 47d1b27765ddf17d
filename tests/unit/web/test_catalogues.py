"""The catalogues and the code agree."""

from __future__ import annotations

import tomllib
from pathlib import Path
from string import Formatter

import pytest

from rundum_core.i18n import LOCALES, Catalogues, Sentence, read_sentences
from used_keys import Keys, keys_used

ROOT = Path(__file__).parents[3]
PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
    "importlinter"
]["root_packages"]


@pytest.fixture(scope="module")
def used() -> Keys:
    return keys_used(*PACKAGES)


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    return Catalogues.load(*PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_everything_in_both_languages(package: str) -> None:
    german, english = (read_sentences(package, locale) for locale in LOCALES)
    assert german.keys() == english.keys()


@pytest.mark.parametrize("package", PACKAGES)
def test_both_languages_take_the_same_parameters(package: str) -> None:
    german, english = (read_sentences(package, locale) for locale in LOCALES)
    differing = [
        key
        for key in german.keys() & english.keys()
        if _parameters(german[key]) != _parameters(english[key])
        or isinstance(german[key], str) != isinstance(english[key], str)
    ]
    assert differing == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_key_that_the_code_asks_for_is_in_a_catalogue(
    package: str, catalogues: Catalogues
) -> None:
    asked = keys_used(package).asked
    missing = {key: where for key, where in asked.items() if not catalogues.has(key)}
    assert missing == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_catalogue_holds_a_sentence_that_nobody_says(package: str, used: Keys) -> None:
    assert [key for key in read_sentences(package, "de") if not used.uses(key)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_sentence_is_empty(package: str) -> None:
    for locale in LOCALES:
        said = read_sentences(package, locale).items()
        assert [key for key, sentence in said if not all(_forms(sentence))] == []


def _parameters(sentence: Sentence) -> set[str]:
    names = {name for form in _forms(sentence) for _, name, _, _ in Formatter().parse(form) if name}
    return names - {"count"}


def _forms(sentence: Sentence) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else sentence
