"""The end of a server of asyncio, without a connection that nobody holds."""

from __future__ import annotations

import asyncio

# Of the loop, from a connection that is taken to its protocol: its task, its transport, and what tells of it.
LET_IN_WITHIN = 3


async def shut(server: asyncio.Server) -> None:
    """Takes nobody more; whoever was taken already is there when it is closed.

    A server that is closed in between leaves him connected to nothing (python/cpython#109564).
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    for _ in range(LET_IN_WITHIN):
        await asyncio.sleep(0)
    server.close()
