"""A good plan without proof: the dearest visit first, then ejections as long as they pay."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rundum_engine.index import Index
from rundum_engine.scoring import earned_by
from rundum_engine.snapshot import Visit
from rundum_engine.solver.draft import Draft
from rundum_engine.solver.options import Choices, Option


def construct(index: Index, options: dict[int, Choices]) -> Draft:
    """Visits by pins, urgency, value and scarcity; each takes the best team that fits."""
    draft = Draft(index)
    for visit in _order(index, options):
        fill(draft, visit, options[visit.id])
    return draft


def _order(index: Index, options: dict[int, Choices]) -> list[Visit]:
    def key(visit: Visit) -> tuple[int, int, int, int, int]:
        pinned = any(pin.must for pin in index.pins.get(visit.id, ()))
        chances = min((len(found) for found in options[visit.id].values()), default=0)
        return -int(pinned), -int(visit.urgent), -visit.value, chances, visit.id

    return sorted(index.snapshot.visits, key=key)


def fill(draft: Draft, visit: Visit, choices: Choices) -> bool:
    """Put the best team that fits, over all starts; False if there is none worth its points."""
    best: tuple[int, tuple[Option, ...]] | None = None
    for number, variant in enumerate(visit.variants):
        team = _team(draft, visit, number, choices)
        if not team:
            continue
        points = sum(o.score + (0 if o.seat.required else o.seat.value) for o in team)
        points += earned_by(visit, [o.seat.id for o in team]) - variant.cost
        if best is None or points > best[0]:
            best = points, team
    if best is None or (best[0] <= 0 and not visit.urgent):
        return False
    draft.put(best[1])
    return True


def _team(draft: Draft, visit: Visit, number: int, choices: Choices) -> tuple[Option, ...]:
    """All required seats by augmenting paths, then each extra seat that adds points."""
    open_at = [at for variant, at in choices if variant == number]
    possible = {
        at: [option for option in choices[number, at] if draft.fits(option)] for at in open_at
    }
    core = [at for at in open_at if visit.seats[at].required]
    taken: dict[int, Option] = {}  # provider -> option

    def place(at: int, seen: set[int]) -> bool:
        for option in possible[at]:
            provider = option.provider.id
            if provider in seen:
                continue
            seen.add(provider)
            if provider not in taken or place(taken[provider].at, seen):
                taken[provider] = option
                return True
        return False

    for at in sorted(core, key=lambda at: len(possible[at])):
        if not place(at, set()):
            return ()
    for at in open_at:
        if at in core:
            continue
        for option in possible[at]:
            if option.provider.id not in taken:
                if option.score + option.seat.value > 0:
                    taken[option.provider.id] = option
                break
    return tuple(sorted(taken.values(), key=lambda o: o.at))


def improve(
    draft: Draft, options: dict[int, Choices], deadline: Callable[[], bool] | None = None
) -> Draft:
    """Push visits out for unfilled ones and place them elsewhere, while the plan gains."""
    gaining = True
    while gaining:
        gaining = False
        for visit in _order(draft.index, options):
            if deadline is not None and deadline():
                return draft
            if visit.id not in draft.teams and _eject(draft, visit, options):
                gaining = True
    return draft


def _eject(draft: Draft, visit: Visit, options: dict[int, Choices]) -> bool:
    before = draft.worth()[:2]
    for victims in _victims(draft, options[visit.id]):
        out = [draft.drop(victim) for victim in victims]
        if fill(draft, visit, options[visit.id]):
            again = [v for v in victims if fill(draft, draft.index.visits[v], options[v])]
            if draft.worth()[:2] > before:
                return True
            for victim in again:
                draft.drop(victim)
            draft.drop(visit.id)
        for team in out:
            draft.put(team)
    return False


def _victims(draft: Draft, choices: Choices, most: int = 12) -> Iterable[tuple[int, ...]]:
    """Small sets of visits whose removal might make room, each once, at most `most`."""
    seen: set[tuple[int, ...]] = set()
    for found in choices.values():
        for option in found[:8]:
            clashes = draft.clashes(option)
            sets = [tuple(sorted(clashes))] if len(clashes) <= 2 else [(c,) for c in clashes]
            for victims in sets:
                if victims and victims not in seen and len(seen) < most:
                    seen.add(victims)
                    yield victims
