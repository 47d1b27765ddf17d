"""Card indexes read in by the real services: all or nothing, once and for all."""

from __future__ import annotations

from datetime import date

import pytest

from card_files import CLIENTS, PROVIDERS, REQUESTS, a_book, mistakes, notes, outcomes
from factories import a_desk, a_sitter
from rundum_core.errors import Forbidden


async def test_providers_come_in_with_times_and_papers(desk) -> None:
    report = await desk.apply("providers", PROVIDERS)
    assert (mistakes(report), outcomes(report)) == ([], ["new", "new"])
    assert report.applied
    petra, ines = await desk.rows(
        "SELECT p.*, v.transport, v.street, v.status FROM person p JOIN provider v "
        "ON v.person = p.id ORDER BY p.id"
    )
    assert (petra["birth_date"], petra["transport"]) == (date(1987, 3, 1), "car")
    assert (ines["birth_date"], ines["family_name"]) == (date(1990, 2, 1), "Groß")
    assert {row["status"] for row in (petra, ines)} == {"applicant"}
    papers = await desk.rows("SELECT kind, seen_on, valid_until FROM credential ORDER BY kind")
    assert papers == [
        # as old as it may have been when it was shown
        {"kind": "certificate", "seen_on": date(2026, 1, 12), "valid_until": date(2030, 10, 12)},
        {"kind": "first_aid", "seen_on": date(2025, 3, 15), "valid_until": date(2027, 3, 15)},
    ]
    assert await desk.count("availability") == 7
    phones = await desk.rows("SELECT value FROM contact_point WHERE channel = 'phone' ORDER BY id")
    assert [row["value"] for row in phones] == ["+493904555012", "+491701234567", "+491717654321"]


@pytest.mark.parametrize(
    ("table", "text"),
    [("providers", PROVIDERS), ("clients", CLIENTS), ("requests", REQUESTS)],
)
async def test_a_trial_changes_nothing_and_the_same_file_twice_neither(desk, table, text) -> None:
    before = await desk.everything()
    tried = await desk.try_out(table, text)
    assert (mistakes(tried), outcomes(tried)) == ([], ["new", "new"])
    assert not tried.applied
    assert await desk.everything() == before
    done = await desk.apply(table, text, shown=tried.digest)
    assert done.applied
    after = await desk.everything()
    assert after != before
    again = await desk.apply(table, text)
    assert (again.applied, outcomes(again)) == (True, ["unchanged", "unchanged"])
    assert await desk.everything() == after


async def test_one_mistake_keeps_all_rows_out_and_every_mistake_is_told(desk) -> None:
    before = await desk.everything()
    text = PROVIDERS.replace("01.02.90", "31.02.90").replace("Mo 8-12", "nachmittags")
    text = text.replace("Haushaltshilfe;;Fahrrad", "Gärtnern;;Bus")
    report = await desk.apply("providers", text)
    assert not report.applied
    assert set(mistakes(report)) == {
        (7, "geb.", "forms.date.never"),
        (7, "Tätigkeit", "card_index.cell.word"),
        (7, "Zeiten", "card_index.cell.hours"),
        (7, "Letzte Fahrt", "providers.rule.last_way_home"),
    }
    assert await desk.everything() == before


async def test_a_changed_row_changes_only_what_it_says(desk) -> None:
    await desk.apply("providers", PROVIDERS)
    text = (
        "Nachname;Vorname;Geburtsdatum;Straße;E-Mail;Zeiten\n"
        "Müller;Petra;01.03.1987;Am Anger 9;;Mo 8-12\n"
    )
    report = await desk.apply("providers", text)
    (row,) = report.rows
    assert (row.outcome, row.changes) == ("changed", ("Straße", "Zeiten"))
    (petra,) = await desk.rows(
        "SELECT v.street, v.transport FROM provider v JOIN person p ON p.id = v.person "
        "WHERE p.given_name = 'Petra'"
    )
    assert petra == {"street": "Am Anger 9", "transport": "car"}


async def test_the_same_name_alone_is_asked_about_and_neu_answers(desk) -> None:
    await a_sitter(desk.db, desk.centre, name="Petra Müller", phone="+493904555999")
    line = (
        "Kennung;Nachname;Vorname;geb.;Straße;PLZ Ort;Handy;Leistungen;Altersgruppen;"
        "Unterwegs mit;Einwilligung\n"
        "{};Müller;Petra;;Am Markt 3;39340 Haldensleben;0170 1234567;Kinderbetreuung;2-3 Jahre;"
        "Auto;ja\n"
    )
    asked = await desk.apply("providers", line.format(""))
    assert (2, "Kennung", "card_index.ask.same_name") in mistakes(asked)
    other = await desk.apply("providers", line.format("neu").replace(";;Am", ";1.1.1990;Am"))
    assert outcomes(other) == ["new"]


async def test_two_birth_dates_are_two_persons_even_with_one_telephone(desk) -> None:
    await desk.apply("providers", PROVIDERS)
    younger = PROVIDERS.replace("1.3.1987", "1.3.2005")
    report = await desk.apply("providers", younger)
    assert outcomes(report) == ["new", "unchanged"]


