"""The web behind a real socket: an event stream shows what it does only there."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from monitor.app import Monitor
from monitor.web.api import create_app
from monitor.web.server import Server
from tests.monitor.web.post import Post

PATIENCE_S = 10.0
MOST_BEATS = 60  # one a second: without an end a test would listen to them all night


@dataclass(frozen=True, slots=True)
class Told:
    id: int
    event: str
    data: dict[str, Any]


class Stream:
    """One client of the live feed; ``next`` skips the beats that come in between."""

    def __init__(self, port: int, token: str, path: str = "", headers: dict[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        wanted = {"Authorization": f"Bearer {token}", **(headers or {})}
        self._connection.request("GET", f"/api/v1/stream{path}", headers=wanted)
        self.answer = self._connection.getresponse()

    @classmethod
    def live(cls, port: int, token: str) -> Stream:
        """Past its hello: what happens from now on is told."""
        stream = cls(port, token)
        assert stream.any() is not None
        return stream

    def any(self) -> Told | None:
        """The next event of whatever kind, None at the end of the stream."""
        fields: dict[str, str] = {}
        while line := self.answer.readline():
            if line == b"\n":
                return Told(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            name, _, value = line.decode().rstrip("\n").partition(": ")
            fields[name] = value
        return None

    def next(self) -> Told:
        for _ in range(MOST_BEATS):
            if (told := self.any()) is None:
                raise AssertionError("the stream has ended")
            if told.event != "beat":
                return told
        raise AssertionError("the stream says nothing but that it is alive")

    def until(self, is_last: Callable[[Told], bool]) -> list[Told]:
        seen: list[Told] = []
        while not seen or not is_last(seen[-1]):
            seen.append(self.next())
        return seen

    def rest(self) -> list[Told]:
        """Everything up to the end of the stream."""
        seen = []
        while (told := self.any()) is not None:
            seen.append(told)
        return seen

    def close(self) -> None:
        self.answer.close()
        self._connection.close()


@contextmanager
def serving(post: Post | Monitor) -> Iterator[int]:
    """The port of a running server."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(post, post.feed), log_config=None, timeout_graceful_shutdown=None)
    server = Server(config, post.feed)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        deadline_s = time.monotonic() + PATIENCE_S
        while not server.started and time.monotonic() < deadline_s:
            time.sleep(0.01)
        yield listener.getsockname()[1]
    finally:
        server.handle_exit(signal.SIGTERM, None)
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        listener.close()
