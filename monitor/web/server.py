"""The HTTP server and its door: uvicorn, which ends its live feeds and comes back to its caller when told to stop."""

from __future__ import annotations

import signal
import socket
from types import FrameType

import uvicorn

from monitor.errors import StartError
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


def listener(host: str, port: int) -> socket.socket:
    """Bound before anything else is begun; raises ``StartError`` where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise StartError(
            f"cannot listen on {host}:{port}: {error.strerror}. Is another monitor running there? "
            "Stop it, or choose another port with CHUONG_HTTP_PORT."
        ) from error
    return bound
