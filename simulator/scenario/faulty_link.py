"""A sender's connection with what can happen to it: silence, a pulled plug, copies, and words in the wrong order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from simulator.link import Line
from simulator.outgoing import Outgoing


class Cable(Protocol):
    """What a player gives a sender: a connection that can be pulled out."""

    def open(self) -> None: ...

    def send(self, message: Outgoing) -> bool: ...

    def pull(self) -> None:
        """Without a goodbye: the broker sends the last will."""

    def plug(self) -> None: ...


class FaultyLink:
    """A ``Link``. Silent, it is still connected, and nothing goes through either way.

    ``copies``: how often a message is sent once more, and beside that a press.
    """

    def __init__(self, line: Line, cable_of: Callable[[Line], Cable]) -> None:
        self._line = line
        self._cable = cable_of(replace(line, on_ready=self._on_ready, on_message=self._on_message))
        self._is_silent = self._is_pulled = self._is_holding = False
        self._held: list[Outgoing] = []
        self.copies = self.copies_of_presses = self.presses_sent = 0
        self.last_alarm: Outgoing | None = None

    def open(self) -> None:
        self._cable.open()

    def send(self, message: Outgoing) -> bool:
        if self._is_silent or self._is_pulled:
            return False
        if _is_press(message):
            self.last_alarm = message
        if self._is_holding:
            self._held.append(message)
            is_sent = True
        else:
            is_sent = self._sent(message)
        self.presses_sent += is_sent and _is_press(message)
        return is_sent

    @property
    def is_away(self) -> bool:
        return self._is_silent or self._is_pulled

    def leave(self, how: str) -> None:
        """By ``will`` the broker sends the last will at once; by ``silence`` nobody is told anything."""
        if how == "will" and not self._is_pulled:
            self._is_pulled = True
            self._cable.pull()
        elif how == "silence":
            self._is_silent = True

    def come_back(self) -> None:
        was_pulled, was_silent = self._is_pulled, self._is_silent
        self._is_silent = self._is_pulled = False
        if was_pulled:
            self._cable.plug()
        elif was_silent:
            self._line.on_ready()

    def hold(self) -> None:
        self._is_holding = True

    def release(self) -> None:
        """What was held goes now, the last word first."""
        self._is_holding = False
        held, self._held = self._held, []
        for message in reversed(held):
            self._sent(message)

    def _sent(self, message: Outgoing) -> bool:
        is_sent = True
        copies = self.copies + (self.copies_of_presses if _is_press(message) else 0)
        for _ in range(1 + copies):
            is_sent = self._cable.send(message) and is_sent
        return is_sent

    def _on_ready(self) -> None:
        if not self.is_away:
            self._line.on_ready()

    def _on_message(self, topic: str, payload: bytes) -> None:
        if not self.is_away:
            self._line.on_message(topic, payload)


def _is_press(message: Outgoing) -> bool:
    return message.topic.endswith("/alarm") or b'"action"' in message.payload
