"""Asking the whole application as anybody, and a walk over every address that it has."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from litestar import Litestar
from litestar.routes import HTTPRoute
from msgspec import Struct

from helpers_bodies import BODIES
from helpers_town import NO_TOKEN, NOBODY, Side, Town
from rundum_core.db import Database

ORIGIN = "https://rundum.test"
COOKIE = "__Host-rundum"
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# who is signed in where: the name in `Side.people`, and whether at the other centre
ROLES = (
    "client", "other_client", "provider", "other_provider", "guardian", "desk", "administrator",
)  # fmt: skip
# what can't be left out behind some addresses
QUERIES = {
    "/api/v1/places": "?q=Barl",
    "/api/v1/requests/{id}/reasons": f"?provider={NOBODY}",
    "/centres/{slug}/requests/new": "?service=childcare",
}
FORM_TYPE = "application/x-www-form-urlencoded"


class Endpoint(Struct, frozen=True, kw_only=True):
    """A method on an address: `parameters` are (what stands before it, its name, its type)."""

    method: str
    path: str
    parameters: tuple[tuple[str, str, str], ...]
    public: bool
    opt: dict[str, Any]
    handler: Callable[..., Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def __repr__(self) -> str:
        return str(self)

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def solves(self) -> bool:
        """Whether it starts a matching run, which takes a process and some seconds."""
        return self.method == "POST" and self.path in ("/desk/runs", "/api/v1/runs")

    @property
    def query(self) -> str:
        """What has to stand behind the path."""
        return QUERIES.get(self.path, "")

    @property
    def is_staff(self) -> bool:
        return self.path.startswith(("/desk", "/api/v1/runs", "/api/v1/tasks", "/api/v1/mail"))

    def address(self, side: Side, *, missing: bool = False, **other: str) -> str:
        """The path with the things of one side, with things that don't exist, or with `other`."""
        path = self.path
        for before, name, kind in self.parameters:
            known = side.things.get((before, name))
            given = other.get(name, nothing(name, kind, known) if missing else known)
            assert given is not None, f"helpers_town knows no {(before, name)}, for {self}"
            path = path.replace(f"{{{name}}}", given)
        return path


def nothing(name: str, kind: str, known: str | None) -> str | None:
    """Something well-formed that isn't there; `known` where it names no thing but a word."""
    if name in ("by", "step"):
        return known
    if kind == "int":
        return "999999999"
    if kind == "uuid" or name == "reference":
        return NOBODY
    return {"token": NO_TOKEN, "name": f"{NO_TOKEN}.ics"}.get(name, "nirgends")


def endpoints(app: Litestar) -> list[Endpoint]:
    """Every address with every method, as the application itself lists them."""
    return sorted(_endpoints(app), key=lambda one: (one.path, one.method))


def _endpoints(app: Litestar) -> Iterator[Endpoint]:
    for route in app.routes:
        assert isinstance(route, HTTPRoute), route.path
        before = ""
        parameters = []
        for component in route.path_components:
            if isinstance(component, str):
                before = component
            else:
                kind = component.type.__name__.lower()
                parameters.append((before, component.name, kind))
                before = f"{{{component.name}}}"
        path = re.sub(r"{(\w+):\w+}", r"{\1}", route.path)
        for method, (handler, _) in route.route_handler_map.items():
            if method not in ("OPTIONS", "HEAD"):
                yield Endpoint(
                    method=method,
                    path=path,
                    parameters=tuple(parameters),
                    public=bool(handler.opt.get("public")),
                    opt=handler.opt,
                    handler=handler.fn,
                )


def calm(answer: httpx.Response, endpoint: object = "") -> None:
    """Whatever was asked: no fault, nothing of our insides, and a refusal that says what it is."""
    where = f"{endpoint} {answer.request.method} {str(answer.request.url)[:200]}"
    assert answer.status_code < 500, f"{where}: {answer.status_code} {answer.text[:300]}"
    assert "Traceback" not in answer.text, where
    assert '.py", line' not in answer.text, where
    if answer.status_code < 400 or answer.request.method == "HEAD":
        return
    kind = answer.headers["content-type"]
    if answer.request.url.path.startswith("/api/"):
        assert kind == "application/problem+json", f"{where}: {kind}"
        told = answer.json()
        assert told["status"] == answer.status_code, where
        assert all((told["title"], told["detail"], told["key"])), where
        for error in told.get("errors", ()):
            assert len(error["detail"]) > 10, where
            assert error["detail"] != error["key"], where
    else:
        assert kind == "text/html; charset=utf-8", f"{where}: {kind}"
        assert re.search(r"<h1>[^<]{3,}", answer.text), where


