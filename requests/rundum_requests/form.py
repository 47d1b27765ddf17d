"""The one form of a care request, for pages and for the API; what it can't judge is in rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from rundum_clients.models import KINDS, TAGS
from rundum_core.errors import FieldError, Invalid
from rundum_requests.models import (
    BANDS,
    FLEXIBILITIES,
    MOST_CHILDREN,
    MOST_CHOICES,
    MOST_SEATS,
    MOST_VISITS,
    NEEDS,
    PAYERS,
    SERVICES,
    TASKS,
    NewCareRequest,
    NewChildren,
    NewVisit,
)
from rundum_requests.rules import LONGEST
from rundum_web.field import WRONG, Field, Sent, Wrong, attempt, clean, first
from rundum_web.fields import (
    Checkbox,
    Choice,
    Choices,
    Day,
    Email,
    Integer,
    Money,
    Phone,
    Place,
    PublicId,
    Text,
)
from rundum_web.forms import Form, Reading, Rows, row_numbers
from rundum_web.periods import Period, Span

HONEYPOT = "website"
OVERNIGHT = timedelta(hours=14)


class Bands(Field[tuple[NewChildren, ...]]):
    """How many children of each age band: one small input a band, empty or 0 for none.

    In JSON a list of objects of `band` and `count`.
    """

    kind = "bands"
    parts = BANDS

    def read(self, name: str, sent: Sent, errors: list[FieldError]) -> Any:
        counts = {
            band: Integer(ge=0, le=MOST_CHILDREN, required=False, default=0).read(
                f"{name}.{band}", sent, errors
            )
            for band in BANDS
        }
        if WRONG in counts.values():
            return WRONG
        return tuple(NewChildren(band=band, count=count) for band, count in counts.items() if count)

    def read_json(self, name: str, value: Any, errors: list[FieldError]) -> Any:
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > len(BANDS):
            errors.append(FieldError(name, "forms.json.list"))
            return WRONG
        before = len(errors)
        counts: dict[Any, int] = {}
        for number, row in enumerate(value):
            reading = _CHILDREN.read_json(row, f"{name}.{number}.")
            errors.extend(reading.errors)
            if not reading.errors:
                group = reading.value()
                counts[group.band] = counts.get(group.band, 0) + group.count
        if len(errors) > before:
            return WRONG
        return tuple(NewChildren(band=band, count=counts[band]) for band in BANDS if band in counts)

    def raw(self, name: str, value: Any) -> dict[str, list[str]]:
        return {f"{name}.{group.band}": [str(group.count)] for group in value or ()}

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": _CHILDREN.schema(), "maxItems": len(BANDS)}


class Minutes(Choice):
    """A number of minutes out of a few; in JSON an integer."""

    def __init__(self, options: Iterable[int], *, words: str) -> None:
        super().__init__(
            [str(option) for option in options], words=words, few=False, required=False, default=0
        )

    def convert(self, raw: str) -> int:
        return int(super().convert(raw))

    def convert_json(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong("forms.json.integer")
        return self.convert(str(value))

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "enum": [int(option) for option in self.options]}


class PublicIds(Field[tuple[UUID, ...]]):
    """The random ids of a few things: hidden inputs of one name, or a list in JSON."""

    kind = "references"

    def __init__(self, *, most: int) -> None:
        super().__init__(required=False, default=())
        self.most = most

    def read(self, name: str, sent: Sent, errors: list[FieldError]) -> Any:
        return attempt(name, errors, lambda: self._all(sent.get(name, ())))

    def convert_json(self, value: Any) -> tuple[UUID, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Wrong("forms.json.texts")
        return self._all(value)

    def raw(self, name: str, value: Any) -> dict[str, list[str]]:
        return {name: [str(one) for one in value or ()]}

    def schema(self) -> dict[str, Any]:
        items = {"type": "string", "format": "uuid"}
        return {"type": "array", "items": items, "maxItems": self.most}

    def _all(self, raws: Sequence[str]) -> tuple[UUID, ...]:
        if len(raws) > self.most:
            raise Wrong("forms.rows.many", most=self.most)
        try:
            return tuple(dict.fromkeys(UUID(clean(raw)) for raw in raws if raw))
        except ValueError:
            raise Wrong("forms.choice.unknown") from None


class _Judged:
    """A field that is asked as if it had to be answered; a rule judges whether it is missing,
    since that depends on who asks and for what."""

    default: Any

    def empty(self) -> Any:
        return self.default


class JudgedText(_Judged, Text):
    pass


class JudgedEmail(_Judged, Email):
    pass


class JudgedPhone(_Judged, Phone):
    pass


class JudgedInteger(_Judged, Integer):
    pass


class JudgedChoice(_Judged, Choice):
    pass


class JudgedChoices(_Judged, Choices):
    """Several of many, of which a rule wants one."""

    def __init__(self, options: Iterable[str], *, words: str) -> None:
        super().__init__(options, words=words)
        self.required = True


class _RequestForm(Form[NewCareRequest]):
    def schema(self) -> dict[str, Any]:
        """As the other forms describe themselves; what a rule judges need not always be there."""
        described = super().schema()
        described["required"] = [
            name for name in described["required"] if not isinstance(self.fields[name], _Judged)
        ]
        return described


_CHILDREN = Form(
    NewChildren,
    texts="requests.children",
    band=Choice(BANDS, words="word.band", few=False),
    count=Integer(ge=1, le=MOST_CHILDREN),
)
VISIT = Form(
    NewVisit,
    texts="requests.visit",
    during=Period(longest=LONGEST, overnight=OVERNIGHT),
)
VISITS = Rows(VISIT, least=1, most=MOST_VISITS, missing="requests.rule.visits_missing")
REQUEST = _RequestForm(
    NewCareRequest,
    texts="requests.form",
    service=Choice(SERVICES, words="requests.service"),
    visits=VISITS,
    place=Place(max=120, autocomplete="address-level2"),
    street=Text(max=120, autocomplete="street-address", missing="requests.rule.street"),
    end_place=Place(max=120, required=False),
    end_street=Text(max=120, required=False),
    children=Bands(required=False, default=()),
    ill_children=Checkbox(),
    health_consent=Checkbox(),
    tasks=JudgedChoices(TASKS, words="word.task"),
    people=JudgedInteger(ge=1, le=MOST_SEATS, default=1),
    leads=Integer(ge=0, le=MOST_SEATS, required=False),
    extra=Integer(ge=0, le=MOST_SEATS, required=False, default=0),
    reserve=Integer(ge=0, le=MOST_SEATS, required=False, default=0),
    policy=Choice(("all", "core"), words="requests.policy", required=False, default="all"),
    needs=Choices(NEEDS, words="requests.need"),
    wishes=Choices(NEEDS, words="requests.need"),
    preferred=PublicIds(most=MOST_CHOICES),
    excluded=PublicIds(most=MOST_CHOICES),
    flexible_before=Minutes(FLEXIBILITIES, words="requests.flexible"),
    flexible_after=Minutes(FLEXIBILITIES, words="requests.flexible"),
    approval=Choice(("ask", "book"), words="requests.approval", required=False, default="ask"),
    payer=Choice(PAYERS, words="requests.payer", few=False, required=False, default="self"),
    payer_reference=Text(max=80, required=False),
    rate=Money(le=200_00, required=False),
    note=Text(max=2000, lines=True, required=False),
    client=PublicId(required=False),
    client_kind=JudgedChoice(KINDS, words="requests.client"),
    client_name=JudgedText(max=120, autocomplete="organization"),
    home=Choices(TAGS, words="requests.home"),
    given_name=JudgedText(max=80, autocomplete="given-name"),
    family_name=JudgedText(max=80, autocomplete="family-name"),
    email=JudgedEmail(),
    phone=JudgedPhone(),
    channel=Choice(("phone", "email"), words="requests.channel", required=False),
    priority=Choice(
        ("normal", "high", "urgent"), words="requests.priority", required=False, default="normal"
    ),
)


# as the page asks for them
PAGE_ORDER = (
    "service",
    "visits",
    "flexible_before",
    "flexible_after",
    "street",
    "place",
    "end_street",
    "end_place",
    "children",
    "ill_children",
    "health_consent",
    "tasks",
    "people",
    "leads",
    "extra",
    "reserve",
    "policy",
    "note",
    "needs",
    "wishes",
    "preferred",
    "excluded",
    "home",
    "payer",
    "payer_reference",
    "rate",
    "approval",
    "client",
    "client_kind",
    "client_name",
    "given_name",
    "family_name",
    "email",
    "phone",
    "channel",
    "priority",
)


class Asked:
    """What could be read of a request: `values` by name, the `visits` one by one (of a wrong line
    the day, if that is right), and every mistake of the form itself."""

    def __init__(
        self, reading: Reading[NewCareRequest], visits: tuple[Span | date | None, ...]
    ) -> None:
        self.reading = reading
        self.values = reading.values
        self.visits = visits
        self.errors = tuple(reading.errors)

    def value(self, errors: Iterable[FieldError] = ()) -> NewCareRequest:
        """The whole request; raises Invalid with the form's mistakes and these."""
        found = [*self.errors, *errors]
        if found:
            raise Invalid(tuple(sorted(found, key=_position)))
        return self.reading.value()


