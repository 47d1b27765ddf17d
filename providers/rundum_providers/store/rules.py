"""The rules of a centre: the defaults, and what it has set otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import structlog
from msgspec import Struct

from rundum_core.db import Transaction
from rundum_core.queries import many
from rundum_providers.rules import CentreRule, Rulebook, checked, rulebook

log = structlog.get_logger()


class RuleRow(Struct, frozen=True, kw_only=True):
    centre: int
    key: str
    value: Any
    source: str
    valid_from: date


select_rules = many("providers/rule", "rules_of", RuleRow)


async def rulebooks(tx: Transaction, centres: Iterable[int]) -> dict[int, Rulebook]:
    """The rulebook of each centre. A row that is no rule (any more) is left out, with a line in
    the log: a matching run must not stand still because of it."""
    wanted = sorted(set(centres))
    own: dict[int, list[CentreRule]] = defaultdict(list)
    for row in await select_rules(tx, centres=wanted):
        rule = CentreRule(
            key=row.key, value=row.value, source=row.source, valid_from=row.valid_from
        )
        try:
            checked(rule)
        except ValueError:
            log.warning("rule of a centre is none", centre=row.centre, key=row.key)
        else:
            own[row.centre].append(rule)
    return {centre: rulebook(own[centre]) for centre in wanted}


async def rulebook_of(tx: Transaction, centre: int) -> Rulebook:
    """One centre's rules."""
    return (await rulebooks(tx, [centre]))[centre]
