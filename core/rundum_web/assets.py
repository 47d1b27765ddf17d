"""Static files of all packages, kept in memory under names that carry the hash of their content."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Self

import msgspec
from markupsafe import Markup

from rundum_web.colours import brand_css

_SERVED = (".css", ".js", ".woff2", ".svg", ".png", ".ico", ".webmanifest", ".txt")
_URL = re.compile(r'url\("([^":]+)"\)')
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
HUES = range(360)


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is served; `packed` is its gzip form where that is smaller."""

    content: bytes
    packed: bytes | None
    media_type: str


class Assets:
    """`rundum_desk/static/desk/keys.js` is the asset `desk/keys.js`, its address
    `/static/desk/keys.<hash>.js`; in a style sheet `url("fonts/a.woff2")` names an asset too."""

    def __init__(self, contents: dict[str, bytes], icons: dict[str, str]) -> None:
        self.icons = icons
        self.paths: dict[str, str] = {}
        self.served: dict[str, Asset] = {}
        for name in sorted(contents, key=lambda name: (name.endswith(".css"), name)):
            self._add(name, contents[name])

    @classmethod
    def load(cls, *packages: str) -> Self:
        """Read `static/` and `icons/` of each package; a name that two packages have is a
        ValueError."""
        contents: dict[str, bytes] = {}
        icons: dict[str, str] = {}
        for package in packages:
            root = files(package)
            for name, file in _walk(root / "static"):
                if name in contents:
                    raise ValueError(f"{package} has {name} again")
                if name.endswith(_SERVED):
                    contents[name] = file.read_bytes()
            for name, file in _walk(root / "icons"):
                if name.endswith(".svg") and (inner := _INNER.search(file.read_text("utf-8"))):
                    icons[name.removesuffix(".svg")] = " ".join(inner[1].split())
        return cls(contents, icons)

    def __call__(self, name: str) -> str:
        """The address of an asset; an unknown name is a KeyError."""
        return self.paths[name]

    def icon(self, name: str) -> Markup:
        """A Lucide icon as inline SVG, hidden from screen readers: a text stands beside it."""
        return Markup(  # noqa: S704 - our own files
            '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
            f"{self.icons[name]}</svg>"
        )

    def find(self, path: str) -> Asset | None:
        """What `/static/<path>` serves, if anything."""
        if (asset := self.served.get(path)) is not None:
            return asset
        if (found := re.fullmatch(r"brand/(\d{1,3})\.css", path)) and int(found[1]) in HUES:
            return _asset("brand.css", brand_css(int(found[1])).encode())
        return None

    def _add(self, name: str, content: bytes) -> None:
        if name.endswith(".css"):
            text = _URL.sub(lambda match: f'url("{self.paths[match[1]]}")', content.decode("utf-8"))
            content = text.encode()
        digest = hashlib.sha256(content).hexdigest()[:12]
        stem, _, ending = name.rpartition(".")
        path = f"{stem}.{digest}.{ending}"
        self.paths[name] = f"/static/{path}"
        self.served[path] = _asset(name, content)


def _asset(name: str, content: bytes) -> Asset:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith(".woff2"):
        media_type = "font/woff2"
    text = media_type.startswith("text/") or media_type.endswith(("javascript", "+xml", "json"))
    packed = gzip.compress(content, 9, mtime=0) if text and len(content) > 500 else None
    return Asset(
        content=content,
        packed=packed,
        media_type=media_type,
    )


def _walk(folder: Traversable, prefix: str = "") -> list[tuple[str, Traversable]]:
    if not folder.is_dir():
        return []
    found: list[tuple[str, Traversable]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry))
    return found
