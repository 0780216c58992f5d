"""Cameras on addresses of the loopback: RTSP and ONVIF, with passwords, slow, mute, with wrong clocks, or not there."""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from monitor.shutting import shut
from tests.brokers import free_port

NONCE = "66a1f3c2"
CLOCK = """HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nConnection: close\r\n\r\n\
<?xml version="1.0"?><env:Envelope><env:Body><tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>
<tt:LocalDateTime><tt:Time><tt:Hour>1</tt:Hour></tt:Time></tt:LocalDateTime>
<tt:UTCDateTime><tt:Time><tt:Hour>{0.hour}</tt:Hour><tt:Minute>{0.minute}</tt:Minute><tt:Second>{0.second}</tt:Second>
</tt:Time><tt:Date><tt:Year>{0.year}</tt:Year><tt:Month>{0.month}</tt:Month><tt:Day>{0.day}</tt:Day></tt:Date>
</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse></env:Body></env:Envelope>"""


@dataclass
class FakeCamera:
    """``has_rtsp``, ``has_onvif``: whether the port is open. ``is_mute``: it takes connections and says nothing."""

    has_rtsp: bool = True
    has_onvif: bool = True
    is_mute: bool = False
    delay_s: float = 0.0
    skew_s: float = 0.0
    login: tuple[str, str] | None = None
    rtsp_says: bytes = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n"
    onvif_says: bytes | None = None
    asked: list[str] = field(default_factory=list)


@dataclass
class FakeCameras:
    """Address → camera. Each has an address of its own below 127, and all have the same two ports."""

    cameras: Mapping[str, FakeCamera]
    rtsp_port: int = field(default_factory=free_port)
    onvif_port: int = field(default_factory=free_port)
    _open: dict[asyncio.StreamWriter, asyncio.Task[None]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve(started)))
        self._thread.start()
        assert started.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        self._loop.close()

    async def _serve(self, started: threading.Event) -> None:
        speaking = [
            (self._rtsp, self.rtsp_port, [name for name, each in self.cameras.items() if each.has_rtsp]),
            (self._onvif, self.onvif_port, [name for name, each in self.cameras.items() if each.has_onvif]),
        ]
        servers = [await asyncio.start_server(answer, hosts, port) for answer, port, hosts in speaking if hosts]
        started.set()
        await self._stop.wait()
        for server in servers:
            await shut(server)
        for writer, task in self._open.items():
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*self._open.values(), return_exceptions=True)
        await asyncio.sleep(0)

    def _rtsp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        camera = self.cameras[writer.get_extra_info("sockname")[0]]
        self._talk(writer, _answering(camera, reader, writer, lambda asked: _rtsp_answer(camera, asked)))

    def _onvif(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        camera = self.cameras[writer.get_extra_info("sockname")[0]]
        at = datetime.now(UTC) + timedelta(seconds=camera.skew_s)
        says = camera.onvif_says or CLOCK.format(at).encode()
        self._talk(writer, _answering(camera, reader, writer, lambda _asked: says, is_once=True))

    def _talk(self, writer: asyncio.StreamWriter, answering: Coroutine[Any, Any, None]) -> None:
        task = self._open[writer] = asyncio.ensure_future(answering)
        task.add_done_callback(lambda _: self._open.pop(writer, None))


async def _answering(camera, reader, writer, answer, *, is_once=False) -> None:
    try:
        while True:
            asked = (await reader.readuntil(b"\r\n\r\n")).decode()
            camera.asked.append(asked)
            if camera.is_mute:
                await reader.read()
                return
            await asyncio.sleep(camera.delay_s)
            writer.write(answer(asked))
            await writer.drain()
            if is_once:
                return
    except (asyncio.IncompleteReadError, ConnectionError):
        return
    finally:
        writer.close()


def _rtsp_answer(camera: FakeCamera, asked: str) -> bytes:
    if camera.login is None:
        return camera.rtsp_says
    user, password = camera.login
    uri = asked.split()[1]
    secret = hashlib.md5(f"{user}:cam:{password}".encode()).hexdigest()
    wanted = hashlib.md5(f"{secret}:{NONCE}:{hashlib.md5(f'OPTIONS:{uri}'.encode()).hexdigest()}".encode()).hexdigest()
    said = re.search(r'response="(\w+)"', asked)
    if said and said[1] == wanted:
        return camera.rtsp_says
    challenge = f'WWW-Authenticate: Digest realm="cam", nonce="{NONCE}"\r\nWWW-Authenticate: Basic realm="cam"\r\n'
    return f"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n{challenge}\r\n".encode()


class NobodyAnswers:
    """A port at which connections are neither taken nor refused, as where a machine is switched off."""

    def __init__(self, address: str, port: int = 0) -> None:
        self._listener = socket.socket()
        self._listener.bind((address, port))
        self._listener.listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._waiting = [socket.socket() for _ in range(3)]
        for each in self._waiting:
            each.setblocking(False)
            each.connect_ex((address, self.port))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._listener, *self._waiting):
            each.close()
