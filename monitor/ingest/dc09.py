"""The door for alarm panels: SIA DC-09 by TCP, within TLS and by UDP, on a thread of its own with a loop of its own.

Each frame that comes is handed to the one writer, as the sessions at the broker do; what to answer is decided where the
frame is read, and is sent when everything it says is stored. A frame that was not stored has no answer, and its panel
sends it again: nothing here keeps anything.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

import structlog

from device_adapters.core.contract import Message
from device_adapters.core.dc09_frames import NULLS
from monitor import metrics
from monitor.clock import Clock
from monitor.ingest.dc09_lines import TCP, UDP, Datagrams, Door, Line, Seat, Tls
from monitor.ingest.intake import Arrival
from monitor.shutting import shut

log = structlog.get_logger()

ADAPTER = "sia_dc09"
TRY_AGAIN_S = 2.0
HANDSHAKE_WITHIN_S = 10.0
UNANSWERED_OF_ALL = 2000
# A frame that was taken is answered within this, or never.
FORGOTTEN_AFTER_S = 60.0


class PanelReceiver:
    """``start`` and ``stop`` are called by who owns it, ``answer`` by the writer thread; the rest runs on its loop."""

    def __init__(self, door: Door, offer: Callable[[Sequence[Arrival]], None], clock: Clock) -> None:
        self.door, self._offer, self._clock = door, offer, clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="panels", daemon=True)
        self._lines: set[Line] = set()
        self._of_address: Counter[str] = Counter()
        self._number = 0
        self._unanswered: OrderedDict[int, tuple[Seat, float]] = OrderedDict()
        self._over = asyncio.Event()
        self._fault: str | None = "not listening yet"
        self._release_one: Callable[[Sequence[int]], None] = self._stored

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def stop(self) -> None:
        if self._thread.ident is not None:
            self._on_loop(self._over.set)
            self._thread.join(timeout=5)

    def trouble(self) -> str | None:
        """Why no panel is heard."""
        if not self._thread.is_alive():
            return "the door for alarm panels is closed: its thread has ended"
        return self._fault

    @property
    def lines(self) -> int:
        return len(self._lines)

    def answer(self, replies: Sequence[tuple[Message, bytes]]) -> None:
        """What they say is stored. Of messages that did not come by this door nothing is known here."""
        mine = [(number, reply) for message, reply in replies if (number := _number_in(message.delivery)) is not None]
        self._on_loop(self._send, mine)

    # -- the loop ------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop or asyncio.new_event_loop()) as runner:
            try:
                runner.run(self._serve())
            except Exception:
                # Nothing may end this thread without a word: it is asked about.
                log.exception("panel_door_failed")

    def _on_loop(self, call: Callable[..., object], *given: object) -> None:
        # Once it is closed it has stopped, and its panels will come again.
        with suppress(RuntimeError):
            if self._loop is not None:
                self._loop.call_soon_threadsafe(call, *given)

    async def _serve(self) -> None:
        while not self._over.is_set():
            try:
                await self._listen()
            except OSError as error:
                self._fault = f"cannot listen for alarm panels at {self.door.host}:{self.door.port} ({error})"
                log.error("panel_door_closed", reason=self._fault)
                await self._rest(TRY_AGAIN_S)

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Line(self), self.door.host, self.door.port, backlog=512)
        try:
            listening: Coroutine[Any, Any, Any] = loop.create_datagram_endpoint(
                lambda: Datagrams(self), local_addr=(self.door.host, self.door.port)
            )
            datagrams, _ = await listening
            sealed, self._fault = await self._listen_sealed(self.door.tls) if self.door.tls else (None, None)
            log.info("panel_door_open", host=self.door.host, port=self.door.port)
            await self._over.wait()
            datagrams.close()
            if sealed:
                await shut(sealed)
        finally:
            await shut(server)
            for line in list(self._lines):
                line.cut()
            await asyncio.sleep(0)  # each says that it is lost in the next round of the loop

    async def _listen_sealed(self, tls: Tls) -> tuple[asyncio.Server | None, str | None]:
        """Or what is wrong with it, which closes no other door."""
        try:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(tls.cert_file, tls.key_file)
            server = await asyncio.get_running_loop().create_server(
                lambda: Line(self), tls.host, tls.port, ssl=context, ssl_handshake_timeout=HANDSHAKE_WITHIN_S
            )
        except OSError as error:
            fault = f"cannot listen for alarm panels within TLS at {tls.host}:{tls.port} ({error})"
            log.error("panel_door_closed", reason=fault)
            return None, fault
        return server, None

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()

    # -- lines and frames ----------------------------------------------------------------------------------------------

    def admits(self, line: Line) -> bool:
        if len(self._lines) >= self.door.connections:
            return False
        if self._of_address[line.address] >= max(1, self.door.connections // 2):
            return False
        self._lines.add(line)
        self._of_address[line.address] += 1
        metrics.PANEL_LINES.set(len(self._lines))
        return True

    def lost(self, line: Line) -> None:
        if line not in self._lines:
            return
        self._lines.discard(line)
        self._of_address[line.address] -= 1
        self._of_address += Counter()  # whoever is at none is forgotten
        metrics.PANEL_LINES.set(len(self._lines))

    def take(self, topic: str, frame: bytes, seat: Seat) -> None:
        """To the writer; what is one too many is left without an answer, as if it had been lost on its way."""
        now_s = asyncio.get_running_loop().time()
        while self._unanswered and now_s - next(iter(self._unanswered.values()))[1] > FORGOTTEN_AFTER_S:
            self._unanswered.popitem(last=False)[1][0].served()
        if len(self._unanswered) >= UNANSWERED_OF_ALL:
            metrics.panel_frames("too_many").inc()
            return
        self._number += 1
        self._unanswered[self._number] = (seat, now_s)
        seat.waits()
        message = Message(topic, frame, self._clock.now(), delivery=f"{topic} {seat.address} #{self._number}")
        self._offer([Arrival(ADAPTER, message, _is_urgent(frame), self._release_one, self._number)])

    def _stored(self, numbers: Sequence[int]) -> None:
        """Behind ``answer``: what had none needs none."""
        self._on_loop(self._send, [(number, b"") for number in numbers])

    def _send(self, replies: Sequence[tuple[int, bytes]]) -> None:
        for number, reply in replies:
            seat, _ = self._unanswered.pop(number, (None, 0.0))
            if seat is not None:
                metrics.panel_frames(_word(reply)).inc()
                if reply:
                    seat.send(reply)
                seat.served()


def _is_urgent(frame: bytes) -> bool:
    """A link test is a heartbeat; whatever else it is goes as a press does."""
    return not any(f'{word}"'.encode() in frame[:20] for word in NULLS)


def _number_in(delivery: str | None) -> int | None:
    door, _, number = (delivery or "").rpartition(" #")
    return int(number) if door.startswith((TCP, UDP)) and number.isdigit() else None


def _word(reply: bytes) -> str:
    return next((word for word in ("ACK", "NAK", "DUH") if f'{word}"'.encode() in reply[:20]), "silent")
