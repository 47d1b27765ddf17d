"""What keeps the service from starting, said to the one who runs it."""

from __future__ import annotations


class StartRefused(Exception):
    """The start can't go on; `lines` say what is wrong and what to do, one thing a line.

    The command line prints them and ends: no traceback, since nothing is wrong with the code.
    """

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
