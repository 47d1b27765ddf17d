"""What the service says to its operator: events with ids, never a name, an address or a text.

An exception's message may quote what somebody typed, and so only its type and place are logged.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from rundum_core.settings import Settings

FRAMES = 8
_QUIET = ("/health", "/static", "/metrics")
_TRACEBACK = "Traceback (most recent call last)"
_FRAME = re.compile(r'File "(?:[^"]*/)?([^"/]+)", line (\d+), in (\w+)')
_KIND = re.compile(r"^[ |]*([A-Za-z_][\w.]*)(?=:|$)", re.MULTILINE)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = structlog.get_logger()


def set_up(settings: Settings) -> None:
    """Everything goes to standard error, one event a line, libraries' lines as well."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    json = settings.log_format == "json"
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso" if json else "%H:%M:%S", utc=json),
            _place_of_exception,
            structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
            if json
            else structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), sort_keys=False, pad_event_to=0
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    if not any(isinstance(handler, _Forwarding) for handler in root.handlers):
        root.addHandler(_Forwarding())


def places(error: BaseException) -> list[str]:
    """Where an exception came from: the innermost frames, as file, line and function."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{one.filename.rpartition('/')[2]}:{one.lineno} {one.name}" for one in frames]


class RequestLog:
    """A line for each request: method, route, status, time. The route is the template, since a
    path may hold a secret; its id goes back in the answer's `X-Request-Id`."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        number = uuid.uuid4().hex[:16]
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request=number):
            try:
                await self._app(scope, receive, noting)
            finally:
                route = scope.get("path_template")
                quiet = route is not None and route.startswith(_QUIET)
                (log.debug if quiet else log.info)(
                    "request",
                    method=scope["method"],
                    route=route,
                    status=status,
                    ms=round((time.perf_counter() - begun) * 1000, 1),
                )


class _Forwarding(logging.Handler):
    """Libraries' records: the text before anything was filled in, and no more than a line."""

    def emit(self, record: logging.LogRecord) -> None:
        text = str(record.msg)
        error = record.exc_info[1] if record.exc_info else None
        if _TRACEBACK in text:  # what a start that failed says, in one piece
            kinds, frames = _KIND.findall(text), _FRAME.findall(text)[-FRAMES:]
            where = [f"{file}:{line} {function}" for file, line, function in frames]
            log.log(record.levelno, "failed", error=kinds[-1] if kinds else None, where=where)
        else:
            first = text.partition("\n")[0]
            log.log(record.levelno, first, logger=record.name, exc_info=error)


def _place_of_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event.setdefault("error", type(error).__name__)
        event["where"] = places(error)
        cause = error.__cause__ or error.__context__
        if cause is not None:
            event["cause"] = type(cause).__name__
        for name in ("sqlstate", "constraint_name"):  # of asyncpg's errors
            if getattr(error, name, None):
                event[name] = getattr(error, name)
    return event
