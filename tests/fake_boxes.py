"""A camera or recorder with alarm inputs on the loopback: it asks for a password by Digest and checks the answer."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

NONCE = "7d1f0c22"
LINES = (
    "/ISAPI/Event/notification/alertStream",
    "/cgi-bin/eventManager.cgi?action=attach&codes=[AlarmLocal]&heartbeat=5",
)


@dataclass
class FakeBox:
    """``on``: its inputs that are on. ``answers``: what it says to a path in place of the right thing, once it let in.

    ``asked``: path, and whether it was rightly signed. ``wrong_paths``: what no box of its make has.
    """

    make: str
    login: tuple[str, str] | None = ("admin", "a password")
    on: set[int] = field(default_factory=set)
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    _lines: list[BaseHTTPRequestHandler] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._server.shutdown()
        self._server.server_close()

    @property
    def has_line(self) -> bool:
        return bool(self._lines)

    def says(self, text: bytes) -> None:
        for line in self._lines:
            line.wfile.write(text)
            line.wfile.flush()

    def turns(self, number: int, *, is_on: bool, is_told: bool = True) -> None:
        """An input turns; ``is_told``: on the line."""
        (self.on.add if is_on else self.on.discard)(number)
        if is_told:
            self.says(self.event(number, is_on=is_on))

    def event(self, number: int, *, is_on: bool) -> bytes:
        if self.make == "dahua":
            body = b"Code=AlarmLocal;action=%b;index=%d" % (b"Start" if is_on else b"Stop", number - 1)
            return b"--myboundary\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(body), body)
        return alert("IO", "active" if is_on else "inactive", f"<inputIOPortID>{number}</inputIOPortID>")

    def cut(self) -> None:
        while self._lines:
            with suppress(OSError):
                self._lines.pop().connection.shutdown(2)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        box = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                is_signed = box.login is not None and _is_signed(self, box.login)
                box.asked.append((self.path, is_signed))
                if box.login is not None and not is_signed:
                    send(self, 401, b"", ("WWW-Authenticate", f'Digest realm="box", qop="auth", nonce="{NONCE}"'))
                elif self.path in box.answers:
                    box.answers[self.path](self)
                elif self.path in LINES:
                    box._hold(self)
                else:
                    box._state(self)

        return Handler

    def _state(self, handler: BaseHTTPRequestHandler) -> None:
        if self.make == "dahua" and handler.path == "/cgi-bin/alarm.cgi?action=getInState":
            send(handler, 200, b"result=%d\r\n" % sum(1 << (number - 1) for number in self.on))
        elif self.make == "hikvision" and (
            asked := re.fullmatch(r"/ISAPI/System/IO/inputs/(\d+)/status", handler.path)
        ):
            state = "active" if int(asked[1]) in self.on else "inactive"
            body = (
                f'<?xml version="1.0" encoding="UTF-8"?>\n<IOPortStatus version="2.0"><ioPortID>{asked[1]}</ioPortID>'
            )
            send(
                handler, 200, f"{body}<ioPortType>input</ioPortType><ioState>{state}</ioState></IOPortStatus>".encode()
            )
        else:
            send(handler, 404, b"")

    def _hold(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "multipart/mixed; boundary=boundary")
        handler.end_headers()
        handler.wfile.flush()
        self._lines.append(handler)
        with suppress(OSError):
            handler.rfile.read(1)  # until whoever listens hangs up
        with suppress(ValueError):
            self._lines.remove(handler)


def alert(kind: str, state: str, more: str = "") -> bytes:
    body = (
        '<EventNotificationAlert version="2.0">'
        f"<eventType>{kind}</eventType>{more}<eventState>{state}</eventState></EventNotificationAlert>"
    ).encode()
    return b"--boundary\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(body), body)


def send(handler: BaseHTTPRequestHandler, code: int, body: bytes, *headers: tuple[str, str]) -> None:
    handler.send_response(code)
    for name, value in (*headers, ("Content-Length", str(len(body)))):
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _is_signed(handler: BaseHTTPRequestHandler, login: tuple[str, str]) -> bool:
    told = dict(re.findall(r'(\w+)="?([^",]*)"?', handler.headers.get("Authorization", "")))
    secret = _md5(f"{login[0]}:box:{login[1]}")
    wanted = _md5(f"{secret}:{NONCE}:{told.get('nc')}:{told.get('cnonce')}:auth:{_md5(f'GET:{handler.path}')}")
    uri = re.search(r'uri="([^"]*)"', handler.headers.get("Authorization", ""))
    return told.get("response") == wanted and uri is not None and uri[1] == handler.path


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
