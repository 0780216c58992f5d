"""A local server that stands in for a service by which people are told: slow, mute or broken when a test says so."""

from __future__ import annotations

import json
import random
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class FakeService:
    """``drop_response``: this part of the answers is lost after the work was done. ``asked``: all requests."""

    html_502: bool = False
    drop_response: float = 0.0
    slow_s: float = 0.0
    asked: list[Asked] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(7)
        self.lock = threading.Lock()
        self._ending = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, urlsplit(self.path).path, headers, self.rfile.read(length))
                service.answer(self, asked)

            do_GET = do_POST = do_HEAD = handle_any  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)
        assert self.complaints == []

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        with self.lock:
            self.asked.append(asked)
            status, body = self.reply(asked)
            is_lost = self.may_lose(asked) and self._chance.random() < self.drop_response
        if self.slow_s:
            self._ending.wait(self.slow_s)
        if self.html_502:
            status, body = 502, "<html>Bad Gateway</html>"
        if is_lost:
            handler.close_connection = True
            return
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        with suppress(ConnectionError):  # whoever asked has not waited
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            if asked.method != "HEAD":
                handler.wfile.write(content)

    def may_lose(self, asked: Asked) -> bool:
        return True

    def reply(self, asked: Asked) -> tuple[int, Any]:
        return 200, {}

    def insist(self, is_right: bool, complaint: str) -> None:
        """What the real one would refuse fails the test that sent it."""
        if not is_right:
            self.complaints.append(complaint)
