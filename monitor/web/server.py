"""The HTTP server: uvicorn, which ends its live feeds and comes back to its caller when told to stop."""

from __future__ import annotations

import signal
from socket import socket
from types import FrameType

import uvicorn

from monitor.shutting import shut
from monitor.web.live import Feed


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """Instead of uvicorn's own, which sends itself the signal again at the end: the process would then die of it
        before the writer, the broker sessions and the store are closed in order."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True
        # It waits for open answers to end before it runs any shutdown of ours, and a feed never ends by itself.
        self._feed.close()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        # Whoever is on his way in is among those who are told that it ends.
        for server in self.servers:
            await shut(server)
        await super().shutdown(sockets)
