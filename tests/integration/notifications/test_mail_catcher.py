"""The development mail catcher: real SMTP in, pages out."""

from __future__ import annotations

from pathlib import Path

import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import AsyncTestClient

from rundum_notifications import catcher
from rundum_notifications.catcher_pages import routes, with_links
from rundum_web.furniture import Furniture


@pytest.fixture
async def caught(tmp_path):
    running = await catcher.start("127.0.0.1", 0, tmp_path / "mails")
    yield running
    await running.close()


@pytest.fixture
async def pages(caught):
    def directory() -> Path:
        return caught.directory

    app = Litestar(
        routes,
        dependencies={"mail_directory": Provide(directory, sync_to_thread=False)},
        plugins=[
            Furniture(
                "rundum_core",
                "rundum_web",
                "rundum_notifications",
                base_url="http://localhost:8080",
                development=True,
            )
        ],
    )
    async with AsyncTestClient(app) as client:
        yield client


async def test_a_letter_goes_from_the_courier_to_the_page(world, courier_to, caught, pages):
    person = await world.person(email="petra@example.org")
    await world.tell(person, "sample_booking")
    await courier_to(caught.port).run_once()

    (mail,) = catcher.mails(caught.directory)
    assert mail.subject == "Fest vereinbart: Mo, 14. Juni"
    assert "petra@example.org" in mail.recipient

    listed = await pages.get("/mails")
    assert f'href="/mails/{mail.name}"' in listed.text

    shown = await pages.get(f"/mails/{mail.name}")
    assert '<a href="https://rundum.example/bookings/AbC-_123">' in shown.text
    assert "termin.ics" in shown.text
    assert "'unsafe" not in shown.headers["content-security-policy"]

    letter = await pages.get(f"/mails/{mail.name}/letter")
    assert "Petra M. kommt zu Ihnen." in letter.text
    assert "sandbox" in letter.headers["content-security-policy"]
    assert "script" not in letter.headers["content-security-policy"]

    file = await pages.get(f"/mails/{mail.name}/files/0")
    assert file.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert file.headers["content-disposition"] == 'attachment; filename="termin.ics"'

    source = await pages.get(f"/mails/{mail.name}/source")
    assert "Auto-Submitted: auto-generated" in source.text
    assert source.headers["content-type"].startswith("text/plain")


async def test_an_empty_catcher_says_what_will_be_there(pages):
    assert "Noch keine Mail" in (await pages.get("/mails")).text


@pytest.mark.parametrize(
    "path",
    ["/mails/nothing", "/mails/..%2Fsecret", "/mails/..", "/mails/x%01y", "/mails/a/files/7"],
)
async def test_what_is_no_mail_is_not_found(pages, caught, path):
    (caught.directory.parent / "secret.eml").write_text("Subject: gibberish\n\ngibberish")
    answer = await pages.get(path)
    assert answer.status_code == 404
    assert "gibberish" not in answer.text


async def test_only_the_newest_are_kept(world, courier_to, caught, monkeypatch):
    monkeypatch.setattr(catcher, "KEPT", 6)
    monkeypatch.setattr(catcher, "CLEARED_EVERY", 2)
    for number in range(15):
        await world.mail(number)
    await courier_to(caught.port, connections=1).run_once()
    kept = catcher.mails(caught.directory)
    assert 4 <= len(kept) <= 6
    assert "p14@example.org" in kept[0].recipient
    assert sorted((mail.at for mail in kept), reverse=True) == [mail.at for mail in kept]


async def test_a_full_disk_is_a_mail_that_waits(world, courier_to, caught):
    id = await world.mail()
    caught.directory.rmdir()
    await courier_to(caught.port).run_once()
    assert (await world.delivery(id))["error"] == "data 451 4.3.0"


def test_links_in_a_text_can_be_clicked_and_nothing_else_is_markup():
    assert with_links('<b>Hier: https://a.example/b?c=1&d="2".</b>') == (
        '&lt;b&gt;Hier: <a href="https://a.example/b?c=1&amp;d=">https://a.example/b?c=1&amp;d=</a>'
        "&#34;2&#34;.&lt;/b&gt;"
    )
