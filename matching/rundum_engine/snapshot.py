"""What the engine is told: one immutable picture of all open visits and all providers.

Times are whole minutes since 1970-01-01T00:00Z (`Minute`), spans are half-open, money is cents,
ids are the caller's integers. The engine knows no zone and no law: local days come as
`Calendar.midnights`, law and wishes come as limits, each with a reason key that is handed back
when the limit refuses somebody.
"""

from __future__ import annotations

from enum import IntFlag
from typing import Annotated, Literal

import msgspec

Minute = int


class Data(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value of the snapshot's documented JSON form."""


class Span(msgspec.Struct, frozen=True, order=True, array_like=True):
    """Half-open: `start` is inside, `end` is not."""

    start: Minute
    end: Minute


class Asker(IntFlag):
    """The kinds of client, as a mask: a limit names the kinds for which it holds."""

    HOUSEHOLD = 1
    CLUB = 2
    MUNICIPALITY = 4
    COMPANY = 8
    ANY = 15


class Calendar(Data, frozen=True, kw_only=True):
    """`midnights[i]` is when local day i begins; the last one ends the horizon.

    Days may last 23 or 25 hours. `first_weekday` is day 0's, Monday = 0. The days reach back far
    enough for every commitment that still counts into a cap.
    """

    midnights: tuple[Minute, ...]
    first_weekday: int


class Place(Data, frozen=True, kw_only=True):
    id: int
    lat: float
    lon: float


class Mode(Data, frozen=True, kw_only=True):
    """A means of transport: great circle × `detour` at `km_per_hour`, plus `overhead` minutes.

    The overhead is at least a minute: it keeps the triangle inequality safe from rounding.
    """

    key: str
    km_per_hour: float
    detour: float
    overhead: Annotated[int, msgspec.Meta(ge=1)]


# -- limits: law and wishes as data -------------------------------------------------------------


class Windows(Data, frozen=True, kw_only=True):
    """A visit of these askers, as far as it lies in `within`, must lie inside one of `spans`."""

    reason: str
    spans: tuple[Span, ...]
    askers: int = Asker.ANY
    hard: bool = True
    within: Span | None = None


class Cap(Data, frozen=True, kw_only=True):
    """At most `minutes` of work per local day, local week (Monday), or any `days` running days.

    All work counts, for whomever, minute by minute on the local day it falls on; only visits of
    `askers` starting in `within` are refused by it. `days` is for `rolling` alone.
    """

    reason: str
    minutes: int
    per: Literal["day", "week", "rolling"]
    days: int = 1
    askers: int = Asker.ANY
    hard: bool = True
    within: Span | None = None


class Rest(Data, frozen=True, kw_only=True):
    """Between work of different local days lie at least `minutes`.

    Work belongs to the local day on which it starts (a night belongs to its evening).
    """

    reason: str
    minutes: int
    askers: int = Asker.ANY
    hard: bool = True
    within: Span | None = None


class Days(Data, frozen=True, kw_only=True):
    """Work on at most `most` local days of a local week; work belongs to the day it starts on."""

    reason: str
    most: int
    askers: int = Asker.ANY
    hard: bool = True
    within: Span | None = None


class Refusal(Data, frozen=True, kw_only=True):
    """A visit that carries `tag` (`pets`, `unknown_client`, `ill_children` …) is refused."""

    reason: str
    tag: str
    askers: int = Asker.ANY
    hard: bool = True
    within: Span | None = None


# -- providers ----------------------------------------------------------------------------------


class Skill(Data, frozen=True, kw_only=True):
    """What a seat may need: `service:childcare`, `band:0-1`, `adult`, `first_aid`, `lang:en` …

    It must hold from the seat's start through its end.
    """

    key: str
    since: Minute | None = None
    until: Minute | None = None


class Commitment(Data, frozen=True, kw_only=True):
    """Time that is taken: a booking, a held offer, an entry of her own calendar.

    `start_place` and `end_place` are None where she may be anywhere (then no way is computed).
    `work` counts into caps, rest and days; past work is listed as far back as caps reach.
    """

    span: Span
    start_place: int | None = None
    end_place: int | None = None
    work: bool = True


class Provider(Data, frozen=True, kw_only=True):
    """`free` is where she says she can (sorted, merged, exceptions applied); her commitments are
    cut out of it by the engine, with the way in and out.

    `no_way_home` are spans in which she can't travel home any more (after the last bus): a seat
    whose way home would end inside one (behind its start, until its end) is refused; who lives
    there needs no way. `radius_km` is on the road and `radius_minutes` with her own mode, both for
    the longer one of the ways to the visit's start and home from its end. `recent_minutes` is her
    work of the last weeks, for fairness. `centres` are those besides `centre` that may place her.
    """

    id: int
    centre: int
    home: int
    mode: str
    radius_km: float | None = None
    radius_minutes: int | None = None
    lowest_rate: int | None = None
    free: tuple[Span, ...]
    commitments: tuple[Commitment, ...] = ()
    skills: tuple[Skill, ...] = ()
    windows: tuple[Windows, ...] = ()
    caps: tuple[Cap, ...] = ()
    rests: tuple[Rest, ...] = ()
    days: tuple[Days, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    no_way_home: tuple[Span, ...] = ()
    recent_minutes: int = 0
    centres: tuple[int, ...] = ()


# -- visits -------------------------------------------------------------------------------------


class Variant(Data, frozen=True, kw_only=True):
    """A start the family can live with; `cost` is what it loses against the wished one."""

    start: Minute
    cost: int = 0


class Need(Data, frozen=True, kw_only=True):
    """A skill the person must have (or, in `nice`, would please). Soft ones can be overridden."""

    skill: str
    hard: bool = True


class Seat(Data, frozen=True, kw_only=True):
    """One of the people a visit needs.

    The person is there from variant start + `begin` to variant start + `end` (minutes).
    `required` seats are the core: all of them or nobody. `holder` is who has it already (booked
    or asked): it counts as filled and is not planned again.
    """

    id: int
    role: Literal["lead", "normal", "extra", "reserve"] = "normal"
    required: bool = True
    begin: int = 0
    end: int
    needs: tuple[Need, ...] = ()
    nice: tuple[str, ...] = ()
    value: int = 0
    holder: int | None = None


class Visit(Data, frozen=True, kw_only=True):
    """One dated occurrence. `value` is earned when all required seats are filled, a seat's own
    `value` for each further one.

    `urgent` visits form the first tier. `tags` are what a provider may refuse. Only one variant
    happens, for all seats; a visit with a holder has one variant, the holder's. `rate` is cents
    an hour.
    """

    id: int
    request: int
    centre: int
    client: int
    asker: int
    variants: tuple[Variant, ...]
    start_place: int
    end_place: int
    seats: tuple[Seat, ...]
    value: int
    urgent: bool = False
    tags: tuple[str, ...] = ()
    rate: int | None = None
    series: int | None = None


class Series(Data, frozen=True, kw_only=True):
    """Visits that one provider should (`same="wished"`) or must (`"demanded"`) do together.

    Seats belong together by their position in their visits. Demanded: whoever does a seat of the
    series does every one of that position that is done at all (those she can't do stay open), and
    where somebody holds one, only holders may. Wished: `Weights.series_same` for each visit of
    the one who does most of them, or of the main holder.
    """

    id: int
    same: Literal["any", "wished", "demanded"]


# -- pairs --------------------------------------------------------------------------------------


class Bond(Data, frozen=True, kw_only=True):
    """A client and a provider who know or want each other: points are added to each of their
    visits; `together` counts visits they had."""

    client: int
    provider: int
    preferred: bool = False
    together: int = 0


class Barrier(Data, frozen=True, kw_only=True):
    """This provider does not come to this client or request: excluded, blocked, declined."""

    provider: int
    reason: str
    client: int | None = None
    request: int | None = None
    hard: bool = True


class Override(Data, frozen=True, kw_only=True):
    """Staff waived one soft reason for this pair of visit and provider."""

    visit: int
    provider: int
    reason: str


class Pin(Data, frozen=True, kw_only=True):
    """The desk's word: this provider must do this visit, or must not.

    `must` doesn't waive a refusal (that is what an override is for); a seat that is pinned, or
    the only open one of a pinned visit, is kept from everybody else.
    """

    visit: int
    provider: int
    must: bool
    seat: int | None = None


class Standing(Data, frozen=True, kw_only=True):
    """An offer that was planned before and may be planned anew, at the price of disruption."""

    seat: int
    provider: int


class Weights(Data, frozen=True, kw_only=True):
    """Points. One filled visit of normal priority is worth about 10,000.

    `kilometre` is for each kilometre of the way (see `Provider.radius_km`). `fairness_hour` is
    what the first hours of somebody who got none lately are worth; it falls with her hours (see
    `scoring.FAIRNESS`). `pinned` must outweigh anything a pin could displace.
    """

    preferred: int = 1500
    continuity: int = 300
    continuity_most: int = 1500
    nice: int = 400
    kilometre: int = -40
    series_same: int = 800
    inertia: int = 500
    fairness_hour: int = 60
    pinned: int = 1_000_000


class Snapshot(Data, frozen=True, kw_only=True):
    """Everything a plan depends on. Same snapshot and seed, same plan."""

    now: Minute
    calendar: Calendar
    places: tuple[Place, ...]
    modes: tuple[Mode, ...]
    providers: tuple[Provider, ...]
    visits: tuple[Visit, ...]
    series: tuple[Series, ...] = ()
    bonds: tuple[Bond, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    overrides: tuple[Override, ...] = ()
    pins: tuple[Pin, ...] = ()
    standing: tuple[Standing, ...] = ()
    weights: Weights = Weights()
    seed: int = 0
