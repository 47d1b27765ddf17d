"""Who is free, kept in this process: a centre's crowd, read once and then person by person.

Built from the tables when somebody asks first, brought up to date from `provider_change` at each
question, and dropped whenever that is easier: nothing is lost with it.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from msgspec.structs import replace

from rundum_core.clock import BERLIN
from rundum_core.db import Database
from rundum_engine.snapshot import Place, Provider
from rundum_identity.centres import centre_by_id
from rundum_matching import snapshot
from rundum_matching.store import pictures as store

if TYPE_CHECKING:
    from rundum_engine.crowd import Crowd

BESIDE = timedelta(days=7)  # how much further than a run looks a visit may be moved
AT_ONCE = 200  # people read in one transaction: pages wait meanwhile


class _Kept(NamedTuple):
    """A crowd of a local day, with what transactions before `mark` did to it."""

    crowd: Crowd
    mark: int
    day: date
    before: datetime


class _Shelf:
    """What one process keeps of one database."""

    def __init__(self) -> None:
        self.kept: dict[int, _Kept] = {}
        self.reading: dict[int, asyncio.Lock] = {}


_SHELVES: WeakKeyDictionary[Database, _Shelf] = WeakKeyDictionary()


async def crowd(db: Database, centre: int) -> Crowd:
    """Everybody whom a centre may place, as they are now."""
    shelf = _SHELVES.setdefault(db, _Shelf())
    async with shelf.reading.setdefault(centre, asyncio.Lock()):
        kept = shelf.kept.get(centre)
        fresh = None if kept is None else await _brought_up_to_date(db, centre, kept)
        if fresh is None:
            fresh = await _read(db, centre)
        shelf.kept[centre] = fresh
        return fresh.crowd


def drop(db: Database) -> None:
    """Forget it all; the next question reads anew."""
    _SHELVES.pop(db, None)


async def _brought_up_to_date(db: Database, centre: int, kept: _Kept) -> _Kept | None:
    """Those who changed read again; None where everybody has to be."""
    async with db.work() as tx:
        if tx.now.astimezone(BERLIN).date() != kept.day:
            return None
        mark = await store.oldest_transaction(tx)
        changed = await store.changed_providers(tx, since=kept.mark)
        if mark is None or 0 in changed or len(changed) > AT_ONCE:
            return None
        if not changed:
            return kept._replace(mark=mark)
        now = await snapshot.crowd_of(tx, changed, before=kept.before)
        people = [one for one in now.providers if one.centre == centre]
        crowd = kept.crowd.updated(people, changed, now.places)
        return kept._replace(crowd=crowd, mark=mark)


async def _read(db: Database, centre: int) -> _Kept:
    from rundum_engine.crowd import Crowd  # numpy is loaded by the first question, not before

    async with db.work() as tx:
        mark = await store.oldest_transaction(tx)
        assert mark is not None
        settings = (await centre_by_id(tx, centre)).settings
        before = tx.now + timedelta(days=settings.horizon_days) + BESIDE
        persons = await store.providers_of_centre(tx, centre=centre)
        day = tx.now.astimezone(BERLIN).date()
        ground = await snapshot.crowd_of(tx, [], before=before)
    people: list[Provider] = []
    places: dict[int, Place] = {}
    for at in range(0, len(persons), AT_ONCE):
        async with db.work() as tx:
            part = await snapshot.crowd_of(tx, persons[at : at + AT_ONCE], before=before)
        people += part.providers
        places |= {place.id: place for place in part.places}
    whole = replace(ground, providers=tuple(people), places=tuple(places.values()))
    return _Kept(Crowd(whole), mark, day, before)
