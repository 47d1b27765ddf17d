"""Pages: a template with everything a page of ours needs, in the language of who reads it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie
from litestar.response import Redirect

from rundum_core.i18n import LOCALES, Locale, Translator, choose_locale

if TYPE_CHECKING:
    from rundum_web.furniture import Furniture

LANGUAGE_COOKIE = "rundum_lang"
_YEAR = 365 * 24 * 3600


class CentreFace(msgspec.Struct, frozen=True, kw_only=True):
    """What a page shows of its centre. Whoever finds the centre of a request puts one into
    `request.state.centre`; without it the page shows the product's name only.

    `hours` is one line in words (`Mo–Fr 8–16 Uhr`); `brand_hue` 0 to 359; legal links are only
    shown if set.
    """

    name: str
    home: str = "/"
    phone: str | None = None
    hours: str = ""
    email: str | None = None
    brand_hue: int | None = None
    imprint: str | None = None
    privacy: str | None = None
    accessibility: str | None = None


def page(
    request: Request[Any, Any, Any],
    template: str,
    /,
    *,
    status: int = HTTPStatus.OK,
    partial: str | None = None,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Response[str]:
    """The page, or only its block `partial` when htmx asks for it.

    Beside `context` a template has `t` (Translator), `ui` (the macros), `centre` (CentreFace or
    None), `actor`, `several_roles` (whether she can switch), `asset(name)`, `icon(name)`, `here`
    (this address without its language) and `languages`. A page with errors is sent with
    `status=422`.
    """
    furniture = furniture_of(request)
    t = translator(request)
    body = _render(furniture, request, t, template, partial, context)
    response = Response(
        body,
        status_code=status,
        media_type=MediaType.HTML,
        headers={"content-language": t.locale, "vary": "HX-Request", **(headers or {})},
    )
    if request.query_params.get("lang") == t.locale:
        response.set_cookie(
            Cookie(
                LANGUAGE_COOKIE,
                value=t.locale,
                max_age=_YEAR,
                path="/",
                secure=furniture.https,
                httponly=True,
                samesite="lax",
            )
        )
    return response


def see_other(path: str) -> Response[Any]:
    """303 to a page of ours, after a form did what it should; refuses any other site."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError("not a path of ours")
    return Redirect(path, status_code=303)


def locale_of(request: Request[Any, Any, Any]) -> Locale:
    """The language: `?lang=`, else the cookie, else the account (`request.state.locale`), else
    what the browser asks for, else German."""
    return choose_locale(
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        getattr(request.state, "locale", None),
        accept=request.headers.get("accept-language"),
    )


def translator(request: Request[Any, Any, Any]) -> Translator:
    """Texts, days and figures for who asks."""
    furniture = furniture_of(request)
    return furniture.catalogues.translator(locale_of(request), furniture.clock())


def furniture_of(request: Request[Any, Any, Any]) -> Furniture:
    found: Furniture = request.app.state["furniture"]
    return found


def _render(
    furniture: Furniture,
    request: Request[Any, Any, Any],
    t: Translator,
    template: str,
    partial: str | None,
    context: dict[str, Any],
) -> str:
    shared: dict[str, Any] = {
        "t": t,
        "centre": getattr(request.state, "centre", None),
        "actor": getattr(request.state, "actor", None),
        "several_roles": getattr(request.state, "several_roles", False),
        "here": _address(request),
        "languages": _languages(request, t.locale),
    }
    shared["ui"] = furniture.templates.get_template("macros.html").make_module(shared)
    found = furniture.templates.get_template(template)
    if partial is None or not wants_partial(request):
        return found.render(shared | context)
    return "".join(found.blocks[partial](found.new_context(shared | context)))


def wants_partial(request: Request[Any, Any, Any]) -> bool:
    """Whether htmx asks for a part of a page (and not for the whole, going back)."""
    return (
        request.headers.get("hx-request") == "true"
        and request.headers.get("hx-history-restore-request") != "true"
    )


def _address(request: Request[Any, Any, Any], **changes: str) -> str:
    query = request.scope["query_string"].decode("latin-1")
    kept = [pair for pair in parse_qsl(query, errors="replace")[:50] if pair[0] != "lang"]
    written = urlencode([*kept, *changes.items()])
    path = quote(request.scope["path"])  # request.url stumbles over a broken Host header
    return f"{path}?{written}" if written else path


def _languages(request: Request[Any, Any, Any], current: Locale) -> list[tuple[Locale, str]]:
    """The other languages and where this page is in them; none for the answer to a form."""
    if request.method not in ("GET", "HEAD"):
        return []
    return [(other, _address(request, lang=other)) for other in LOCALES if other != current]
