"""A desk's hours in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rundum_core.i18n import Catalogues
from rundum_notifications.opening import DAYS, hours_in_words

CATALOGUES = Catalogues.load("rundum_core")
NOW = datetime(2027, 6, 10, 9, tzinfo=UTC)
USUAL = [["08:00:00", "16:00:00"]]
MORNING = [["08:00:00", "12:00:00"]]


@pytest.mark.parametrize(
    ("hours", "locale", "words"),
    [
        (dict.fromkeys(DAYS[:5], USUAL), "de", "Mo–Fr 8–16 Uhr"),
        (dict.fromkeys(DAYS[:5], USUAL), "en", "Mon–Fri 8:00–16:00"),
        ({"monday": USUAL}, "de", "Mo 8–16 Uhr"),
        ({"monday": USUAL, "wednesday": USUAL}, "de", "Mo 8–16 Uhr, Mi 8–16 Uhr"),
        (
            {
                "thursday": [["13:00:00", "18:30:00"], ["08:00:00", "12:00:00"]],
                "friday": [["08:00:00", "12:00:00"]],
            },
            "de",
            "Do 8–12 Uhr und 13–18:30 Uhr, Fr 8–12 Uhr",
        ),
        ({}, "de", ""),
        ({"monday": []}, "de", ""),
    ],
)
def test_hours_are_said_as_one_would_say_them(hours, locale, words):
    assert hours_in_words(hours, CATALOGUES.translator(locale, NOW)) == words
