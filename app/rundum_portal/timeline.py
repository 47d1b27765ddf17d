"""A visit's time line in words: what was done, what goes on, what comes next."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from rundum_core.i18n import Translator
from rundum_matching.models import RequestSummary
from rundum_matching.status import VisitStatus


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line, as the macro `timeline` draws it."""

    mood: Literal["done", "now", "next", "stop"]
    text: str
    at: datetime | None = None
    note: str | None = None


def steps(t: Translator, summary: RequestSummary, visit: VisitStatus) -> list[Step]:
    """From the asking to the firm booking; the present step carries what it means."""
    asked = Step(mood="done", text=t("portal.step.submitted"), at=summary.created_at)
    present = Step(
        mood=_MOOD.get(visit.state, "now"),
        text=t(f"portal.state.{visit.state}"),
        note=sentence(t, summary, visit),
    )
    promised = [Step(mood="done", text=t("portal.step.promised", who=t.join(sorted(names(visit)))))]
    firm = Step(mood="next", text=t("portal.state.firm"))
    search = Step(mood="next", text=t("portal.state.searching"))
    if visit.state == "unconfirmed":
        return [asked, present, search, firm]
    if visit.state in ("unfilled", "cancelled", "expired"):
        return [asked, present]
    if visit.state in ("firm", "done"):
        return [asked, *promised, present]
    if visit.state in ("your_yes", "promised"):
        return [asked, *promised, present, firm]
    return [asked, present, firm]


def sentence(t: Translator, summary: RequestSummary, visit: VisitStatus) -> str:
    """What a visit's state means for the family, and what comes next."""
    if visit.state == "asked" and not visit.asked:
        return t("portal.then.some_promised")
    return t(
        f"portal.then.{visit.state}",
        by=summary.answer_by,
        asked=t("portal.asked", count=visit.asked),
        found=t("portal.found", firm=visit.firm, people=visit.people),
    )


def names(visit: VisitStatus) -> list[str]:
    """Who said yes, by the name that the family may know."""
    return [one.person.full_name or one.person.short_name for one in visit.helpers]


_MOOD: dict[str, Literal["done", "now", "next", "stop"]] = {
    "firm": "done",
    "done": "done",
    "nobody_yet": "stop",
    "searching_anew": "stop",
    "unfilled": "stop",
    "cancelled": "stop",
    "expired": "stop",
}
