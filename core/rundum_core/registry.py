"""How a lower room reaches a higher one: handlers by name, filled in once by rundum_app.

There are four hooks: what follows from an event, what a letter says, what a mail link opens, and
what a finished call does. A room declares the hook, the wiring fills it, nobody imports upward.
"""

from __future__ import annotations

from typing import Generic, TypeVar

Handler = TypeVar("Handler")


class Hook(Generic[Handler]):
    """Handlers under names; a name has exactly one."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._handlers: dict[str, Handler] = {}

    def fill(self, handlers: dict[str, Handler]) -> None:
        """Register handlers; a name that is taken by another handler is a mistake of the wiring."""
        for name, handler in handlers.items():
            if self._handlers.get(name, handler) is not handler:
                raise ValueError(f"{self.noun} {name!r} has a handler already")
            self._handlers[name] = handler

    def __getitem__(self, name: str) -> Handler:
        return self._handlers[name]

    def get(self, name: str) -> Handler | None:
        return self._handlers.get(name)

    def names(self) -> frozenset[str]:
        return frozenset(self._handlers)
