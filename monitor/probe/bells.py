"""Buttons wired to this machine: a level in a file, or words in a pipe.

level   a file that holds 0 or 1, as /sys/class/gpio/gpio17/value does; looked at fifty times a second. Pressed when two
        looks in a row say so, released likewise: shorter is a spark, not a finger.
lines   a named pipe (made where it is missing) or "-", standard input: a line is press, release, test or tamper.
        Whatever else it says rings: nobody can know that it was not meant. So gpiomon, a serial reader or a script
        can stand before it.

hikvision, dahua   an alarm input of a camera or recorder: monitor.probe.alarm_inputs

A source that cannot be read is told as a trouble of the probe, once, and tried again; every beat says of each whether
it can. Of a pipe no more is known than that it is open: whoever writes into it may be gone.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field

from monitor.probe.lines_log import log
from monitor.probe.publisher import Publisher
from monitor.probe.shapes import Bell

LEVEL_EVERY_S = 0.02
AGAIN_AFTER_S = 1.0
_LONGEST_LINE_B = 256
_EVENTS = ("test", "tamper")


@dataclass(slots=True)
class Told:
    """What a source says, as the contract has it."""

    publisher: Publisher
    bell: Bell
    _is_lost: bool | None = None

    def word(self, word: str) -> None:
        if word in _EVENTS:
            self.publisher.event(self.bell.id, word, {})
        elif word == "release":
            self.publisher.press(self.bell.id, "clear", self.bell.input)
        else:
            if word != "press":
                log.error("bell_line_unreadable", bell=self.bell.id, length=len(word))
            self.publisher.press(self.bell.id, "alarm", self.bell.input)

    def lost(self, reason: str) -> None:
        self.publisher.bell_read(self.bell.id, reason)
        if not self._is_lost:
            self._is_lost = True
            log.error("bell_source_lost", bell=self.bell.id, path=self.bell.path, reason=reason)
            self.publisher.event(None, "trouble", {"detail": f"{self.bell.id}: {reason}"})

    def found(self) -> None:
        if self._is_lost is not False:
            self._is_lost = False
            self.publisher.bell_read(self.bell.id)


@dataclass(slots=True)
class Level:
    """Two looks that agree. Released at the start: a button that is held then is pressed."""

    is_active_low: bool
    _is_pressed: bool = False
    _last: bool = False

    def look(self, content: bytes) -> str | None:
        """``press`` or ``release`` where it turned; raises ``ValueError`` for what is no level."""
        is_now = bool(int(content)) != self.is_active_low
        is_settled, self._last = is_now == self._last, is_now
        if not is_settled or is_now == self._is_pressed:
            return None
        self._is_pressed = is_now
        return "press" if is_now else "release"


async def watch_level(told: Told) -> None:
    level = Level(told.bell.is_active_low)
    while True:
        try:
            await _look_again(told, level)
        except (OSError, ValueError) as error:
            told.lost(getattr(error, "strerror", None) or "it holds no level")
        await asyncio.sleep(AGAIN_AFTER_S)


async def _look_again(told: Told, level: Level) -> None:
    file = os.open(told.bell.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        while True:
            if (word := level.look(os.pread(file, 16, 0))) is not None:
                told.word(word)
            told.found()
            await asyncio.sleep(LEVEL_EVERY_S)
    finally:
        os.close(file)


@dataclass(slots=True)
class Lines:
    """Bytes into words, whatever pieces they come in."""

    take: Callable[[str], None]
    _rest: bytes = field(default=b"")

    def feed(self, more: bytes) -> None:
        *whole, self._rest = (self._rest + more).split(b"\n")
        if len(self._rest) > _LONGEST_LINE_B:
            whole, self._rest = [*whole, self._rest], b""
        for line in whole:
            if word := line.strip().decode("utf-8", "replace").lower():
                self.take(word)


async def watch_lines(told: Told) -> None:
    while True:
        try:
            file = _opened(told.bell.path)
        except OSError as error:
            told.lost(error.strerror or "it cannot be opened")
        else:
            told.found()
            await _until_it_ends(file, Lines(told.word))
            told.lost("it ended")
        await asyncio.sleep(AGAIN_AFTER_S)


def _opened(path: str) -> int:
    if path == "-":
        file = os.dup(0)
        os.set_blocking(file, False)
        return file
    if not os.path.lexists(path):
        os.mkfifo(path, 0o660)
    if not (stat.S_ISFIFO(kind := os.stat(path).st_mode) or stat.S_ISCHR(kind)):  # noqa: PTH116
        raise OSError(0, "it is no pipe", path)
    # For writing too: so it does not end when whoever writes has gone.
    return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)


async def _until_it_ends(file: int, lines: Lines) -> None:
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def read() -> None:
        try:
            more = os.read(file, 4096)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if more:
            lines.feed(more)
        elif not ended.done():
            ended.set_result(None)

    try:
        loop.add_reader(file, read)
        await ended
    except PermissionError:  # standard input that is a plain file or nothing
        return
    finally:
        loop.remove_reader(file)
        os.close(file)
