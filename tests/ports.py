"""Ports for services that tests start."""

from __future__ import annotations

import random
from socket import AF_UNIX, socket

_TO_CATCHER = 1000  # the mail catcher listens so much further up
_claims: list[socket] = []  # names that the kernel forgets when this process ends


def free_port() -> int:
    """A port that no other test of this machine is given while this process lives, nor the one for
    the mail catcher; both below the range that systems give to connections going out."""
    for port in random.sample(range(20_000, 20_000 + _TO_CATCHER), _TO_CATCHER):
        claim = socket(AF_UNIX)
        try:
            claim.bind(f"\0rundum-port-{port}")
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        if not (_is_taken(port) or _is_taken(port + _TO_CATCHER)):
            return port
    raise AssertionError("no free port")


def _is_taken(port: int) -> bool:
    with socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