def read_page(sent: Sent) -> Asked:
    """What a page sent."""
    tidy = VISITS.tidied("visits", sent)
    lines = [
        _during(VISIT.read(tidy, f"visits.{n}."), first(tidy, f"visits.{n}.during.date"))
        for n in row_numbers("visits", tidy)[:MOST_VISITS]
    ]
    return Asked(REQUEST.read(sent), tuple(lines))


def read_json(body: Any) -> Asked:
    """A decoded JSON body."""
    rows = body.get("visits") if isinstance(body, dict) else None
    rows = rows[:MOST_VISITS] if isinstance(rows, list) else []
    lines = [
        _during(VISIT.read_json(row, f"visits.{n}."), _start_in(row)[:10])
        for n, row in enumerate(rows)
    ]
    return Asked(REQUEST.read_json(body), tuple(lines))


def _position(error: FieldError) -> tuple[int, int]:
    """Where on the page a field stands: errors are told in the order in which one reads."""
    name, *deeper = error.field.split(".")
    index = int(deeper[0]) if deeper and deeper[0].isdigit() else 0
    return (PAGE_ORDER.index(name) if name in PAGE_ORDER else -1, index)


def is_trapped(sent: Sent) -> bool:
    """Whether the field that no person sees was filled in."""
    return bool(first(sent, HONEYPOT))


def json_name(field: str) -> str:
    """A field's name as the API's body has it: a page asks for day, from and to."""
    return _PAGE_PART.sub(lambda found: f"{found[1]}.{_JSON_PART[found[2]]}", field)


_PAGE_PART = re.compile(r"^(visits\.\d+\.during)\.(date|from|to)$")
_JSON_PART = {"date": "start", "from": "start", "to": "end"}


def _during(reading: Reading[NewVisit], written_day: str) -> Span | date | None:
    span: Span | None = reading.values.get("during")
    if span is not None:
        return span
    day = Day().read("", {"": [written_day]}, [])
    return day if isinstance(day, date) else None


def _start_in(row: Any) -> str:
    during = row.get("during") if isinstance(row, dict) else None
    start = during.get("start") if isinstance(during, dict) else None
    return start if isinstance(start, str) else ""