async def test_the_same_person_twice_in_a_file_is_a_mistake(desk) -> None:
    lines = PROVIDERS.splitlines()
    report = await desk.apply("providers", "\n".join([*lines, lines[4]]))
    assert mistakes(report) == [(8, "", "card_index.row.double")]


async def test_consent_is_a_column_or_is_said_for_all(desk) -> None:
    without = PROVIDERS.replace(";Einwilligung", "").replace(";ja\n", "\n").replace(";x\n", "\n")
    refused = await desk.apply("providers", without)
    assert {key for _, _, key in mistakes(refused)} == {"providers.rule.privacy"}
    taken = await desk.apply("providers", without, consent_on_file=True)
    assert outcomes(taken) == ["new", "new"]


async def test_a_paper_that_is_over_is_left_out_and_said(desk) -> None:
    report = await desk.apply("providers", PROVIDERS.replace("15.03.2027", "03/2024"))
    assert notes(report) == [(5, "Erste Hilfe bis", "card_index.note.over")]
    assert report.applied
    assert await desk.count("credential") == 1


async def test_a_minor_needs_guardians_here_too(desk) -> None:
    text = PROVIDERS.replace("1.3.1987", "1.3.2011")
    report = await desk.try_out("providers", text)
    assert (5, "Sorgeberechtigte", "providers.rule.guardian_missing") in mistakes(report)


async def test_an_excel_list_with_titles_merged_cells_and_real_days(desk) -> None:
    book = a_book(
        [
            ["Anfragen Dezember"],
            [],
            ["Name", "Handy", "Straße", "PLZ Ort", "Leistung", "Datum", "von", "bis", "Kinder"],
            ["Eva Krause", "0170 5550001", "Lindenweg 4", "39179 Barleben", "Babysitting",
             date(2026, 12, 5), "18", "22", "2-3"],
            [None, None, None, None, None, date(2026, 12, 6), "9", "12", "2-3"],
        ],
        merged=("A1:I1", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:E5"),
    )  # fmt: skip
    report = await desk.apply("requests", book)
    assert (mistakes(report), outcomes(report)) == ([], ["new", "new"])
    assert (await desk.count("client"), await desk.count("care_request")) == (1, 2)
    assert await desk.count("person") == 2  # she, and who runs the centre


async def test_requests_find_the_family_that_is_known(desk) -> None:
    await desk.apply("clients", CLIENTS)
    report = await desk.apply("requests", REQUESTS)
    assert outcomes(report) == ["new", "new"]
    assert await desk.count("client") == 3
    (eva,) = await desk.rows(
        "SELECT r.note, r.channel, r.state FROM care_request r JOIN client c ON c.id = r.client "
        "WHERE c.name = 'Eva Krause'"
    )
    assert eva == {"note": "bitte klingeln", "channel": "phone", "state": "open"}


async def test_a_known_request_stays_as_it_is_also_when_its_time_has_come(desk) -> None:
    await desk.apply("requests", REQUESTS)
    changed = REQUESTS.replace("bitte klingeln", "nicht klingeln")
    report = await desk.apply("requests", changed)
    assert outcomes(report) == ["unchanged", "unchanged"]
    assert notes(report) == [(2, "Bemerkung", "card_index.note.stays")]
    desk.db.clock.now = desk.db.clock.now.replace(month=12, day=20)
    assert outcomes(await desk.apply("requests", REQUESTS)) == ["unchanged", "unchanged"]


async def test_a_request_with_mistakes_tells_them_by_column(desk) -> None:
    text = REQUESTS.replace("Sa, 5.12.2026", "5.12.2024").replace("1x 2-3, 1x 4-6", "drei")
    report = await desk.apply("requests", text.replace("22 Uhr", "25"))
    assert set(mistakes(report)) >= {
        (2, "Kinder", "card_index.cell.children"),
        (2, "Datum", "requests.rule.past"),
        (2, "bis", "forms.time.form"),
    }
    assert await desk.count("care_request") == 0


async def test_what_has_changed_since_it_was_shown_is_not_applied(desk) -> None:
    tried = await desk.try_out("clients", CLIENTS)
    await desk.apply("clients", "\n".join(CLIENTS.splitlines()[:2]))
    done = await desk.apply("clients", CLIENTS, shown=tried.digest)
    assert not done.applied
    assert outcomes(done) == ["unchanged", "new"]
    assert await desk.count("client") == 1


async def test_each_import_leaves_an_event_with_counts_only(desk) -> None:
    await desk.apply("clients", CLIENTS)
    (event,) = await desk.rows("SELECT * FROM event WHERE kind = 'card_index.imported'")
    assert event["actor"] == desk.actor.person
    assert event["data"] == {"table": "clients", "added": 2, "changed": 0, "unchanged": 0}


async def test_only_administrators_may(desk) -> None:
    only_desk = type(desk)(desk.db, desk.centre, await a_desk(desk.db, desk.centre))
    with pytest.raises(Forbidden):
        await only_desk.try_out("clients", CLIENTS)
    with pytest.raises(Forbidden):
        await only_desk.export("clients", "csv")
