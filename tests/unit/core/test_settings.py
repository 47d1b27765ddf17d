"""Settings: read, refused with every mistake at once, explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from rundum_core.refusal import StartRefused
from rundum_core.settings import Settings, explain, is_loopback, load, read

DOCUMENTED = Path(__file__).parents[3] / "docs/operations.md"


def refused(**environ: str) -> list[str]:
    with pytest.raises(StartRefused) as caught:
        read({f"RUNDUM_{name}": value for name, value in environ.items()})
    return list(caught.value.lines)


def settings(**environ: str) -> Settings:
    return read({f"RUNDUM_{name}": value for name, value in environ.items()})[0]


def test_without_any_variable_everything_has_its_default() -> None:
    found = settings()
    assert (found.host, found.port, found.base_url) == (
        "localhost",
        8080,
        "http://localhost:8080",
    )
    assert found.development
    assert found.demo
    assert found.data.name == ".data"


def test_addresses_follow_the_port() -> None:
    found = settings(PORT="65000")
    assert found.base_url == "http://localhost:65000"
    assert found.catcher_port == 64000


def test_a_service_with_a_relay_is_no_development_and_loads_no_demo() -> None:
    found = settings(SMTP_HOST="mail.example.org", MAIL_FROM="wir@example.org")
    assert not found.development
    assert not found.demo
    assert found.log_format == "json"


def test_a_service_that_listens_to_others_does_not_show_the_caught_mail_to_them() -> None:
    assert not settings(HOST="0.0.0.0").development
    assert settings(HOST="127.0.0.1").development


def test_the_relay_s_port_follows_how_it_is_spoken_to() -> None:
    assert settings(SMTP_TLS="implicit").smtp_port == 465
    assert settings(SMTP_TLS="implicit", SMTP_PORT="2465").smtp_port == 2465


@pytest.mark.parametrize("word", ["on", "ON", "yes", "true", "1"])
def test_a_switch_has_several_words_for_on(word: str) -> None:
    assert settings(HOST="0.0.0.0", DEVELOPMENT=word).development


def test_an_empty_variable_is_not_set() -> None:
    assert settings(PORT=" ", SMTP_HOST="").port == 8080


def test_proxies_are_addresses_and_networks() -> None:
    assert settings(TRUSTED_PROXIES="10.0.0.0/8, ::1").trusted_proxies == ("10.0.0.0/8", "::1/128")


def test_every_wrong_value_is_named_at_once() -> None:
    assert refused(PORT="70000", DEVELOPMENT="maybe", LOG_LEVEL="loud") == [
        "RUNDUM_DEVELOPMENT has to be on or off and not 'maybe'.",
        "RUNDUM_LOG_LEVEL has to be one of debug, info, warning, error and not 'loud'.",
        "RUNDUM_PORT has to be a whole number from 1 to 65535 and not '70000'.",
    ]


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    assert refused(PROT="80") == ["RUNDUM_PROT is no setting. Did you mean RUNDUM_PORT?"]
    assert refused(XYZ="80") == ["RUNDUM_XYZ is no setting. `rundum settings` lists them all."]


def test_variables_of_others_are_none_of_our_business() -> None:
    assert read({"RUNDUMX": "1", "PATH": "/bin"})[0].port == 8080


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"SMTP_HOST": "mail.example.org", "SMTP_TLS": "none"}, "RUNDUM_SMTP_TLS may be none only"),
        ({"BASE_URL": "http://betreuung.example.org"}, "RUNDUM_BASE_URL has to begin with https"),
        ({"BASE_URL": "https://example.org/sitter"}, "RUNDUM_BASE_URL has to be like"),
        ({"DATABASE_URL": "mysql://a/b"}, "RUNDUM_DATABASE_URL has to be like postgresql://"),
        ({"MAIL_FROM": "nobody"}, "RUNDUM_MAIL_FROM has to be a mail address"),
        ({"SMTP_HOST": "mail.example.org"}, "RUNDUM_MAIL_FROM is missing"),
        ({"SMTP_USER": "me"}, "RUNDUM_SMTP_USER and RUNDUM_SMTP_PASSWORD go together"),
    ],
)
def test_what_does_not_fit_together_is_refused(environ: dict[str, str], line: str) -> None:
    assert any(said.startswith(line) for said in refused(**environ))


def test_mail_in_clear_is_allowed_on_this_machine_only() -> None:
    assert (
        settings(SMTP_HOST="localhost", SMTP_TLS="none", MAIL_FROM="a@example.org").smtp_port == 25
    )
    assert [is_loopback(host) for host in ("127.0.0.1", "[::1]", "localhost", "10.0.0.1")] == [
        True,
        True,
        True,
        False,
    ]


def test_a_wrong_secret_is_not_repeated() -> None:
    assert refused(SECRET_KEY="too short") == [
        "RUNDUM_SECRET_KEY has to be at least 32 characters."
    ]


def test_secrets_are_hidden_and_sources_are_named() -> None:
    shown = {
        line.name: line
        for line in explain(
            {
                "RUNDUM_DATABASE_URL": "postgresql://me:hush@db.example.org/rundum",
                "RUNDUM_SECRET_KEY": "x" * 40,
                "RUNDUM_PORT": "9000",
            }
        )
    }
    assert shown["RUNDUM_DATABASE_URL"].value == "(hidden, on db.example.org)"
    assert shown["RUNDUM_SECRET_KEY"].value == "(hidden)"
    assert shown["RUNDUM_PORT"].source == "environment"
    assert shown["RUNDUM_BASE_URL"].source == "follows PORT"
    assert shown["RUNDUM_HOST"].source == "default"


def test_the_key_is_made_once_for_the_owner_s_eyes_only(tmp_path: Path) -> None:
    environ = {"RUNDUM_DATA": str(tmp_path / "data")}
    first = load(environ)
    assert len(first.secret_key) >= 32
    assert load(environ) == first
    assert (tmp_path / "data/secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_a_key_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("short")
    with pytest.raises(StartRefused, match="is shorter than 32"):
        load({"RUNDUM_DATA": str(tmp_path)})


def test_looking_at_the_settings_makes_no_key(tmp_path: Path) -> None:
    explain({"RUNDUM_DATA": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_the_handbook_knows_every_setting() -> None:
    handbook = DOCUMENTED.read_text("utf-8")
    assert [line.name for line in explain({}) if f"`{line.name}`" not in handbook] == []
