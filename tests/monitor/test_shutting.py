"""A server of asyncio that is closed while somebody comes in."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack

import pytest

from monitor.shutting import shut


@pytest.mark.parametrize("rounds", range(5))
def test_it_leaves_nobody_who_was_taken_without_a_line(rounds: int) -> None:
    made: list[asyncio.Protocol] = []
    lines: list[asyncio.BaseTransport] = []

    class Line(asyncio.Protocol):
        def __init__(self) -> None:
            made.append(self)

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            lines.append(transport)

    async def close_while_they_come(strangers: ExitStack) -> None:
        server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", 0)
        for _ in range(3):
            strangers.enter_context(socket.create_connection(server.sockets[0].getsockname()))
        for _ in range(rounds):
            await asyncio.sleep(0)
        await shut(server)
        for line in lines:
            line.close()
        await asyncio.sleep(0)

    with ExitStack() as strangers:
        asyncio.run(close_while_they_come(strangers))
    assert len(lines) == len(made)
