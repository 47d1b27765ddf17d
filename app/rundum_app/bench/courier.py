"""How many mails a second the courier writes, sends and records."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
import uvloop

from rundum_app.bench import sink
from rundum_core import events
from rundum_core.db import Database, Transaction
from rundum_core.i18n import Catalogues
from rundum_core.migrate import migrate
from rundum_core.postgres import embedded
from rundum_notifications.calendar import CalendarEntry
from rundum_notifications.courier import CONNECTIONS, Courier
from rundum_notifications.letters import LETTERS, Letter, Message
from rundum_notifications.messages import tell
from rundum_notifications.relay import Relay

TEMPLATE = "bench"


@click.command("courier")
@click.option("--deliveries", default=500, show_default=True, help="How many mails wait.")
@click.option("--connections", default=CONNECTIONS, show_default=True, help="To the sink at once.")
@click.option("--milliseconds", default=20, show_default=True, help="What the sink takes a mail.")
def command(deliveries: int, connections: int, milliseconds: int) -> None:
    """Mails a second into a sink that takes its time, over one connection and over several."""
    LETTERS.fill({TEMPLATE: _letter})
    with (
        tempfile.TemporaryDirectory(prefix="rundum-bench-", dir="/var/tmp") as folder,
        sink_taking(milliseconds / 1000) as port,
    ):
        # as root, the server's user has to pass
        Path(folder).chmod(0o711)
        with embedded(Path(folder)) as dsn:
            rates = {
                number: uvloop.run(_measure(dsn, port, deliveries, number))
                for number in sorted({1, connections})
            }
    for number, rate in rates.items():
        name = "connection " if number == 1 else "connections"
        click.echo(f"{number:2} {name} {rate:6.0f} mails/s")
    click.echo(f"ratio {rates[connections] / rates[1]:19.1f}")


async def _measure(dsn: str, port: int, deliveries: int, connections: int) -> float:
    await migrate(dsn)
    db = await Database.connect(dsn, key=bytes(32))
    relay = Relay(host=sink.HOST, port=port, sender="post@rundum.example", tls="none")
    texts = Catalogues.load("rundum_core", "rundum_notifications")
    courier = Courier(db, relay, "https://rundum.example", texts, connections=connections)
    try:
        async with db.work() as tx:
            await _fill(tx, deliveries)
        begin = time.perf_counter()
        sent = 0
        while count := await courier.run_once():
            sent += count
        seconds = time.perf_counter() - begin
        async with db.work() as tx:
            waiting = await tx.connection.fetchval(
                "SELECT count(*) FROM delivery WHERE state <> 'accepted'"
            )
        if sent != deliveries or waiting:
            raise click.ClickException(f"{sent} of {deliveries} mails sent, {waiting} wait")
        return deliveries / seconds
    finally:
        await courier.close()
        await db.close()


async def _fill(tx: Transaction, deliveries: int) -> None:
    """A centre, as many persons with an address, and a message to each."""
    connection = tx.connection
    await connection.execute(
        """INSERT INTO place
           (postal_code, name, municipality, district, state, lat, lon, search_key)
           VALUES ('39340', 'Testort', 'Testort', 'Testkreis', 'ST', 52.28, 11.41, 'testort')
           ON CONFLICT DO NOTHING;
           INSERT INTO centre (slug, name, place, phone, email, hours)
           SELECT 'bench', 'Familienservice', id, '+493904555012', 'info@rundum.example',
                  '{"monday": [["08:00:00", "16:00:00"]]}'
           FROM place LIMIT 1
           ON CONFLICT DO NOTHING"""
    )
    centre = await connection.fetchval("SELECT id FROM centre WHERE slug = 'bench'")
    people = await connection.fetch(
        """INSERT INTO person
           (given_name, family_name, search_key, sound_key, centres, created_at)
           SELECT 'Petra', 'Beispiel ' || n, 'petra beispiel', '127', ARRAY[$1::bigint], $2
           FROM generate_series(1, $3::integer) n RETURNING id""",
        centre,
        tx.now,
        deliveries,
    )
    await connection.execute(
        """INSERT INTO contact_point (person, channel, value, created_at)
           SELECT id, 'email', 'p' || id || '@example.org', $1 FROM person p
           WHERE NOT EXISTS (SELECT FROM contact_point c WHERE c.person = p.id)""",
        tx.now,
    )
    event = await events.must_record(tx, "bench.begun", 1, centre=centre)
    for (person,) in people:
        await tell(tx, event=event, person=person, template=TEMPLATE, subject=1, centre=centre)


async def _letter(tx: Transaction, message: Message) -> Letter:
    """As much as a confirmation needs: two look-ups, a button, a calendar entry."""
    for _ in range(2):
        await tx.connection.fetchrow("SELECT id, name FROM centre WHERE id = $1", message.centre)
    start = tx.now + timedelta(days=2)
    end = start + timedelta(hours=4)
    return Letter(
        context={"starts_at": start, "ends_at": end, "rate": 1450},
        button=("mail.same_link", "/bookings/AbC-_123"),
        calendar=CalendarEntry(
            uid=f"{message.id}@rundum.example",
            sequence=0,
            method="REQUEST",
            starts_at=start,
            ends_at=end,
            summary="Betreuung",
            location="Breite Straße 1, 39340 Haldensleben",
        ),
        package="rundum_app.bench",
    )


@contextmanager
def sink_taking(seconds: float) -> Iterator[int]:
    """A sink that takes so long for each mail; gives its port."""
    with subprocess.Popen(
        [sys.executable, "-m", sink.__name__, str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()
