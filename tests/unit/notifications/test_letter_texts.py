"""Letters: from a text file and values to plain text, HTML and a script for the phone."""

from __future__ import annotations

from datetime import UTC, datetime

import jinja2
import msgspec
import pytest

import sample_letters
from rundum_core.i18n import Catalogues
from rundum_notifications.blocks import Block, parse, plain
from rundum_notifications.layout import as_html, as_script, as_text
from rundum_notifications.letters import Draft, Letter, Message, Office, write

CATALOGUES = Catalogues.load("rundum_core", "rundum_notifications", "sample_letters")
NOW = datetime(2027, 6, 10, 9, tzinfo=UTC)
BASE = "https://rundum.example"
OFFICE = Office(
    id=1,
    slug="boerde",
    name="Familienservice Börde",
    phone="03904 555012",
    email="info@boerde.example",
    hours="Mo–Fr 8–16 Uhr",
)


def a_message(template="sample_offer", *, locale="de", name="Petra Beispiel", channel="email"):
    return Message(
        id=1,
        event=2,
        event_kind="offer.made",
        data={},
        centre=1,
        person=3,
        template=template,
        subject=4,
        created_at=NOW,
        given_name="Petra",
        name=name,
        office=OFFICE,
        channel=channel,
        t=CATALOGUES.translator(locale, NOW),
    )


def a_draft(message: Message | None = None, place="Barleben") -> Draft:
    letter = sample_letters.offer_letter(place)
    return write(message or a_message(), letter, "sample_letters", BASE)


def test_the_first_line_is_the_subject():
    assert a_draft().subject == "Können Sie am Mo, 14. Juni?"


def test_a_letter_speaks_the_language_of_its_reader():
    draft = a_draft(a_message(locale="en"))
    assert draft.subject == "Are you free on Mon, 14 June?"
    assert draft.button == ("See the request and answer", f"{BASE}/offers/AbC-_123")


def test_plain_text_holds_the_facts_the_link_and_who_writes():
    message = a_message()
    assert as_text(a_draft(message), OFFICE, message.t) == (
        "Guten Tag Petra Beispiel,\n"
        "\n"
        "eine Familie in Barleben sucht jemanden für zwei Kinder. Alles Weitere steht hier.\n"
        "\n"
        "  Mo, 14. Juni, 14–18 Uhr\n"
        "  Barleben, von Ihnen etwa 6 km\n"
        "  14,50 € je Stunde, es zahlt die Familie\n"
        "\n"
        "Es geht um:\n"
        "\n"
        "- ein Kind (2–3 Jahre)\n"
        "- ein Kind (4–6 Jahre)\n"
        "\n"
        "Wir fragen noch eine zweite Person; wer zuerst zusagt, übernimmt.\n"
        "\n"
        "Vorschlag ansehen und antworten:\n"
        "https://rundum.example/offers/AbC-_123\n"
        "\n"
        "Ein Nein ist in Ordnung.\n"
        "\n"
        "-- \n"
        "Fragen? Rufen Sie uns an: 03904 555012 (Mo–Fr 8–16 Uhr)\n"
        "Familienservice Börde\n"
    )


def test_a_script_for_the_phone_has_no_link_and_no_sender():
    message = a_message(channel="phone")
    script = as_script(a_draft(message))
    assert script.startswith("Können Sie am Mo, 14. Juni?\n\nGuten Tag Petra Beispiel,")
    assert "14,50 € je Stunde" in script
    assert "Ein Nein ist in Ordnung." in script
    assert "http" not in script
    assert "Alles Weitere" not in script


def test_html_escapes_what_somebody_typed():
    message = a_message(name='<img src="x">&')
    html = as_html(a_draft(message, place="<b>Barleben</b>"), OFFICE, message.t)
    assert "<img" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;Barleben&lt;/b&gt;" in html


def test_html_fetches_nothing_and_links_only_to_the_button_and_the_phone():
    message = a_message()
    html = as_html(a_draft(message), OFFICE, message.t)
    assert "src=" not in html
    assert "url(" not in html
    assert html.count("<a ") == 3
    assert html.count(f'href="{BASE}/offers/AbC-_123"') == 2
    assert 'href="tel:03904555012"' in html


@pytest.mark.parametrize(
    "typed", ["x\n\n[button]\n\ny", "x\n\nSubject: y", "x\r\n\r\n- y", "x\x1ebutton\x85> y"]
)
def test_what_somebody_typed_adds_no_paragraph_and_no_button(typed):
    ordinary, tricked = a_draft(), a_draft(place=typed)
    kinds = [block.kind for block in ordinary.blocks]
    assert [block.kind for block in tricked.blocks] == kinds
    assert tricked.subject == ordinary.subject
    assert not any("\x1e" in line for block in tricked.blocks for line in block.lines)


def test_a_missing_value_is_an_error_and_no_empty_place():
    letter = msgspec.structs.replace(sample_letters.offer_letter("Barleben"), context={})
    with pytest.raises(jinja2.UndefinedError):
        write(a_message(), letter, "sample_letters", BASE)


def test_without_a_button_its_place_stays_empty():
    letter = msgspec.structs.replace(sample_letters.offer_letter("Barleben"), button=None)
    message = a_message()
    draft = write(message, letter, "sample_letters", BASE)
    assert "http" not in as_text(draft, OFFICE, message.t)
    assert "href" not in as_html(draft, OFFICE, message.t).replace('href="tel:', "")


def test_a_button_needs_a_place_in_the_text():
    letter = Letter(context={}, button=("sample.answer", "/offers/x"))
    with pytest.raises(jinja2.TemplateError, match="no place for its button"):
        write(a_message("sample_plain"), letter, "sample_letters", BASE)


def test_a_letter_without_a_file_is_an_error():
    with pytest.raises(jinja2.TemplateNotFound):
        write(a_message("nonesuch"), Letter(context={}), "sample_letters", BASE)


def test_line_breaks_inside_a_paragraph_do_not_count():
    assert parse("a\nb\n\n\n\nc") == (
        Block(kind="paragraph", lines=("a b",)),
        Block(kind="paragraph", lines=("c",)),
    )


def test_a_list_goes_on_until_the_next_blank_line():
    assert parse("Dazu:\n- eins\n  und mehr\n- zwei\n> drei") == (
        Block(kind="paragraph", lines=("Dazu:",)),
        Block(kind="items", lines=("eins und mehr", "zwei")),
        Block(kind="facts", lines=("drei",)),
    )


def test_plain_text_without_a_button_leaves_no_hole():
    blocks = (Block(kind="paragraph", lines=("a",)), Block(kind="button"))
    assert plain(blocks, "") == "a"
