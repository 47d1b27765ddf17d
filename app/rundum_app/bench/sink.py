"""An SMTP sink in a process of its own that takes its time for each mail."""

from __future__ import annotations

import asyncio
import sys

HOST = "127.0.0.1"


class Sink(asyncio.Protocol):
    """Says yes to everything, to a mail after `seconds`; no more SMTP than that needs."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._buffer = b""
        self._in_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._say("220 sink")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = b"\r\n.\r\n" if self._in_mail else b"\r\n"
            head, found, rest = self._buffer.partition(end)
            if not found:
                return
            self._buffer = rest
            if self._in_mail:
                self._in_mail = False
                asyncio.get_running_loop().call_later(self._seconds, self._say, "250 taken")
            else:
                self._answer(head.upper())

    def _answer(self, command: bytes) -> None:
        if command.startswith(b"DATA"):
            self._in_mail = True
            self._say("354 go on")
        elif command.startswith(b"QUIT"):
            self._say("221 bye")
            self._transport.close()
        else:
            self._say("250 fine")

    def _say(self, line: str) -> None:
        if not self._transport.is_closing():
            self._transport.write(line.encode() + b"\r\n")


async def serve(seconds: float) -> None:
    """Print the port, then serve until stdin ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(seconds), HOST, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
