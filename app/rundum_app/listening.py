"""The sockets that a service listens on."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress

from rundum_core.refusal import StartRefused

BACKLOG = 1024


def listen(host: str, port: int) -> list[socket.socket]:
    """One socket for each address of the host (localhost has two); raises StartRefused."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as unknown:
        raise StartRefused(f"RUNDUM_HOST: nobody knows {host}.") from unknown
    opened: list[socket.socket] = []
    for family, address in dict.fromkeys((entry[0], entry[4]) for entry in found):
        try:
            with suppress(_NotHere):
                opened.append(_listening(family, address))
        except OSError as failure:
            for one in opened:
                one.close()
            raise StartRefused(_said(failure, host, port)) from failure
    if not opened:
        raise StartRefused(f"RUNDUM_HOST: {host} is no address of this machine.")
    return opened


class _NotHere(Exception):
    """The machine has no such address, or not this kind of addresses (IPv6, say)."""


def _listening(family: int, address: object) -> socket.socket:
    try:
        opened = socket.socket(family, socket.SOCK_STREAM)
    except OSError as failure:
        raise _NotHere from failure
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)  # type: ignore[arg-type]  # whatever getaddrinfo gave
        opened.listen(BACKLOG)
        opened.setblocking(False)
    except OSError as failure:
        opened.close()
        if failure.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
            raise _NotHere from failure
        raise
    return opened


def _said(failure: OSError, host: str, port: int) -> str:
    if failure.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken: set RUNDUM_PORT to another one."
    if failure.errno == errno.EACCES:
        return f"Port {port} is for root only: set RUNDUM_PORT to one above 1023."
    return f"Port {port} on {host} can't be listened on: {failure.strerror}."
