"""One TCP connection to a camera: what was sent, what came, how long it took, and why nothing did. All is bounded."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from monitor.clock import Clock

MOST_BYTES = 16_384
_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Way:
    """To one port of one camera, and how long it may take altogether."""

    address: str
    port: int
    timeout_s: float
    clock: Clock


class Conversation:
    """``async with``; raises only ``OSError``, and ``TimeoutError`` is one. ``opened_ms``: to the connection.

    On bare sockets: a stream of asyncio's takes a quarter of a MiB at a time for what is a few hundred bytes.
    """

    def __init__(self, way: Way) -> None:
        self._way = way
        self._began_s = way.clock.monotonic_s()
        self._socket = socket.socket(socket.AF_INET6 if ":" in way.address else socket.AF_INET)
        self._socket.setblocking(False)
        self.opened_ms: int | None = None

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(self._left_s):
                await self._loop.sock_connect(self._socket, (self._way.address, self._way.port))
        except BaseException:
            self._socket.close()
            raise
        self.opened_ms = self.taken_ms
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._socket.close()

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    @property
    def taken_ms(self) -> int:
        return round(1000 * (self._way.clock.monotonic_s() - self._began_s))

    @property
    def _left_s(self) -> float:
        return max(0.0, self._way.timeout_s - (self._way.clock.monotonic_s() - self._began_s))

    async def say(self, request: bytes, is_whole: Callable[[bytes], bool]) -> bytes:
        """What comes until it is whole, or too much, or the camera hangs up."""
        heard = b""
        async with asyncio.timeout(self._left_s):
            await self._loop.sock_sendall(self._socket, request)
            while not is_whole(heard) and len(heard) < MOST_BYTES:
                if not (more := await self._loop.sock_recv(self._socket, _CHUNK)):
                    break
                heard += more
        return heard

    async def more(self, within_s: float) -> bytes:
        """What comes next on a line that stays open; nothing where the camera has hung up."""
        async with asyncio.timeout(within_s):
            return await self._loop.sock_recv(self._socket, _CHUNK)


_WORDS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
}


def word_of(error: OSError) -> str:
    """What to call it in a heartbeat."""
    return "timeout" if isinstance(error, TimeoutError) else _WORDS.get(error.errno or 0, "error")
