"""A provider's private calendar: made by herself, taken back by herself, villages only."""

from __future__ import annotations

import pytest

from factories import a_request, a_sitter
from helpers_placing import Placing
from rundum_core.errors import NotFound
from rundum_matching import feeds, offers, views


async def test_a_feed_is_made_by_its_provider_and_a_new_address_ends_the_old_one(
    placing: Placing,
) -> None:
    petra = await a_sitter(placing.db, placing.centre)
    who = placing.actor(petra)
    request = await a_request(placing.db, placing.centre, approval="book")
    (offer,) = await placing.asks(request, petra)
    await offers.accept(placing.db, who, offer)
    assert await feeds.feed_address(placing.db, who) is None
    first = await feeds.new_feed_address(placing.db, who)
    assert await feeds.feed_address(placing.db, who) == first
    token = first.removeprefix("/calendars/").removesuffix(".ics")
    reached = await views.reach(placing.db, who, "feed", token)
    (entry,) = await views.feed_of(placing.db, reached.actor, reached.id, "Einsatz in {}".format)
    assert (entry.summary, entry.location) == ("Einsatz in Haldensleben", None)
    second = await feeds.new_feed_address(placing.db, who)
    assert second != first
    with pytest.raises(NotFound):
        await views.reach(placing.db, who, "feed", token)
