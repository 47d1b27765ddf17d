"""What a letter says: loaders by template name, and their texts, one file per language.

A domain fills `LETTERS` with a loader per template and keeps the texts in its own package as
`letters/<template>.<de|en>.txt`: a line `Subject: …`, a blank line, then the text as `blocks`
describes it. Texts are Jinja; beside the loader's context they know `name` and `given_name` of
the recipient, `centre` (an Office), `channel` (`email`, or `phone` when the desk reads it out) and
`t`, the translator (`t.span(a, b)`, `t.day(d)`, `t.money(cents)`). Who writes and how to reach
them by phone is added to every letter; a text doesn't say it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import jinja2
import msgspec

from rundum_core.db import Transaction
from rundum_core.i18n import LOCALES, Translator
from rundum_core.registry import Hook
from rundum_notifications.blocks import BUTTON, Block, clean, parse
from rundum_notifications.calendar import CalendarEntry

_BUTTON_LINE = re.compile(r"^\[button\][ \t]*$", re.MULTILINE)
_SUBJECT_LINE = re.compile(r"\A\s*Subject:[ \t]*(?P<subject>.+)\n")


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """The centre in whose name a letter is written; `phone` and `hours` as they are read."""

    id: int
    slug: str
    name: str
    phone: str
    email: str
    hours: str


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person is to be told: what a loader gets.

    `subject` is the id of what it is about, `data` what the event noted beside it, `t` speaks the
    recipient's language (or that of the one who reads it out on the phone).
    """

    id: int
    event: int
    event_kind: str
    data: dict[str, Any]
    centre: int
    person: int
    template: str
    subject: int
    created_at: datetime
    given_name: str
    name: str
    office: Office
    channel: Literal["email", "phone"]
    t: Translator


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What a loader answers: values for the text, the one button (key of its label, path of the
    page it opens), and the calendar entry that goes with it. Without a button the text's place
    for it stays empty.

    `package` names whose `letters` folder holds the text; by default the loader's own.
    """

    context: dict[str, Any]
    button: tuple[str, str] | None = None
    calendar: CalendarEntry | None = None
    package: str | None = None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A letter in words: what becomes a mail or a script for a call."""

    subject: str
    blocks: tuple[Block, ...]
    button: tuple[str, str] | None
    calendar: CalendarEntry | None


Loader = Callable[[Transaction, Message], Awaitable[Letter | None]]

# By template name; a loader answers None when the message is obsolete by now.
LETTERS: Hook[Loader] = Hook("letter")


async def draft(tx: Transaction, message: Message, base_url: str) -> Draft | None:
    """The letter as it stands now, or None when there is nothing left to say.

    Raises KeyError for a template without a loader and jinja2.TemplateError for a text that lacks
    a value or a file.
    """
    loader = LETTERS[message.template]
    letter = await loader(tx, message)
    if letter is None:
        return None
    package = letter.package or package_of(loader)
    return write(message, letter, package, base_url)


def write(message: Message, letter: Letter, package: str, base_url: str) -> Draft:
    """Fill the text of `package` in the recipient's language with what the loader found."""
    text = _environment(package).get_template(f"{message.template}.{message.t.locale}.txt")
    filled = text.render(
        {
            "name": message.name,
            "given_name": message.given_name,
            "centre": message.office,
            "channel": message.channel,
            "t": message.t,
            **letter.context,
        }
    )
    head = _SUBJECT_LINE.match(filled)
    if head is None:
        raise jinja2.TemplateError(f"{text.name} has no subject")
    button = letter.button and (message.t(letter.button[0]), base_url + letter.button[1])
    blocks = parse(filled[head.end() :])
    if not button:
        blocks = tuple(block for block in blocks if block.kind != "button")
    elif not any(block.kind == "button" for block in blocks):
        raise jinja2.TemplateError(f"{text.name} has no place for its button")
    return Draft(
        subject=clean(head["subject"]).strip(),
        blocks=blocks,
        button=button or None,
        calendar=letter.calendar,
    )


def missing_texts() -> list[str]:
    """The files that registered letters lack, as `package/letters/name.de.txt`; empty when all
    is well. For loaders that name another package it can't tell."""
    return [
        f"{package}/letters/{name}.{locale}.txt"
        for name in sorted(LETTERS.names())
        for package in [package_of(LETTERS[name])]
        for locale in LOCALES
        if not (files(package) / "letters" / f"{name}.{locale}.txt").is_file()
    ]


def package_of(loader: Loader) -> str:
    return loader.__module__.partition(".")[0]


class _Texts(jinja2.PackageLoader):
    """Text files in which the button's line is already out of reach of what fills them."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool] | None]:
        source, name, fresh = super().get_source(environment, template)
        return _BUTTON_LINE.sub(BUTTON, source), name, fresh


@cache
def _environment(package: str) -> jinja2.Environment:
    return jinja2.Environment(
        loader=_Texts(package, "letters"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text; HTML is made by escaping the filled text
        finalize=clean,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
