"""Buttons wired to the alarm inputs of cameras and recorders: one line to each box, and its states asked for besides.

The line tells a press at once, also one that is over before anybody could ask. The states are asked for when the line
is made (so a button that is held then is pressed), now and then (so that it is known whether the input can be read),
and every two seconds while one is on, for not every box says when it ends. A box that was missed three times in a row,
or gives no line, is lost: a short press would be nobody's. A password that was refused is said again as seldom as to
any camera: a box shuts out whoever says it often.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from monitor.probe.answers import UNAUTHORIZED, Response, is_whole, response_of
from monitor.probe.bells import Told
from monitor.probe.box_formats import Turns, is_on, state_path, stream_path
from monitor.probe.conversation import Conversation, Way, word_of
from monitor.probe.shapes import Box, Timing
from monitor.probe.sign_in import authorization

# Hikvision says something at least every few seconds, Dahua every five; a line that is silent longer is a dead one.
LINE_SILENT_S = 60.0
MISSES = 3
_OK = 200


class Refused(OSError):
    """The box does not take our password, or wants one that nobody gave us."""


@dataclass(slots=True)
class Input:
    told: Told
    is_pressed: bool = False

    def turn(self, is_active: bool) -> None:
        """Each beginning is a press; that it is on is said again and again."""
        is_now = is_active != self.told.bell.is_active_low
        if is_now != self.is_pressed:
            self.is_pressed = is_now
            self.told.word("press" if is_now else "release")


@dataclass(slots=True)
class Watch:
    """``_turned``: how often the line said something. ``_is_open``: whether the line is there."""

    box: Box
    inputs: dict[int, Input]
    timing: Timing
    _misses: int = 0
    _line_misses: int = 0
    _turned: int = 0
    _is_open: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        await asyncio.gather(self._asking(), self._listening())

    async def _asking(self) -> None:
        while True:
            try:
                for number, each in self.inputs.items():
                    await self._ask(number, each)
            except OSError as error:
                self._answers.clear()
                self._misses += 1
                if isinstance(error, Refused) or self._misses >= MISSES:
                    self._lost(error)
                if isinstance(error, Refused):
                    await asyncio.sleep(self.timing.again_s)
            else:
                self._misses = 0
                self._answers.set()
            await self._until_it_is_time()

    async def _until_it_is_time(self) -> None:
        is_calm = self._is_open and not any(each.is_pressed for each in self.inputs.values())
        with suppress(TimeoutError):
            async with asyncio.timeout(self.timing.ask_every_s if is_calm else self.timing.ask_while_on_s):
                await self._wake.wait()
        self._wake.clear()

    async def _ask(self, number: int, each: Input) -> None:
        before, answer = self._turned, await self._answer(state_path(self.box.make, number))
        is_active = is_on(self.box.make, number, answer) if answer.code == _OK else None
        if is_active is None:
            raise OSError(0, "it tells no state" if answer.code == _OK else f"http {answer.code}")
        if self._is_open:
            each.told.found()
        if before == self._turned:  # what the line said meanwhile is newer
            each.turn(is_active)

    async def _listening(self) -> None:
        while True:
            await self._answers.wait()  # a password is tried by the asking alone
            try:
                await self._listen()
            except OSError as error:
                self._line_misses += 1
                if self._line_misses >= MISSES:
                    self._lost(error)
            self._is_open = False
            await asyncio.sleep(self.timing.line_again_s)

    async def _listen(self) -> None:
        """Returns where a line ends that was there; raises ``OSError`` where there is none."""
        path, turns = stream_path(self.box.make), Turns(self.box.make)
        _, challenge = await self._asked(state_path(self.box.make, next(iter(self.inputs))))
        async with Conversation(self._way) as talk:
            heard = await talk.say(self._request(path, self._signed(challenge, path)), _has_head)
            answer = response_of(b"HTTP", heard)
            if answer is None or answer.code != _OK:
                raise OSError(0, f"no event line, http {answer.code}" if answer else "no event line")
            self._is_open, self._line_misses = True, 0
            self._wake.set()  # what turned before it was there nobody has said
            more = answer.body
            with suppress(OSError):
                while True:
                    for turn in turns.feed(more):
                        self._heard(*turn)
                    if not (more := await talk.more(LINE_SILENT_S)):
                        return

    def _heard(self, number: int | None, is_active: bool) -> None:
        self._turned += 1
        if number is not None and number in self.inputs:
            self.inputs[number].turn(is_active)
        self._wake.set()  # of which input, or when it ends, the box may not say

    async def _answer(self, path: str) -> Response:
        answer, challenge = await self._asked(path)
        signed = self._signed(challenge, path)
        if signed is not None:
            answer, _ = await self._asked(path, signed)
        if answer.code == UNAUTHORIZED:
            raise Refused(0, "its password is refused" if self.box.login else "it asks for a password")
        return answer

    async def _asked(self, path: str, signed: str | None = None) -> tuple[Response, list[str]]:
        """With what it wants to be signed by; on a connection of its own, for many boxes hang up after each answer."""
        async with Conversation(self._way) as talk:
            answer = response_of(b"HTTP", await talk.say(self._request(path, signed), is_whole))
        if answer is None:
            raise OSError(0, "it speaks no http")
        return answer, answer.header("www-authenticate") if answer.code == UNAUTHORIZED else []

    def _signed(self, challenge: Sequence[str], path: str) -> str | None:
        if not challenge or self.box.login is None:
            return None
        return authorization(challenge, self.box.login, "GET", path, secrets.token_hex(8))

    def _request(self, path: str, signed: str | None) -> bytes:
        host = f"[{self.box.address}]" if ":" in self.box.address else self.box.address
        sign_in = f"Authorization: {signed}\r\n" if signed else ""
        return (
            f"GET {path} HTTP/1.1\r\nHost: {host}:{self.box.port}\r\nUser-Agent: chuong-probe\r\n{sign_in}"
            "Connection: close\r\n\r\n"
        ).encode()

    def _lost(self, error: OSError) -> None:
        reason = error.strerror if not error.errno and error.strerror else word_of(error)
        for each in self.inputs.values():
            each.told.lost(reason)

    @property
    def _way(self) -> Way:
        return Way(self.box.address, self.box.port, self.timing.timeout_s, self.timing.clock)


async def watch_boxes(told: Sequence[Told], timing: Timing) -> None:
    watches = [Watch(box, inputs, timing) for box, inputs in _by_box(told)]
    await asyncio.gather(*(each.run() for each in watches))


def _by_box(told: Sequence[Told]) -> Iterable[tuple[Box, dict[int, Input]]]:
    boxes: dict[Box, dict[int, Input]] = {}
    for each in told:
        if each.bell.box is not None:
            boxes.setdefault(each.bell.box, {})[each.bell.number] = Input(each)
    return boxes.items()


def _has_head(heard: bytes) -> bool:
    return b"\r\n\r\n" in heard
