"""A look at the world shortly before many offers are written, so that each needn't ask for all.

Whoever is still as she was seen, under her lock, needs no second look; for anybody else every rule
is asked again in the offer's own transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from rundum_core.db import Transaction
from rundum_engine.plan import Why
from rundum_identity.centres import Centre, centres
from rundum_matching import snapshot
from rundum_matching.models import PlannedOffer
from rundum_matching.store import sights as store
from rundum_matching.store.sights import Stand

MOST = 200


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """How people stood, and what spoke against each of the planned seats (seat, person)."""

    centres: dict[int, Centre]
    stands: dict[int, Stand]
    refusals: dict[tuple[int, int], tuple[Why, ...]]

    def holds(self, stand: Stand) -> bool:
        """Whether nothing has changed about this person since."""
        return self.stands.get(stand.person) == stand


async def look(tx: Transaction, planned: Sequence[PlannedOffer]) -> Sight:
    """What speaks against these offers at this moment, in a fixed number of queries.

    How people stand is read first: what changes after that counts as changed.
    """
    persons = sorted({offer.person for offer in planned})
    stands = await store.stands_of_persons(tx, persons=persons, now=tx.now)
    return Sight(
        centres={centre.id: centre for centre in await centres(tx)},
        stands={stand.person: stand for stand in stands},
        refusals=await snapshot.refusals_of(tx, planned),
    )


def rounds(planned: Iterable[PlannedOffer]) -> Iterator[list[PlannedOffer]]:
    """The offers in lots in which nobody stands twice: writing one doesn't spoil the look at
    another. Earlier ones first."""
    waiting = list(planned)
    while waiting:
        lot: dict[int, PlannedOffer] = {}
        left = []
        for offer in waiting:
            if offer.person in lot or len(lot) == MOST:
                left.append(offer)
            else:
                lot[offer.person] = offer
        yield list(lot.values())
        waiting = left
