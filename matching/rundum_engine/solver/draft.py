"""A plan while it is being made: always feasible, visits put in and taken out whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rundum_engine.index import Index
from rundum_engine.limits import broken, committed, compatible
from rundum_engine.scoring import Worth, worth
from rundum_engine.solver.options import Option


class Draft:
    """Teams by visit, agendas by provider, hands by demanded series."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.teams: dict[int, tuple[Option, ...]] = {}
        self.agendas: dict[int, list[Option]] = defaultdict(list)
        self.hands: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._committed = {p.id: committed(p.commitments) for p in index.snapshot.providers}

    def fits(self, option: Option, without: Sequence[Option] = ()) -> bool:
        """Whether the option can be added, if `without` were taken out first."""
        agenda = [o for o in self.agendas.get(option.provider.id, ()) if o not in without]
        for other in agenda:
            if other.visit.id == option.visit.id:
                return False
            if not compatible(self.index, option.provider, other.work, option.work):
                return False
        provider = option.provider
        if agenda and (provider.caps or provider.rests or provider.days):
            works = [*self._committed[provider.id], *(o.work for o in agenda), option.work]
            if next(broken(self.index.days, provider, works), None) is not None:
                return False
        return self._series_free(option, without)

    def _series_free(self, option: Option, without: Sequence[Option]) -> bool:
        key = self._demanded(option)
        if key is None:
            return True
        gone = [o.provider.id for o in without if self._demanded(o) == key]
        hands = list(self.hands[key])
        for provider in gone:
            hands.remove(provider)
        return all(provider == option.provider.id for provider in hands)

    def _demanded(self, option: Option) -> tuple[int, int] | None:
        series = option.visit.series
        if series is None or self.index.same.get(series) != "demanded":
            return None
        return series, option.at

    def put(self, team: Sequence[Option]) -> None:
        """Add to a visit's team."""
        visit = team[0].visit.id
        self.teams[visit] = (*self.teams.get(visit, ()), *team)
        for option in team:
            self.agendas[option.provider.id].append(option)
            if key := self._demanded(option):
                self.hands[key].append(option.provider.id)

    def drop(self, visit: int) -> tuple[Option, ...]:
        """Take a visit's whole team out."""
        team = self.teams.pop(visit)
        for option in team:
            self.agendas[option.provider.id].remove(option)
            if key := self._demanded(option):
                self.hands[key].remove(option.provider.id)
        return team

    def clashes(self, option: Option) -> set[int]:
        """Visits whose removal might make room: what she does that day, or what breaks a limit."""
        agenda = self.agendas.get(option.provider.id, ())
        return {
            other.visit.id
            for other in agenda
            if not compatible(self.index, option.provider, other.work, option.work)
        } or {other.visit.id for other in agenda if other.visit.id != option.visit.id}

    def options(self) -> Iterable[Option]:
        for visit in sorted(self.teams):
            yield from self.teams[visit]

    def worth(self) -> Worth:
        return worth(self.index, [option.assignment for option in self.options()])
