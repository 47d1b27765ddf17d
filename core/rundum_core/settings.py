"""Every setting of the service: a struct, filled from `RUNDUM_*` in the environment."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from rundum_core import sqlfiles
from rundum_core.refusal import StartRefused
from rundum_core.secretkey import SHORTEST, kept_key

PREFIX = "RUNDUM_"
SMTP_PORTS = {"starttls": 587, "implicit": 465, "none": 25}

_ALL_OF_THEM = "`rundum settings` lists them all."
_SECRET = {"secret": True}
_SWITCH = {"on": "true", "yes": "true", "off": "false", "no": "false"}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings. What stands here is a default, or what `load` puts when nothing is set."""

    host: Annotated[str, Meta(description="address to listen on; 0.0.0.0 for all")] = "localhost"
    port: Annotated[int, Meta(ge=1, le=65535, description="port to listen on")] = 8080
    base_url: Annotated[str, Meta(description="where people reach the service, for links")] = (
        "http://localhost:8080"
    )
    data: Annotated[Path, Meta(description="directory for the database, the key and caught mail")]
    database_url: Annotated[
        str,
        Meta(description="a PostgreSQL of yours; else an embedded one", extra=_SECRET),
    ] = ""
    secret_key: Annotated[
        bytes,
        Meta(
            min_length=SHORTEST,
            description="key of all links and sessions; else one made once in the data directory",
            extra=_SECRET,
        ),
    ] = b""
    workers: Annotated[int, Meta(ge=1, le=64, description="processes that serve")] = 1
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(description="addresses or networks, comma between, whose X-Forwarded-* is believed"),
    ] = ()
    smtp_host: Annotated[
        str, Meta(description="relay that takes our mail; else a mail catcher on this machine")
    ] = ""
    smtp_port: Annotated[int, Meta(ge=1, le=65535, description="the relay's port")] = 587
    smtp_tls: Annotated[
        Literal["starttls", "implicit", "none"],
        Meta(description="how the relay is spoken to; none only on this machine"),
    ] = "starttls"
    smtp_user: Annotated[str | None, Meta(description="who signs in at the relay")] = None
    smtp_password: Annotated[str | None, Meta(description="and with what", extra=_SECRET)] = None
    mail_from: Annotated[str, Meta(description="address that letters come from")] = (
        "rundum@rundum.invalid"
    )
    catcher_port: Annotated[
        int, Meta(ge=1, le=65535, description="the mail catcher's port, without a relay")
    ] = 9080
    match_every_minutes: Annotated[
        int, Meta(ge=1, le=1440, description="minutes between two matching runs")
    ] = 5
    development: Annotated[
        bool, Meta(description="show the caught mail to everybody, and texts that are missing")
    ] = False
    demo: Annotated[bool, Meta(description="load the demo centre into an empty database")] = False
    openapi: Annotated[bool, Meta(description="show the API's description at /api/v1")] = True
    security_contact: Annotated[
        str,
        Meta(
            pattern=r"^((mailto:|https://|tel:)\S+)?$",
            description="who hears of a weakness: mailto:…, https://… or tel:…, in security.txt",
        ),
    ] = ""
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="what is worth a line")
    ] = "info"
    log_format: Annotated[Literal["json", "text"], Meta(description="for machines or eyes")] = (
        "json"
    )


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A setting for people: secrets hidden, and where its value comes from."""

    name: str
    value: str
    source: str
    description: str


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings, complete; makes the secret key in the data directory the first time.

    Raises StartRefused with a line for each wrong value and each unknown name.
    """
    settings, _sources = read(environ)
    if not settings.secret_key:
        key = kept_key(settings.data / "secret.key")
        settings = msgspec.structs.replace(settings, secret_key=key)
    return settings


