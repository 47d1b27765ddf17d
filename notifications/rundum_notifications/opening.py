"""A desk's opening hours in words, as every letter ends with them."""

from __future__ import annotations

from datetime import time

import msgspec

from rundum_core.i18n import Translator

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = {"de": 2, "en": 3}

Spans = tuple[tuple[time, time], ...]


def hours_in_words(hours: dict[str, object], t: Translator) -> str:
    """`Mo–Do 8–16 Uhr, Fr 8–12 Uhr` from a centre's week as it is kept; `""` if never open.

    `hours` maps weekdays in English to spans: `{"monday": [["08:00:00", "16:00:00"]]}`.
    """
    week = [msgspec.convert(hours.get(day, ()), Spans) for day in DAYS]
    runs: list[tuple[int, int]] = []
    for day, spans in enumerate(week):
        if not spans:
            continue
        if runs and runs[-1][1] == day - 1 and week[runs[-1][0]] == spans:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return ", ".join(
        f"{_days(first, last, t)} {t.join([t.times(*span) for span in sorted(week[first])])}"
        for first, last in runs
    )


def _days(first: int, last: int, t: Translator) -> str:
    names = [t.weekday(day + 1)[: _SHORT[t.locale]] for day in (first, last)]
    return names[0] if first == last else "–".join(names)
