"""Which message keys the code asks for: read from templates and Python without running them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
from jinja2 import Environment, nodes

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+")
PREFIX = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)*\.")
# errors and letters whose first argument is a key; FieldError has it second
SPEAKING = frozenset(
    {"t", "NotFound", "Forbidden", "Conflict", "Unavailable", "Wrong", "RundumError"}
)


class Keys(msgspec.Struct):
    """`asked`: keys that must exist (with where they are asked for); `mentioned`: every text that
    looks like a key; `prefixes`: beginnings that code completes (`t("word.band." ~ band)`)."""

    asked: dict[str, str] = msgspec.field(default_factory=dict)
    mentioned: set[str] = msgspec.field(default_factory=set)
    prefixes: set[str] = msgspec.field(default_factory=set)

    def uses(self, key: str) -> bool:
        return key in self.mentioned or any(key.startswith(prefix) for prefix in self.prefixes)


def keys_used(*packages: str) -> Keys:
    """The keys that these packages ask for in `t("…")`, in errors, and through forms' `texts` and
    choices' `words`."""
    keys = Keys()
    for package in packages:
        root = Path(str(files(package)))
        for path in sorted(root.rglob("*.py")):
            _read_python(path, keys)
        for path in sorted(root.glob("templates/**/*.*")):
            _read_template(path, keys)
    return keys


def _read_template(path: Path, keys: Keys) -> None:
    tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str):
            _mention(constant.value, keys)
    for data in tree.find_all(nodes.Concat):
        _complete(data.nodes[0], keys)
    for addition in tree.find_all(nodes.Add):
        _complete(addition.left, keys)
    for call in tree.find_all(nodes.Call):
        asked = isinstance(call.node, nodes.Name) and call.node.name == "t"
        if asked and call.args and isinstance(call.args[0], nodes.Const):
            keys.asked.setdefault(str(call.args[0].value), f"{path.name}:{call.lineno}")


def _complete(node: nodes.Node, keys: Keys) -> None:
    if isinstance(node, nodes.Const) and PREFIX.fullmatch(str(node.value)):
        keys.prefixes.add(str(node.value))


def _read_python(path: Path, keys: Keys) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            _mention(node.value, keys)
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            if PREFIX.fullmatch(str(node.values[0].value)):
                keys.prefixes.add(str(node.values[0].value))
        elif isinstance(node, ast.Call):
            for key in _asked_by(node):
                keys.asked.setdefault(key, f"{path.name}:{node.lineno}")
            keys.prefixes |= {f"{words}." for words in _keyword(node, "words", "texts")}


def _asked_by(call: ast.Call) -> Iterator[str]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    position = 1 if name == "FieldError" else 0 if name in SPEAKING else None
    if position is not None and len(call.args) > position:
        argument = call.args[position]
        either = (
            (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
        )
        for one in either:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value
    yield from _keyword(call, "missing")
    if name == "Form":
        for texts in _keyword(call, "texts"):
            yield from (
                f"{texts}.{k.arg}.label" for k in call.keywords if k.arg not in (None, "texts")
            )


def _keyword(call: ast.Call, *names: str) -> Iterator[str]:
    for keyword in call.keywords:
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if keyword.arg in names and isinstance(value, str):
            yield value


def _mention(text: str, keys: Keys) -> None:
    if KEY.fullmatch(text):
        keys.mentioned.add(text)