def read(environ: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """The settings with an empty key if none is set, and each field's source; touches no file."""
    given, wrong = _given(environ)
    values = dict(given)
    sources = dict.fromkeys(given, "environment")
    for name, (follows, default) in _FOLLOWING.items():
        if name not in given:
            with suppress(KeyError):  # what it follows is wrong itself
                values[name] = default({**_DEFAULTS, **values, "environ": environ})
                sources[name] = follows
    for name in _DEFAULTS:
        sources.setdefault(name, "default")
    if not wrong:
        settings = Settings(**values)
        wrong = [line for check in _CHECKS if (line := check(settings))]
        if not wrong:
            return settings, sources
    raise StartRefused(*wrong)


def explain(environ: Mapping[str, str] = os.environ) -> list[Explained]:
    """What `rundum settings` shows; raises StartRefused like `load`, and makes no key."""
    settings, sources = read(environ)
    return [
        Explained(
            name=_variable(name),
            value=_shown(name, getattr(settings, name)),
            source=sources[name],
            description=meta.description or "",
        )
        for name, (_kind, meta) in _FIELDS.items()
    ]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, so that nobody listens on the way."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _fields() -> dict[str, tuple[Any, Meta]]:
    """Each field's bare type and what is said of it."""
    hints = get_type_hints(Settings, include_extras=True)
    return {name: (get_args(hint)[0], hint.__metadata__[0]) for name, hint in hints.items()}


_FIELDS = _fields()
_DEFAULTS: dict[str, Any] = {
    field.name: field.default for field in msgspec.structs.fields(Settings)
}


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _given(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The values that are set (an empty one isn't), and a line for each that can't be."""
    variables = {_variable(name): name for name in _FIELDS}
    values: dict[str, Any] = {}
    wrong = []
    for variable in sorted(key for key in environ if key.startswith(PREFIX)):
        text = environ[variable].strip()
        if variable not in variables:
            near = difflib.get_close_matches(variable.removeprefix(PREFIX).lower(), _FIELDS, 1)
            hint = f"Did you mean {_variable(near[0])}?" if near else _ALL_OF_THEM
            wrong.append(f"{variable} is no setting. {hint}")
        elif text:
            name = variables[variable]
            kind, meta = _FIELDS[name]
            try:
                values[name] = _converted(text, kind, meta)
            except (msgspec.ValidationError, ValueError):
                said = "" if meta.extra else f" and not {text!r}"
                wrong.append(f"{variable} has to be {_expected(kind, meta)}{said}.")
    return values, wrong


def _converted(text: str, kind: Any, meta: Meta) -> Any:
    if kind is Path:
        return Path(text).expanduser().absolute()
    if kind is bytes:
        return msgspec.convert(text.encode(), Annotated[bytes, meta])
    if get_origin(kind) is tuple:
        return tuple(str(ip_network(part.strip())) for part in text.split(","))
    if kind is bool:
        text = _SWITCH.get(text.lower(), text.lower())
    return msgspec.convert(text, Annotated[kind, meta], strict=False)


def _expected(kind: Any, meta: Meta) -> str:
    if kind is int:
        return f"a whole number from {meta.ge} to {meta.le}"
    if kind is bool:
        return "on or off"
    if kind is bytes:
        return f"at least {SHORTEST} characters"
    if get_origin(kind) is tuple:
        return "addresses or networks with commas between"
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(get_args(kind))
    return "text"


def _shown(name: str, value: Any) -> str:
    kind, meta = _FIELDS[name]
    if meta.extra and value:
        where = urlsplit(value).hostname if name == "database_url" else None
        return f"(hidden, on {where})" if where else "(hidden)"
    if kind is bool:
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value) if value else ""


def _data_home(values: Mapping[str, Any]) -> Path:
    checkout = sqlfiles.checkout()
    if checkout is not None:
        return checkout / ".data"
    home = values["environ"].get("XDG_DATA_HOME") or "~/.local/share"
    return Path(home).expanduser() / "rundum"


def _is_at_home(values: Mapping[str, Any]) -> bool:
    return not values["smtp_host"] and is_loopback(values["host"])


# Defaults that follow from other settings: how to say that, and the value.
_FOLLOWING: dict[str, tuple[str, Callable[[Mapping[str, Any]], Any]]] = {
    "data": ("default", _data_home),
    "base_url": ("follows PORT", lambda values: f"http://localhost:{values['port']}"),
    "smtp_port": ("follows SMTP_TLS", lambda values: SMTP_PORTS[values["smtp_tls"]]),
    "catcher_port": (
        "follows PORT",
        lambda values: values["port"] + (1000 if values["port"] <= 64535 else -1000),
    ),
    "development": ("follows HOST and SMTP_HOST", _is_at_home),
    "demo": ("follows DEVELOPMENT", lambda values: values["development"]),
    "log_format": (
        "follows DEVELOPMENT",
        lambda values: "text" if values["development"] else "json",
    ),
}


def _wrong_base_url(settings: Settings) -> str | None:
    url = urlsplit(settings.base_url)
    if url.scheme not in {"http", "https"} or not url.hostname or url.path.strip("/") or url.query:
        return "RUNDUM_BASE_URL has to be like https://betreuung.example.org, without a path."
    if url.scheme == "http" and not is_loopback(url.hostname):
        return "RUNDUM_BASE_URL has to begin with https:// (http is for localhost only)."
    return None


def _wrong_database_url(settings: Settings) -> str | None:
    scheme = urlsplit(settings.database_url).scheme
    if settings.database_url and scheme not in {"postgresql", "postgres"}:
        return "RUNDUM_DATABASE_URL has to be like postgresql://user:password@host/database."
    return None


def _wrong_tls(settings: Settings) -> str | None:
    if settings.smtp_host and settings.smtp_tls == "none" and not is_loopback(settings.smtp_host):
        return "RUNDUM_SMTP_TLS may be none only when RUNDUM_SMTP_HOST is this machine."
    return None


def _wrong_mail_from(settings: Settings) -> str | None:
    local, at, domain = settings.mail_from.partition("@")
    if not (local and at and domain and settings.mail_from.isascii()) or " " in settings.mail_from:
        return "RUNDUM_MAIL_FROM has to be a mail address like familienservice@example.org."
    if settings.smtp_host and domain.endswith(".invalid"):
        return "RUNDUM_MAIL_FROM is missing: with RUNDUM_SMTP_HOST, letters need a sender."
    return None


def _wrong_sign_in(settings: Settings) -> str | None:
    if bool(settings.smtp_user) != bool(settings.smtp_password):
        return "RUNDUM_SMTP_USER and RUNDUM_SMTP_PASSWORD go together."
    return None


_CHECKS = (
    _wrong_base_url,
    _wrong_database_url,
    _wrong_tls,
    _wrong_mail_from,
    _wrong_sign_in,
)
