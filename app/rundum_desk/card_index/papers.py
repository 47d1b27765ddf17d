"""What somebody has shown, as card indexes tell it: by when it was seen, its date, or its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from rundum_core.errors import FieldError, Invalid
from rundum_desk.card_index.cells import Cells
from rundum_desk.card_index.days import day_in
from rundum_desk.card_index.report import Findings
from rundum_desk.card_index.room import Room
from rundum_desk.card_index.words import is_yes
from rundum_providers import admission
from rundum_providers.admission import Terms
from rundum_providers.form import CREDENTIAL
from rundum_providers.models import Credential, CredentialKind, NewCredential
from rundum_providers.rules import Rulebook
from rundum_providers.service.credentials import note_credential
from rundum_web.field import WRONG
from rundum_web.fields import Day

KINDS: tuple[CredentialKind, ...] = ("certificate", "first_aid", "course")
CLAIMS = {"certificate": "certificate", "first_aid": "first_aid", "course": "course_17h"}


class Papers(Struct, frozen=True, kw_only=True):
    """The documents of a row, and what somebody only says she has (`ja` without a day)."""

    papers: tuple[NewCredential, ...]
    claims: list[str]
    terms: Terms


def papers_in(cells: Cells, rules: Rulebook) -> Papers:
    """The documents of a row; mistakes go to its findings.

    A missing date is taken so that nothing holds too long: a certificate of conduct that was seen
    on a day may have been as old as a centre takes them. A missing day of seeing is the date.
    """
    terms = admission.terms_on(rules, cells.today)
    papers, claims = [], []
    for kind in KINDS:
        days, claimed = _days(cells, kind)
        if claimed:
            claims.append(CLAIMS[kind])
        if days and (paper := _paper(cells, kind, days, terms)) is not None:
            papers.append(paper)
    return Papers(papers=tuple(papers), claims=claims, terms=terms)


async def note_papers(
    room: Room,
    provider: UUID,
    papers: Papers,
    kept: Sequence[Credential],
    findings: Findings,
) -> None:
    """Note what is not noted yet; what is over by now is left out, and that is said."""
    for new in papers.papers:
        until = admission.valid_until(new, papers.terms)
        if any(_covers(one, new, until) for one in kept):
            continue
        if until is not None and until < room.today:
            findings.notes.append(
                FieldError(f"{new.kind}_until", "card_index.note.over", {"day": until})
            )
            continue
        try:
            await note_credential(room.db, room.actor, provider, new)
        except Invalid as invalid:
            findings.wrong += [
                FieldError(f"{new.kind}_{one.field.partition('_')[0]}", one.key, one.params)
                for one in invalid.errors
            ]
        else:
            findings.changes.append(f"{new.kind}_seen")


def _covers(kept: Credential, new: NewCredential, until: date | None) -> bool:
    """Whether a document is noted already, or a later one of its kind."""
    if kept.kind != new.kind:
        return False
    return kept.valid_until is None or (until is not None and kept.valid_until >= until)


def _days(cells: Cells, kind: str) -> tuple[dict[str, date], bool]:
    """The days that a row tells of a document, and whether it is only said to be there."""
    days: dict[str, date] = {}
    claimed = False
    for part in ("seen", "issued", "until"):
        field = f"{kind}_{part}"
        text = cells.row.text(field)
        if not text:
            continue
        if (said := is_yes(text)) is not None:
            claimed = claimed or said
            continue
        day = day_in(text, ending=part == "until")
        value = Day().read(field, {field: [day]}, cells.findings.wrong)
        if value is not WRONG:
            days[part] = value
    return days, claimed and not days


def _paper(
    cells: Cells, kind: CredentialKind, days: dict[str, date], terms: Terms
) -> NewCredential | None:
    months = terms.of(kind)
    issued = days.get("issued")
    if issued is None and "until" in days and months is not None:
        issued = admission.months_after(days["until"], -months)
    if issued is None and "seen" in days:
        back = terms.certificate_age if kind == "certificate" else 0
        issued = admission.months_after(days["seen"], -(back or 0))
    if issued is None:
        return None
    clean = cells.row.text("certificate_clean")
    sent = CREDENTIAL.raw(
        {
            "kind": kind,
            "issued_on": issued,
            "seen_on": days.get("seen", issued),
            "clean": is_yes(clean) is not False if clean else True,
        }
    )
    paper = CREDENTIAL.parse(sent)
    until = admission.valid_until(paper, terms)
    if until is not None and until < cells.today:
        return paper  # nothing will be noted; there is nothing to be wrong about
    wrong = admission.wrong_credential(paper, cells.today, terms)
    cells.findings.wrong += [
        FieldError(f"{kind}_{one.field.partition('_')[0]}", one.key, one.params) for one in wrong
    ]
    return paper if not wrong else None


def told(kept: Sequence[Credential]) -> dict[str, date]:
    """The newest of each kind under the columns in which it is written out."""
    days: dict[str, date] = {}
    for one in kept:
        days.setdefault(f"{one.kind}_seen", one.seen_on)
        if one.valid_until is not None:
            days.setdefault(f"{one.kind}_until", one.valid_until)
    if "course_seen" in days:
        days["course_issued"] = days.pop("course_seen")
    return days
