"""Mail addresses as a relay takes them."""

from __future__ import annotations

import pytest

from rundum_notifications.addresses import mailbox


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("petra@example.org", ("petra", "example.org")),
        (" Petra.M+kita@Example.ORG ", ("Petra.M+kita", "example.org")),
        ("info@förde.example", ("info", "xn--frde-5qa.example")),
        ("info@STRAßE.example", ("info", "xn--strae-oqa.example")),
        ("o'hara@example.org", ("o'hara", "example.org")),
    ],
)
def test_an_ordinary_address_is_taken_with_its_domain_in_ascii(written, taken):
    assert mailbox(written) == taken


@pytest.mark.parametrize(
    "written",
    [
        "",
        "petra",
        "@example.org",
        "petra@",
        "petra@localhost",
        "käthe@example.org",
        "b@e.example, evil@e.example",
        "b@e.example>\r\nRCPT TO:<evil@e.example",
        "a b@example.org",
        '"a b"@example.org',
        ".petra@example.org",
        "petra..m@example.org",
        "petra@-example.org",
        "petra@exa_mple.org",
        "petra@example..org",
        "petra@[127.0.0.1]",
        "petra@example.org\x00",
        "p" * 65 + "@example.org",
        "petra@" + "a" * 64 + ".org",
        "petra@" + "ä" * 63 + ".org",
        "petra@" + "abc." * 70 + "org",
    ],
)
def test_what_no_relay_takes_is_unusable(written):
    assert mailbox(written) is None
