"""The table of rights: what it allows, and that nobody asks for a verb that isn't in it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest

import rundum_identity
from rundum_core.actor import WORKER, Actor, Role, visitor
from rundum_core.errors import Forbidden, NotFound
from rundum_identity.rights import RIGHTS, Who, allow, as_markdown, may, require

ROOT = Path(rundum_identity.__file__).parents[2]
FOLDERS = ("core", "notifications", "requests", "providers", "matching", "app")
ASKING = {"allow", "may"}


def actor(*roles: Role, person: int | None = 7, link: int | None = None) -> Actor:
    return Actor(kind="web", centre=1, person=person, roles=frozenset(roles), link=link)


def verbs_of(call: ast.Call) -> list[str]:
    """The verb that a call asks for; of f-strings all that the table has with such a beginning."""
    if len(call.args) < 2:
        return []
    match call.args[1]:
        case ast.Constant(value=str(verb)):
            return [verb]
        case ast.JoinedStr(values=[ast.Constant(value=str(begin)), *_]):
            return [verb for verb in RIGHTS if verb.startswith(begin)] or [begin]
    return []


def used_verbs() -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    if name in ASKING:
                        found |= dict.fromkeys(verbs_of(node), str(path.relative_to(ROOT)))
    return found


def test_every_verb_that_is_asked_for_is_in_the_table() -> None:
    used = used_verbs()
    assert used, "somebody asks"
    assert {verb: where for verb, where in used.items() if verb not in RIGHTS} == {}


def test_the_table_names_only_known_capacities() -> None:
    known = {*get_args(Role), "visitor", "holder", "program"}
    assert {who for row in RIGHTS.values() for who in row} <= known
    assert get_args(Who)


def test_staff_may_do_everything_but_what_is_an_administrators() -> None:
    kept = {verb for verb in RIGHTS if not may(actor("desk"), verb)}
    assert kept == {
        "centre.configure",
        "staff.manage",
        "key.manage",
        "event.list",
        "card_index.import",
        "card_index.export",
    }
    assert all(may(actor("administrator"), verb) for verb in RIGHTS)


def test_the_house_itself_may_do_everything() -> None:
    for verb in RIGHTS:
        allow(WORKER, verb)


def test_a_visitor_may_only_ask_for_care_and_offer_help() -> None:
    assert {verb for verb in RIGHTS if may(visitor(1), verb)} == {
        "request.submit",
        "provider.register",
    }


def test_a_provider_answers_her_own_offers_only() -> None:
    allow(actor("provider"), "offer.accept", owner=7)
    with pytest.raises(NotFound):
        allow(actor("provider"), "offer.accept", owner=8)
    with pytest.raises(NotFound):
        allow(actor("provider"), "offer.accept")


def test_one_of_several_owners_is_enough() -> None:
    allow(actor("client"), "request.cancel", owner={3, 7})
    with pytest.raises(NotFound):
        allow(actor("client"), "request.cancel", owner=frozenset())


def test_who_has_the_wrong_role_is_refused_whatever_the_thing() -> None:
    with pytest.raises(Forbidden) as refused:
        allow(actor("client"), "offer.accept", owner=7)
    assert refused.value.key == "error.forbidden"


def test_somebody_unknown_is_asked_to_sign_in() -> None:
    with pytest.raises(Forbidden) as refused:
        allow(visitor(1), "request.cancel", owner=7)
    assert refused.value.key == "error.sign_in"


def test_a_link_opens_what_it_was_made_for_and_only_its_holders_own() -> None:
    holder = actor(link=4)
    allow(holder, "offer.accept", owner=7)
    with pytest.raises(NotFound):
        allow(holder, "offer.accept", owner=8)
    with pytest.raises(Forbidden):
        allow(holder, "availability.change", owner=7)
    with pytest.raises(NotFound):
        allow(actor(link=4, person=None), "request.view", owner=())


def test_a_verb_that_is_not_in_the_table_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        allow(actor("desk"), "offer.devour")


def test_the_second_line_asks_for_roles_here() -> None:
    require(actor("desk"), "desk", "administrator")
    require(actor())
    with pytest.raises(Forbidden):
        require(actor("provider"), "desk", "administrator")
    with pytest.raises(Forbidden) as refused:
        require(visitor(1))
    assert refused.value.key == "error.sign_in"


def test_the_documents_carry_the_table_as_the_command_prints_it() -> None:
    written = (ROOT / "docs" / "rights.md").read_text("utf-8")
    assert written == as_markdown(), "rundum rights > docs/rights.md"
