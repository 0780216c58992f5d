"""A mail server that takes mail, or refuses it with a code, or says nothing any more."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes
from email.message import Message
from email.policy import default
from types import TracebackType
from typing import Self


class FakeMail:
    """``refuse_with``: the code for each recipient. ``is_mute``: takes the mail and hangs up without a word."""

    def __init__(self) -> None:
        self.refuse_with: int | None = None
        self.is_mute = False
        self.mails: list[Message] = []
        fake = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                fake.talk(self)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def talk(self, session: socketserver.StreamRequestHandler) -> None:
        def say(line: str) -> None:
            session.wfile.write(f"{line}\r\n".encode())

        say("220 fake")
        for line in session.rfile:
            verb = line.strip().upper()[:4]
            if verb == b"DATA":
                say("354 go on")
                if not self._take(session):
                    return
                say("250 taken")
            elif verb == b"RCPT" and self.refuse_with:
                say(f"{self.refuse_with} no")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def _take(self, session: socketserver.StreamRequestHandler) -> bool:
        lines = []
        for line in session.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        self.mails.append(message_from_bytes(b"".join(lines), policy=default))
        return not self.is_mute
