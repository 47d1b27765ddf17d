"""What goes wrong, said once: an error becomes a page or problem+json, and a line without names."""

from __future__ import annotations

import secrets
import traceback
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from rundum_core.errors import Conflict, Forbidden, Invalid, NotFound, RundumError, Unavailable
from rundum_core.i18n import Translator
from rundum_web.render import page, see_other, translator

log = structlog.get_logger()

PROBLEM_TYPE = "application/problem+json"
TOO_OFTEN = "error.too_often"
LINK_OVER = ("link.used", "link.expired")
SIGN_IN = "error.sign_in"
PROVE = "error.prove"  # the page that leads to it, and back, is /prove
# headers of Litestar's own refusals that go on to the caller
_KEPT: tuple[str, ...] = ("allow", "retry-after")
# statuses that have sentences of their own: problem.<status>.title and .text
_SPOKEN = (400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem as both faces tell it; `key` may name a sentence more exact than the status."""

    status: int
    key: str
    params: dict[str, Any] = {}
    errors: tuple[Any, ...] = ()
    headers: dict[str, str] = {}
    incident: str | None = None


def answer_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The one exception handler: JSON for the API and for who asks for JSON, else a page."""
    problem = problem_of(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _report(request, error, problem)
    t = translator(request)
    if wants_json(request):
        return Response(
            msgspec.json.encode(written(problem, t)),
            status_code=problem.status,
            media_type=PROBLEM_TYPE,
            headers={"content-language": t.locale, **problem.headers},
        )
    if problem.key == PROVE:
        return see_other(f"/prove?{urlencode({'to': _back(request)})}")
    return page(
        request,
        "problem.html",
        status=problem.status,
        headers=problem.headers,
        problem=problem,
        title=title(problem, t),
        sentence=sentence(problem, t),
        details=[(error.field, t(error.key, **error.params)) for error in problem.errors],
    )


def problem_of(error: Exception) -> Problem:
    """What an exception means for HTTP."""
    match error:
        case Invalid():
            return Problem(status=422, key=error.key, errors=error.errors)
        case NotFound():
            return Problem(status=404, key=error.key, params=error.params)
        case Forbidden():
            status = 401 if error.key == SIGN_IN else 403
            return Problem(status=status, key=error.key, params=error.params)
        case Conflict() if error.key in LINK_OVER:
            return Problem(status=410, key=error.key)
        case Conflict():
            return Problem(status=409, key=error.key, params=error.params)
        case Unavailable():
            status = 429 if error.key == TOO_OFTEN else 503
            wait = {"retry-after": str(error.retry_after)}
            return Problem(status=status, key=error.key, params=error.params, headers=wait)
        case RundumError():
            return Problem(status=400, key=error.key, params=error.params)
        case UnicodeDecodeError() | RecursionError():
            return Problem(status=400, key="problem.400.text")
        case HTTPException() if error.status_code < 500:
            return _of_http(error)
    return Problem(status=500, key="problem.500.text", incident=secrets.token_hex(4))


def written(problem: Problem, t: Translator) -> dict[str, Any]:
    """The body of RFC 9457; the keys are stable, the sentences are for reading."""
    body: dict[str, Any] = {
        "type": f"urn:rundum:{problem.key}",
        "title": title(problem, t),
        "status": problem.status,
        "detail": sentence(problem, t),
        "key": problem.key,
    }
    if problem.errors:
        body["errors"] = [
            {"field": error.field, "key": error.key, "detail": t(error.key, **error.params)}
            for error in problem.errors
        ]
    if problem.incident:
        body["incident"] = problem.incident
    return body


def title(problem: Problem, t: Translator) -> str:
    return t(f"problem.{_spoken(problem.status)}.title")


def sentence(problem: Problem, t: Translator) -> str:
    """The exact sentence where the catalogues have one, else the status's."""
    if t.has(problem.key):
        return t(problem.key, **problem.params)
    return t(f"problem.{_spoken(problem.status)}.text")


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """The API always; elsewhere who asks for JSON and not for a page."""
    accept = request.headers.get("accept", "")
    return request.scope["path"].startswith("/api/") or ("json" in accept and "html" not in accept)


def _back(request: Request[Any, Any, Any]) -> str:
    """Where somebody was: this page, or the one whose form was sent."""
    if request.method in ("GET", "HEAD"):
        query = request.scope["query_string"].decode("latin-1")
        return request.scope["path"] + (f"?{query}" if query else "")
    return urlsplit(request.headers.get("referer", "")).path or "/account"


def _of_http(error: HTTPException) -> Problem:
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    kept = {name: headers[name] for name in _KEPT if name in headers}
    key = f"problem.{_spoken(error.status_code)}.text"
    return Problem(status=error.status_code, key=key, headers=kept)


def _spoken(status: int) -> int:
    return status if status in _SPOKEN else 400 if status < 500 else 500


def _report(request: Request[Any, Any, Any], error: Exception, problem: Problem) -> None:
    """Where it happened, never what was said: a message may quote a person's data."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = [f"{one.filename.rpartition('/')[2]}:{one.lineno} {one.name}" for one in frames]
    log.error(
        "request failed",
        incident=problem.incident,
        method=request.method,
        route=request.scope.get("path_template"),
        error=type(error).__name__,
        where=where,
    )
