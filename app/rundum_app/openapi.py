"""The API's description: made from the routes and the forms, shown by a page of ours."""

from typing import Any

from litestar import Litestar, Request, Response, Router, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Tag

from rundum_core.settings import Settings
from rundum_web.forms import Form
from rundum_web.render import page

PREFIX = "/api/v1"
PUBLIC = {"public": True}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "key"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "key": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "key", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "key": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "incident": {"type": "string"},
    },
}


NOTHING = {"application/json": {"schema": {"type": "null"}}}
SIGNED_IN: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}]
SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token that POST /api/v1/sessions gives for a link from a mail.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-rundum",
        "description": "What a browser holds that is signed in.",
    },
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A retry under the same key gets the same answer, another body under it 409.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 200},
}


class Unserved(Router):
    """Takes Litestar's own addresses under /schema (pages with scripts from elsewhere, and what is
    described there while RUNDUM_OPENAPI is off) and serves none of them."""

    def register(self, _: Any) -> list[Any]:
        return []


def config() -> OpenAPIConfig:
    """What Litestar is told; its own pages and their scripts are not served."""
    return OpenAPIConfig(
        title="Rundum",
        version="1",
        description="Care requests, providers, offers and bookings of family-service centres.",
        openapi_router=Unserved("/schema", route_handlers=[]),
        render_plugins=[JsonRenderPlugin()],  # with none it would take its default ones
        tags=[Tag(name="rundum")],
        use_handler_docstrings=True,
    )


@get(f"{PREFIX}/openapi.json", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def show_schema(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """OpenAPI 3.1, with the forms' rules as request bodies and problem+json for what goes wrong."""
    return Response(described(request.app), media_type="application/json")


@get(PREFIX, opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def show_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The same to read: served from here, without a script."""
    return page(request, "app/api.html", api=described(request.app))


def described(app: Litestar) -> dict[str, Any]:
    """The whole description, made once."""
    cached: dict[str, Any] | None = app.state.get("openapi")
    if cached is None:
        cached = _complete(app)
        app.state["openapi"] = cached
    return cached


def routes(settings: Settings) -> list[Any]:
    return [show_schema, show_page] if settings.openapi else []


def _complete(app: Litestar) -> dict[str, Any]:
    schema = app.openapi_schema.to_schema()
    schema["paths"] = {
        path: item for path, item in schema["paths"].items() if path.startswith(PREFIX)
    }
    schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    options = {
        (_plain(path), method.lower()): handler.opt
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        for path in handler.paths
        for method in handler.http_methods
    }
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            opt = options[path, method]
            operation["security"] = [{}, *SIGNED_IN] if opt.get("public") else SIGNED_IN
            if opt.get("idempotent"):
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
            if isinstance(form := opt.get("body"), Form):
                operation["requestBody"] = {
                    "required": True,
                    "content": {"application/json": {"schema": form.schema()}},
                }
            operation["responses"]["default"] = {
                "description": "What went wrong, in words and as stable keys.",
                "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                },
            }
            for status in [one for one in operation["responses"] if one.startswith("4")]:
                del operation["responses"][status]
            for answer in operation["responses"].values():
                if answer.get("content") == NOTHING:
                    del answer["content"]
    schemas = schema["components"]["schemas"]
    used = _named_in(schema["paths"], schemas)
    schema["components"] = {
        "schemas": {name: schemas[name] for name in sorted(used)},
        "securitySchemes": SCHEMES,
    }
    return schema


def _named_in(part: Any, schemas: dict[str, Any]) -> set[str]:
    """The schemas that a part of the description refers to, and those that they refer to."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
            name = str(one.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(schemas[name])
        elif isinstance(one, list):
            waiting += one
    return found


def _plain(path: str) -> str:
    """`/offers/{id:uuid}` as OpenAPI writes it: `/offers/{id}`."""
    parts = [part.split(":")[0] + "}" if part.startswith("{") else part for part in path.split("/")]
    return "/".join(part.replace("}}", "}") for part in parts) or "/"
