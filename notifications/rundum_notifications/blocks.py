"""A letter's text as blocks, from which plain text and HTML are made alike.

The source is plain: paragraphs stand between blank lines (line breaks inside one don't count),
lines that begin with `- ` are a list, lines that begin with `> ` are the facts that somebody looks
for (date, place, pay; the first of them stands out), `[button]` is where the button goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

# What stands for the button while a text is filled: no value can hold it, see `clean`.
BUTTON = "\x1ebutton"

_BLANKS = re.compile(r"[\t\n\v\f\r \x85\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MARKS = {"- ": "items", "> ": "facts"}


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """`paragraph` (one line), `items`, `facts` or `button` (no lines)."""

    kind: str
    lines: tuple[str, ...] = ()


def clean(value: Any) -> Any:
    """A text that fills a letter: one line, no control characters, so that what somebody typed
    adds no paragraph, header or button."""
    return _CONTROLS.sub("", _BLANKS.sub(" ", value)) if isinstance(value, str) else value


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a filled text, in order."""
    return tuple(_blocks(text))


def plain(blocks: tuple[Block, ...], button: str) -> str:
    """Blocks as plain text, a paragraph a line; `button` is what stands for the button."""
    written = (_plain(block, button) for block in blocks)
    return "\n\n".join(part for part in written if part)


def _blocks(text: str) -> Iterator[Block]:
    kind = ""
    lines: list[str] = []
    for raw in [*text.split("\n"), ""]:
        line = raw.strip(" \t\r")
        mark = _MARKS.get(line[:2], "")
        if (not line or line == BUTTON or (mark and mark != kind)) and lines:
            yield _block(kind, lines)
            kind, lines = "", []
        if line == BUTTON:
            yield Block(kind="button")
        elif mark:
            kind = mark
            lines.append(line[2:].strip())
        elif line and kind in _MARKS.values():
            lines[-1] += f" {line}"
        elif line:
            kind = "paragraph"
            lines.append(line)


def _block(kind: str, lines: list[str]) -> Block:
    return Block(kind=kind, lines=(" ".join(lines),) if kind == "paragraph" else tuple(lines))


def _plain(block: Block, button: str) -> str:
    if block.kind == "button":
        return button
    lead = {"items": "- ", "facts": "  "}.get(block.kind, "")
    return "\n".join(lead + line for line in block.lines)
