"""A way between two programs on which everything can stop, as where a cable was cut: nobody is told, nothing comes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self


class BlackHole:
    """A TCP proxy to ``port``. While ``is_cut`` it takes what is sent and hands nothing on, also of new connections."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.is_cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._start(self._accept)

    def mend(self) -> None:
        """What was open stays lost, as after a real cut; the next connection goes through."""
        self.is_cut = False
        self._close_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._close_all()

    def _close_all(self) -> None:
        while self._open:
            _end(self._open.pop())

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            self._open += [near, far]
            self._start(lambda ends=(near, far): self._carry(*ends))
            self._start(lambda ends=(far, near): self._carry(*ends))

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                while self.is_cut:
                    time.sleep(0.02)
                target.sendall(data)
        _end(source)
        _end(target)

    @staticmethod
    def _start(work: Callable[[], None]) -> None:
        threading.Thread(target=work, daemon=True).start()


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
