"""The HTTP server: uvicorn, which lets go of its live feeds when it is told to stop."""

from __future__ import annotations

from types import FrameType

import uvicorn

from monitor.web.live import Feed


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # It waits for open answers to end before it runs any shutdown of ours, and a feed never ends by itself.
        self._feed.close()
        super().handle_exit(sig, frame)
