"""All of the house's furniture as one Litestar plugin: texts, templates, assets, door, problems."""

from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from litestar import Request, Response, get
from litestar.config.app import AppConfig
from litestar.exceptions import NotFoundException
from litestar.plugins import InitPlugin

from rundum_core.clock import Clock, system_clock
from rundum_core.i18n import Catalogues
from rundum_web.assets import Assets
from rundum_web.problems import answer_problem
from rundum_web.security import add_headers, readable_address, same_origin

STATE = "furniture"


class Furniture(InitPlugin):
    """Reads catalogues, templates and static files of `packages` (lowest first, `rundum_core` and
    `rundum_web` among them); `development` shows /house and raises for a missing text."""

    def __init__(
        self,
        *packages: str,
        base_url: str,
        development: bool = False,
        clock: Clock = system_clock,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.development = development
        self.clock = clock
        self.catalogues = Catalogues.load(*packages, strict=development)
        self.assets = Assets.load(*packages)
        self.templates = environment(*packages, reload=development)
        self.templates.globals.update(
            asset=self.assets, icon=self.assets.icon, development=development
        )

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https:")

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        app_config.state[STATE] = self
        app_config.exception_handlers = {
            Exception: answer_problem,
            **app_config.exception_handlers,
        }
        app_config.guards += [readable_address, same_origin(self.base_url)]
        app_config.before_send.append(add_headers(https=self.https))
        app_config.route_handlers.append(static_file)
        if self.development:
            from rundum_web.house import show_house, try_house

            app_config.route_handlers += [show_house, try_house]
        return app_config


def environment(*packages: str, reload: bool = False) -> Environment:
    """Jinja over the packages' `templates/` folders: escaping, and strict about what is missing."""
    loaders = [
        PackageLoader(package) for package in packages if (_folder(package) / "templates").is_dir()
    ]
    return Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
    )


@get("/static/{path:path}", include_in_schema=False, sync_to_thread=False, opt={"public": True})
def static_file(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A file under its hashed name, to be kept for a year."""
    asset = request.app.state[STATE].assets.find(request.path_params["path"].lstrip("/"))
    if asset is None:
        raise NotFoundException
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    content = asset.content
    if asset.packed is not None:
        headers["vary"] = "accept-encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            content = asset.packed
    return Response(content, media_type=asset.media_type, headers=headers)


def _folder(package: str) -> Any:
    from importlib.resources import files

    return files(package)
