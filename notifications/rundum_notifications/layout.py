"""How a letter looks: plain text, HTML for mail programs, and a script to read out on the phone."""

from __future__ import annotations

import re
from functools import cache

import jinja2

from rundum_core.i18n import Translator
from rundum_notifications.blocks import plain
from rundum_notifications.letters import Draft, Office

_NO_DIGITS = re.compile(r"[^0-9+]")


def as_text(draft: Draft, office: Office, t: Translator) -> str:
    """The letter as plain text, with its link and who writes."""
    button = f"{draft.button[0]}:\n{draft.button[1]}" if draft.button else ""
    hours = f" ({office.hours})" if office.hours else ""
    return (
        f"{plain(draft.blocks, button)}\n\n"
        f"-- \n{t('mail.questions')} {office.phone}{hours}\n{office.name}\n"
    )


def as_html(draft: Draft, office: Office, t: Translator) -> str:
    """The same in HTML: tables and inline styles, no picture and nothing that is fetched."""
    texts = [block.lines[0] for block in draft.blocks if block.lines]
    return _letter().render(
        subject=draft.subject,
        preview=" ".join(texts[1:3] or texts),
        blocks=draft.blocks,
        button=draft.button,
        office=office,
        dial=_NO_DIGITS.sub("", office.phone),
        locale=t.locale,
        t=t,
    )


def as_script(draft: Draft) -> str:
    """The same letter for somebody who is told it on the phone: no links, no sender."""
    return f"{draft.subject}\n\n{plain(draft.blocks, '')}\n"


@cache
def _letter() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("rundum_notifications", "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return environment.get_template("mail/letter.html")