@contextmanager
def unlogged() -> Iterator[None]:
    """Whatever is set up for the log while the block runs holds for nobody else."""
    before, handlers = structlog.get_config(), list(logging.getLogger().handlers)
    try:
        yield
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers[:] = handlers


class House(Struct, frozen=True, kw_only=True):
    """The application over one database, and everybody's session in it."""

    app: Litestar
    client: httpx.AsyncClient
    db: Database
    town: Town
    tokens: dict[str, str]

    def __repr__(self) -> str:
        return "a house"

    async def ask(
        self,
        who: str,
        method: str,
        path: str,
        *,
        form: Any = None,
        json: Any = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        lang: str = "de",
    ) -> httpx.Response:
        """What somebody gets; a browser of ours unless `headers` say otherwise."""
        self.app.state.db = self.db
        given = {"accept-language": lang, "sec-fetch-site": "same-origin", **(headers or {})}
        cookies = [] if lang == "de" else [f"rundum_lang={lang}"]
        if who != "visitor":
            cookies.append(f"{COOKIE}={self.tokens[who]}")
        if cookies:
            given["cookie"] = "; ".join(cookies)
        if form is not None:
            content = urlencode(form, doseq=True).encode()
            given.setdefault("content-type", FORM_TYPE)
        return await self.client.request(method, path, content=content, json=json, headers=given)

    async def bare(self, method: str, path: str, headers: Any, **more: Any) -> httpx.Response:
        """A request with these headers only."""
        self.app.state.db = self.db
        return await self.client.request(method, path, headers=headers, **more)

    async def send(
        self,
        who: str,
        endpoint: Endpoint,
        side: Side | None = None,
        *,
        missing: bool = False,
        sent: Any = None,
        **more: Any,
    ) -> httpx.Response:
        """A call as it should be, with a sound body in the type that this address takes."""
        path = endpoint.address(side or self.town.own, missing=missing)
        if endpoint.method == "GET":
            return await self.ask(who, "GET", path + endpoint.query, **more)
        if sent is None:
            sent = BODIES.get(str(endpoint), {})
        if endpoint.is_api:
            return await self.ask(who, endpoint.method, path, json=sent, **more)
        return await self.ask(who, endpoint.method, path, form=sent, **more)

    async def at(self, endpoint: Endpoint, path: str, *, who: str, **more: Any) -> httpx.Response:
        """The same call as `send`, at another path."""
        sent = BODIES.get(str(endpoint), {})
        if endpoint.method == "GET":
            return await self.ask(who, "GET", path, **more)
        body = {"json": sent} if endpoint.is_api else {"form": sent}
        return await self.ask(who, endpoint.method, path, **(body | more))

    async def everything(self, *but: str) -> dict[str, str]:
        """A checksum of each table, without the tables and columns `but` (`attempt`,
        `session.seen_at`) and the events of the kinds named there (`event:request.viewed`)."""
        async with self.db.work() as tx:
            tables = await tx.connection.fetch(
                "SELECT relname FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migration'"
                " ORDER BY relname"
            )
            return {
                table["relname"]: await tx.connection.fetchval(_checksum(table["relname"], but))
                for table in tables
                if table["relname"] not in but
            }

    async def rows(self, sql: str, *arguments: Any) -> list[Any]:
        async with self.db.work() as tx:
            found: list[Any] = await tx.connection.fetch(sql, *arguments)
            return found


def _checksum(table: str, but: tuple[str, ...]) -> str:
    columns = [one.partition(".")[2] for one in but if one.startswith(f"{table}.")]
    kinds = [one.partition(":")[2] for one in but if one.startswith(f"{table}:")]
    row = "to_jsonb(t)" + "".join(f" - '{column}'" for column in columns)
    where = f" WHERE kind <> ALL (ARRAY{kinds})" if kinds else ""
    return (
        f"SELECT coalesce(md5(string_agg(line, '\n' ORDER BY line)), '') || ' ' || count(*)"
        f" FROM (SELECT ({row})::text AS line FROM {table} t{where}) lines"
    )
