"""A row of the list of requests: submitted as if the desk had typed it, or known already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from rundum_core.errors import Conflict, FieldError, Invalid
from rundum_desk.card_index import clients, store, words
from rundum_desk.card_index.cells import Cells
from rundum_desk.card_index.columns import Row
from rundum_desk.card_index.days import BANDS, NotChildren, children_in, day_in, unmangled
from rundum_desk.card_index.headings import Table
from rundum_desk.card_index.hours import read_period
from rundum_desk.card_index.people import id_in
from rundum_desk.card_index.report import Findings, RowReport
from rundum_desk.card_index.room import Room
from rundum_desk.card_index.store import ClientCard, RequestCard
from rundum_requests.form import Asked, read_page
from rundum_requests.service import submit
from rundum_web.periods import Span

TABLE: Table = "requests"
BEFORE = timedelta(days=400)  # how old a request may be and still be known again

_WEEKDAY = r"(?:[A-Za-z]{2,10}\.?,?\s+)?"
_VISIT = re.compile(
    rf"{_WEEKDAY}(\d{{1,4}}[.\-/]\s?\d{{1,2}}[.\-/]\s?\d{{2,4}}),?\s*(?:von\s+)?(.*)"
)
_CLOCK = re.compile(r"(?:\d{4}-\d{2}-\d{2}[ T])?(.*)")


async def load(room: Room) -> list[RequestCard]:
    """Requests that a row may mean."""
    async with room.part() as tx:
        return await store.requests_of_centre(tx, centre=room.centre.id, since=room.now - BEFORE)


async def take(room: Room, rows: Sequence[Row]) -> list[RowReport]:
    """Do what the rows say and report on each."""
    known = await load(room)
    cards = await clients.load(room)
    taken: dict[tuple[int, str, frozenset[datetime]], Row] = {}
    reports = []
    for row in rows:
        findings = Findings(TABLE, row, "")
        asker = await clients.read_asker(room, cards, row, findings, id_field="client")
        _read(asker.cells)
        asked = read_page(asker.cells.sent)
        wished = _wished(asked)
        service = asked.values.get("service", "")
        same = _same(known, asker, service, wished, findings)
        key = None if asker.card is None else (asker.card.id, service, wished)
        if same is not None:
            findings.wrong = [one for one in findings.wrong if one.field == "id"]
            _note_differences(same, asked, asker.cells, findings)
        elif key in taken:
            before = taken[key].number
            findings.wrong.append(FieldError("", "card_index.row.double", {"line": before}))
        else:
            made = await _submit(room, cards, asker, findings)
            if made is not None:
                taken[made.id, service, wished] = row
        reports.append(findings.report())
    return reports


def _read(cells: Cells) -> None:
    """Everything of a row that isn't about who asks."""
    cells.words("service", words.SERVICES, one=True)
    cells.words("tasks", words.TASKS)
    cells.words("needs", words.NEEDS)
    cells.words("wishes", words.NEEDS)
    cells.words("payer", words.PAYERS, one=True)
    for field in ("people", "payer_reference", "rate", "note"):
        cells.text(field)
    cells.read("children", _children(cells), NotChildren, "card_index.cell.children")
    for band in BANDS:
        cells.text(f"children_{band}", to=f"children.{band}")
    for number, (day, start, end) in enumerate(_visits(cells)):
        name = f"visits.{number}.during"
        cells.sent |= {f"{name}.date": [day], f"{name}.from": [start], f"{name}.to": [end]}


def _children(cells: Cells) -> Any:
    def convert(text: str) -> None:
        for band, count in children_in(text).items():
            cells.sent[f"children.{band}"] = [str(count)]

    return convert


def _visits(cells: Cells) -> list[tuple[str, str, str]]:
    """Day, from and to of each visit, as texts for the form."""
    row = cells.row
    found = []
    for piece in re.split(r"\s*[;\n]\s*", row.text("visits")):
        if not piece:
            continue
        match = _VISIT.fullmatch(piece)
        period = read_period(match[2]) if match else None
        if match is None or period is None:
            cells.wrong("visits", "card_index.cell.visits", text=piece)
            continue
        found.append((day_in(match[1]), *period))
    period = read_period(unmangled(row.text("time")))
    if period is None:
        start, end = _clock(row.text("from") or row.text("time")), _clock(row.text("to"))
    else:
        start, end = period
    for day in re.split(r"\s*[;\n]\s*|(?<=\d),\s*", row.text("date")):
        if day:
            named = re.fullmatch(rf"{_WEEKDAY}(\d.*)", day)
            found.append((day_in(named[1] if named else day), start, end))
    return found


def _clock(text: str) -> str:
    found = _CLOCK.fullmatch(text)
    return found[1] if found else text


def _wished(asked: Asked) -> frozenset[datetime]:
    return frozenset(visit.start for visit in asked.visits if isinstance(visit, Span))


def _same(
    known: Sequence[RequestCard],
    asker: clients.Asker,
    service: str,
    wished: frozenset[datetime],
    findings: Findings,
) -> RequestCard | None:
    """The request that a row means: by its id, or of the same client for the same service at the
    same times, whatever has become of it."""
    try:
        public_id = id_in(asker.cells.row.text("id"))
    except ValueError:
        findings.wrong.append(FieldError("id", "card_index.ask.id"))
        return None
    if public_id is not None:
        found = next((one for one in known if one.public_id == public_id), None)
        if found is None:
            findings.wrong.append(FieldError("id", "card_index.ask.unknown_id"))
        return found
    if asker.card is None or not wished:
        return None
    return next(
        (
            one
            for one in known
            if one.client == asker.card.id
            and one.service == service
            and frozenset(one.wished) == wished
        ),
        None,
    )


async def _submit(
    room: Room, cards: list[ClientCard], asker: clients.Asker, findings: Findings
) -> ClientCard | None:
    """Submit a new request; answers its client, or None if there are mistakes."""
    findings.is_new = True
    sent = asker.cells.sent
    card = asker.card
    if card is not None and card.status != "blocked":
        await clients.join(room, asker, card)
    elif card is None and not findings.wrong:
        card = await clients.make(room, cards, asker)
    if card is not None:
        sent["client"] = [str(card.public_id)]
    try:
        # with mistakes about who asks it only tells the other ones: nothing is taken
        await submit(
            room.db, room.actor, room.centre, read_page(sent), via="phone", locale=room.locale
        )
    except Invalid as invalid:
        findings.wrong += invalid.errors
    except Conflict as conflict:
        findings.wrong.append(FieldError("", conflict.key, conflict.params))
    return None if findings.wrong else card


def _note_differences(card: RequestCard, asked: Asked, cells: Cells, findings: Findings) -> None:
    """A request that is known is changed where its family and its visits are, not by a list; what
    the list says otherwise is said."""
    values = asked.values
    kept: dict[str, Any] = {
        "tasks": tuple(card.tasks),
        "payer": card.payer,
        "payer_reference": card.payer_reference,
        "rate": card.rate,
        "note": card.note,
        "people": card.people,
    }
    findings.notes += [
        FieldError(name, "card_index.note.stays")
        for name, value in kept.items()
        if name in cells.sent and name in values and values[name] != value
    ]
    children = values.get("children") or ()
    there = dict(zip(card.bands, card.counts, strict=True))
    if children and {group.band: group.count for group in children} != there:
        findings.notes.append(FieldError("children", "card_index.note.stays"))
