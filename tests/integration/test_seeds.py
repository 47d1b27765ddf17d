"""The factories themselves and the demo centre: sound, the same every time, silent."""

from __future__ import annotations

from datetime import date

from factories import a_centre, a_client, a_desk, a_request, a_sitter, a_staff, moments
from rundum_app.check import faults
from rundum_core.db import Database
from rundum_matching import runs
from rundum_matching.solver import Solver


async def test_what_factories_make_breaks_no_invariant(db: Database) -> None:
    centre = await a_centre(db)
    await a_staff(db, centre, "administrator")
    petra = await a_sitter(db, centre, free="mon-fri 14-19, sat 18-23:30, fri 8-12 /2")
    await a_sitter(
        db, centre, birth_date=date(2011, 3, 1), email=None, guardians=("ines@example.org", None)
    )
    club = await a_client(db, centre, "club")
    await a_request(db, centre, preferred=[petra])
    await a_request(db, centre, club, ["sat 14-18", "sun 14-18 +1"], people=4, service="event")
    assert (await a_desk(db, centre)).is_staff
    assert await faults(db) == []


async def test_whoever_a_factory_makes_may_be_placed(db: Database) -> None:
    centre = await a_centre(db)
    await a_sitter(db, centre, free="sat 19-22")
    await a_sitter(db, centre, free="wed 15-18", birth_date=date(2009, 3, 1), transport="bike")
    await a_request(db, centre, when="sat 19-22")
    await a_request(db, centre, when=moments("wed 16-18"))
    solver = Solver()
    done = await runs.run(db, solver, trigger="demand")
    solver.close()
    assert done is not None
    assert (done.visits, done.offered) == (2, 2)
    assert await faults(db) == []
