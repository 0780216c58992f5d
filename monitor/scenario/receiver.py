"""Stands for the people and groups a post tells: takes what is sent to it over HTTP, or fails as the story says."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from monitor.clock import Clock


class Receiver:
    """``failing``: channel → (until when, how)."""

    def __init__(self, clock: Clock) -> None:
        self.failing: dict[str, tuple[float, str]] = {}
        receiver, self._clock = self, clock

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                how = receiver.how(self.path.strip("/").partition("/")[0])
                if how != "silent":
                    self.send_response(429 if how else 200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def do_HEAD(self) -> None:
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_said: Any) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="receiver", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def how(self, channel: str) -> str:
        until_s, how = self.failing.get(channel, (float("-inf"), ""))
        return how if self._clock.monotonic_s() < until_s else ""
