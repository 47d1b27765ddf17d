"""Weekly hours as people write them (`Mo-Fr 14-18 Uhr; Sa 9:00–12:30`), read and written. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, time

from msgspec import Struct

from rundum_core.i18n import Locale
from rundum_desk.card_index.days import day_in
from rundum_providers.models import WEEKDAYS, NewAvailability

SHORT = {
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_NAMES = (
    ("montags?", "monday", "mon", "mo"),
    ("dienstags?", "tuesday", "tues?", "die", "di"),
    ("mittwochs?", "wednesday", "wed", "mit", "mi"),
    ("donnerstags?", "thursday", "thurs?", "thu", "don", "do"),
    ("freitags?", "friday", "fri", "fre", "fr"),
    ("samstags?", "sonnabends?", "saturday", "sat", "sam", "sa"),
    ("sonntags?", "sunday", "sun", "son", "so"),
)
_DASH = r"\s*(?:[-–—−‑]|bis|to)\s*"
_DAY = "|".join(f"(?P<d{number}>{'|'.join(names)})" for number, names in enumerate(_NAMES))
_DAYS = re.compile(
    rf"(?:{_DAY})\b\.?|(?P<all>täglich|tgl\b\.?|daily)|(?P<weekend>wochenende|we\b|weekend)", re.I
)
_TO_DAY = re.compile(rf"{_DASH}(?=(?:{'|'.join(n for names in _NAMES for n in names)})\b)", re.I)
_HOURS = re.compile(
    rf"(?:von\s+|from\s+)?(\d{{1,2}})(?:[:.](\d{{2}}))?\s*(?:uhr|h\b)?{_DASH}"
    rf"(\d{{1,2}})(?:[:.](\d{{2}}))?(?!\d)\s*(?:uhr|h\b)?",
    re.I,
)
_OPTIONS = re.compile(r"\(([^)]*)\)")
_BETWEEN = re.compile(r"[\s,;/.:|+&]+|\bund\b|\bu\b|\band\b|\bjeweils\b", re.I)
_EVERY = re.compile(r"(?:alle|every)\s*(\d)\s*(?:wochen|weeks)(?:\s*(?:ab|from)\s*(\S+))?$", re.I)
_FORTNIGHT = re.compile(
    r"(?:14[- ]?tägig|14[- ]?täglich|jede zweite woche)(?:\s*ab\s*(\S+))?$", re.I
)
_FROM = re.compile(r"(?:vom|ab|gültig ab|from)\s*(\S+)$", re.I)
_UNTIL = re.compile(r"(?:bis|gültig bis|until)\s*(\S+)$", re.I)
_NO_HOLIDAYS = re.compile(
    r"(?:nicht an|außer(?: an)?) feiertagen?|not on (?:public )?holidays", re.I
)


class NotHours(ValueError):
    """What stands there are no hours; `text` is the part that could not be understood."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Hours(Struct, kw_only=True):
    """One line as texts, for the form of a weekly plan."""

    weekday: str
    wall_from: str
    wall_to: str
    every_n_weeks: str = ""
    first_week: str = ""
    valid_from: str = ""
    valid_until: str = ""
    except_holidays: str = ""

    def sent(self, number: int) -> dict[str, list[str]]:
        """As a page would send it."""
        return {f"lines.{number}.{name}": [getattr(self, name)] for name in self.__struct_fields__}


