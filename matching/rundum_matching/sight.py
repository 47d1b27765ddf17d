"""Who has changed since the world was read, so that a plan's offers needn't ask for every rule.

What a plan gives to somebody is verified together. Whoever is still as she was, under her lock,
needs no second look; for anybody else every rule is asked again in the offer's own transaction.
"""

from __future__ import annotations

from collections import Counter

from rundum_core.db import Transaction
from rundum_identity.centres import Centre, centres
from rundum_matching.models import PlannedOffer
from rundum_matching.store import pictures
from rundum_matching.store import sights as store
from rundum_matching.store.sights import Stand


class Sight:
    """The moment at which a world was read: `since` is the oldest transaction that it may have
    missed."""

    def __init__(self, since: int, changes: dict[int, int], known: dict[int, Centre]) -> None:
        self.since, self.centres = since, known
        self._changes = Counter(changes)

    def holds(self, person: int, stand: Stand) -> bool:
        """Whether nobody but this run has changed her since."""
        return stand.changes == self._changes[person] + self._changes[0]

    async def stand(self, tx: Transaction, person: int) -> Stand:
        """How she stands now; under her lock it stays so."""
        found = await store.stand_of_person(tx, person=person, since=self.since)
        assert found is not None
        return found

    def written(self, planned: PlannedOffer) -> None:
        """This run's own offer was committed: the time it holds is no change of the plan."""
        if not planned.parallel:
            self._changes[planned.person] += 1


async def look(tx: Transaction) -> Sight:
    """To be had before the world is read: what changes after that counts as changed."""
    since = await pictures.oldest_transaction(tx)
    assert since is not None
    changes = await store.changes_of_everybody(tx, since=since)
    return Sight(
        since,
        {line.person: line.changes for line in changes},
        {centre.id: centre for centre in await centres(tx)},
    )