def read_hours(text: str, *, weekday: str | None = None) -> list[Hours]:
    """The lines of a text; in a column of one weekday no day needs to be named.

    Raises NotHours for whatever is not understood: nothing is guessed, nothing left out.
    """
    days: list[int] = [] if weekday is None else [WEEKDAYS.index(weekday)]
    lines: list[Hours] = []
    group: list[Hours] = []
    fresh = weekday is not None  # whether the days still wait for their hours
    position = 0
    while position < len(text):
        rest = text[position:]
        if found := _OPTIONS.match(rest):
            if not group:
                raise NotHours(rest)
            _apply(found[1], group)
        elif found := _HOURS.match(rest):
            if not days:
                raise NotHours(rest)
            made = [_line(day, found) for day in days]
            lines += made
            group = group + made if not fresh else made
            fresh = False
        elif found := _DAYS.match(rest):
            if not fresh or weekday is not None:
                if weekday is not None and _days(found) != days:
                    raise NotHours(rest)
                days, fresh = ([] if weekday is None else days), True
            position += found.end()
            through = _TO_DAY.match(text[position:])
            if through and (last := _DAYS.match(text[position + through.end() :])):
                days += _from_to(_days(found)[-1], _days(last)[-1])
                position += through.end() + last.end()
            elif weekday is None:
                days += _days(found)
            continue
        elif not (found := _BETWEEN.match(rest)):
            raise NotHours(rest)
        position += found.end()
    if (fresh and days) or not lines:
        raise NotHours(text)
    return lines


def write_hours(lines: Iterable[NewAvailability], locale: Locale) -> str:
    """The same plan as a text that `read_hours` understands."""
    return "; ".join(_written(line, locale) for line in lines)


def read_period(text: str) -> tuple[str, str] | None:
    """`8-12`, `8:00–12 Uhr` as two texts; None where it is something else."""
    found = _HOURS.fullmatch(text.strip())
    return None if found is None else (_wall(found[1], found[2]), _wall(found[3], found[4]))


def _line(day: int, found: re.Match[str]) -> Hours:
    end = _wall(found[3], found[4])
    return Hours(
        weekday=WEEKDAYS[day],
        wall_from=_wall(found[1], found[2]),
        wall_to="00:00" if end == "24:00" else end,
    )


def _wall(hour: str, minute: str | None) -> str:
    return f"{int(hour):02d}:{minute or '00'}"


def _days(found: re.Match[str]) -> list[int]:
    if found["all"]:
        return list(range(7))
    if found["weekend"]:
        return [5, 6]
    return [number for number in range(7) if found[f"d{number}"]]


def _from_to(first: int, last: int) -> list[int]:
    """Monday to Friday; Saturday to Monday goes over the week's end."""
    return [day % 7 for day in range(first, last + (7 if last < first else 0) + 1)]


def _apply(options: str, lines: Sequence[Hours]) -> None:
    for option in re.split(r"\s*[,;]\s*", options.strip()):
        every = _EVERY.fullmatch(option)
        fortnight = _FORTNIGHT.fullmatch(option)
        since, until = _FROM.fullmatch(option), _UNTIL.fullmatch(option)
        for line in lines:
            if every or fortnight:
                week = every[2] if every else fortnight[1] if fortnight else None
                # "every other week" names none of the two; which one it is decides everything
                if not week:
                    raise NotHours(option)
                line.every_n_weeks = every[1] if every else "2"
                line.first_week = day_in(week)
            elif since:
                line.valid_from = day_in(since[1])
            elif until:
                line.valid_until = day_in(until[1])
            elif _NO_HOLIDAYS.fullmatch(option):
                line.except_holidays = "yes"
            else:
                raise NotHours(option)


def _written(line: NewAvailability, locale: Locale) -> str:
    german = locale == "de"
    day = SHORT[locale][WEEKDAYS.index(line.weekday)]
    options = []
    if line.every_n_weeks > 1:
        weeks = (
            f"alle {line.every_n_weeks} Wochen" if german else f"every {line.every_n_weeks} weeks"
        )
        if line.first_week is not None:
            weeks += f" {'ab' if german else 'from'} {_day(line.first_week)}"
        options.append(weeks)
    if line.valid_from is not None:
        options.append(f"{'vom' if german else 'from'} {_day(line.valid_from)}")
    if line.valid_until is not None:
        options.append(f"{'bis' if german else 'until'} {_day(line.valid_until)}")
    if line.except_holidays:
        options.append("nicht an Feiertagen" if german else "not on holidays")
    more = f" ({', '.join(options)})" if options else ""
    end = "24:00" if line.wall_to == time() else f"{line.wall_to:%H:%M}"
    return f"{day} {line.wall_from:%H:%M}-{end}{more}"


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
