"""Buttons on the alarm inputs of cameras and recorders, against boxes that check what they are asked."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.clock import SystemClock
from monitor.probe.alarm_inputs import watch_boxes
from monitor.probe.bells import Told
from monitor.probe.disk_queue import DiskQueue
from monitor.probe.link import Link
from monitor.probe.messages import Speaker
from monitor.probe.publisher import Publisher
from monitor.probe.shapes import Bell, Box, Broker, Login, Timing
from tests.fake_boxes import LINES, FakeBox, alert, send

MAKES = ["hikvision", "dahua"]
STATES = {"hikvision": "/ISAPI/System/IO/inputs/{}/status", "dahua": "/cgi-bin/alarm.cgi?action=getInState"}
PATIENCE_S = 30.0


class Listener:
    """A probe's own publisher, whose broker is away: what it says stays in its queue."""

    def __init__(self, folder: Path) -> None:
        self.queue = DiskQueue(folder / "queue")
        speaker = Speaker("anninh/v1", "pi-3", "c1c8f0d2")
        broker = Broker("127.0.0.1", 1, False, "pi-3", None, "anninh/v1", None, None, None)
        link = Link(broker, "pi-3", speaker.status("offline", {}), "ack")
        self.publisher = Publisher(speaker, self.queue, link, SystemClock(), Random(7), {}, lambda: True)

    def said(self, bell: str = "chuong-1") -> list[str]:
        return [json.loads(each.body)["kind"] for each in self.queue if each.topic.endswith(f"/alarm/{bell}")]

    def troubles(self) -> list[str]:
        bodies = [json.loads(each.body) for each in self.queue if each.topic.endswith("/event")]
        return [each["detail"] for each in bodies]

    def state(self, bell: str = "chuong-1") -> dict[str, Any]:
        return self.publisher._bells.get(bell, {})


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    listener = Listener(tmp_path)
    yield listener
    listener.queue.close()


async def until(is_so: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline_s, "it does not come about"
        await asyncio.sleep(0.01)


def watching(listener: Listener, fake: FakeBox, act: Callable[[], Any], **more: Any) -> None:
    """Watches inputs 1 and 2 of the box while ``act`` runs."""
    timing = Timing(
        more.pop("timeout_s", 20), 3600, SystemClock(), ask_every_s=0.1, ask_while_on_s=0.05, line_again_s=0.01
    )
    box = Box(fake.make, "127.0.0.1", fake.port, more.pop("login", Login("admin", "a password")))
    bells = [Bell(f"chuong-{n}", "hold_up", fake.make, "", more.get("active_low", False), box, n) for n in (1, 2)]

    async def work() -> None:
        watch = asyncio.ensure_future(watch_boxes([Told(listener.publisher, bell) for bell in bells], timing))
        try:
            await act()
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    asyncio.run(work())


@pytest.mark.parametrize("make", MAKES)
def test_it_hears_each_press_and_its_end(make: str, listener: Listener) -> None:
    def is_said(told: list[str]) -> bool:
        return listener.said() == told

    with FakeBox(make) as fake:

        async def act() -> None:
            await until(lambda: fake.has_line and listener.state() == {"s": "up"})
            for told in (["alarm"], ["alarm", "clear", "alarm"]):
                fake.turns(1, is_on=True)
                fake.says(fake.event(1, is_on=True))  # again and again while it is on
                await until(partial(is_said, told))
                fake.turns(1, is_on=False)
                await until(partial(is_said, [*told, "clear"]))

        watching(listener, fake, act)
    assert listener.said() == ["alarm", "clear"] * 2
    assert listener.said("chuong-2") == []
    paths = {path for path, is_signed in fake.asked if is_signed}
    assert paths == {STATES[make].format(1), STATES[make].format(2), LINES[MAKES.index(make)]}


@pytest.mark.parametrize("make", MAKES)
def test_it_hears_a_press_that_is_over_before_it_could_ask(make: str, listener: Listener) -> None:
    with FakeBox(make) as fake:

        async def act() -> None:
            await until(lambda: fake.has_line and listener.state() == {"s": "up"})
            fake.says(fake.event(2, is_on=True))  # its state says nothing of it
            await until(lambda: listener.said("chuong-2") == ["alarm", "clear"])

        watching(listener, fake, act)


@pytest.mark.parametrize("make", MAKES)
def test_it_rings_for_a_button_that_is_held_when_it_starts(make: str, listener: Listener) -> None:
    with FakeBox(make, on={2}) as fake:
        watching(listener, fake, lambda: until(lambda: listener.said("chuong-2") == ["alarm"]))
    assert listener.said() == []


@pytest.mark.parametrize("make", MAKES)
def test_it_finds_what_turned_while_its_line_was_cut(make: str, listener: Listener) -> None:
    with FakeBox(make) as fake:

        async def act() -> None:
            await until(lambda: fake.has_line and listener.state() == {"s": "up"})
            fake.cut()
            fake.turns(1, is_on=True, is_told=False)
            await until(lambda: listener.said() == ["alarm"])
            await until(lambda: fake.has_line)
            fake.turns(1, is_on=False)
            await until(lambda: listener.said() == ["alarm", "clear"])

        watching(listener, fake, act)


def test_it_hears_a_button_that_opens_its_circuit(listener: Listener) -> None:
    with FakeBox("dahua", on={1, 2}) as fake:

        async def act() -> None:
            await until(lambda: fake.has_line and listener.state("chuong-2") == {"s": "up"})
            fake.turns(1, is_on=False)
            await until(lambda: listener.said() == ["alarm"])

        watching(listener, fake, act, active_low=True)


def test_it_asks_for_the_states_where_an_event_names_no_input(listener: Listener) -> None:
    with FakeBox("hikvision") as fake:

        async def act() -> None:
            await until(lambda: fake.has_line and listener.state() == {"s": "up"})
            fake.on.add(2)
            fake.says(alert("IO", "active"))
            fake.says(alert("videoloss", "inactive") + alert("VMD", "active"))
            await until(lambda: listener.said("chuong-2") == ["alarm"])

        watching(listener, fake, act)
    assert listener.said() == []


def test_it_says_a_wrong_password_once(listener: Listener) -> None:
    with FakeBox("hikvision") as fake:

        async def act() -> None:
            await until(lambda: listener.troubles() != [])
            await asyncio.sleep(0.3)

        watching(listener, fake, act, login=Login("admin", "another"))
        asked = list(fake.asked)
    assert listener.troubles() == ["chuong-1: its password is refused", "chuong-2: its password is refused"]
    assert listener.state() == {"s": "down", "err": "its password is refused"}
    assert asked == [(STATES["hikvision"].format(1), False)] * 2


@pytest.mark.parametrize(
    ("path", "answer", "reason"),
    [
        ("state", lambda handler: send(handler, 404, b""), "http 404"),
        ("state", lambda handler: send(handler, 200, b"<html>log in</html>"), "it tells no state"),
        ("state", lambda handler: handler.wfile.write(b"SSH-2.0-x\r\n"), "it speaks no http"),
        ("state", lambda handler: time.sleep(1), "timeout"),
        ("line", lambda handler: send(handler, 503, b""), "no event line, http 503"),
    ],
)
def test_it_says_that_a_box_cannot_be_read(
    path: str, answer: Callable[[Any], None], reason: str, listener: Listener
) -> None:
    with FakeBox("dahua") as fake:
        fake.answers[STATES["dahua"] if path == "state" else LINES[1]] = answer

        async def act() -> None:
            await until(lambda: listener.state() == {"s": "down", "err": reason})
            del fake.answers[STATES["dahua"] if path == "state" else LINES[1]]
            await until(lambda: listener.state() == {"s": "up"})

        watching(listener, fake, act, timeout_s=0.3)
    assert listener.troubles()[:2] == [f"chuong-1: {reason}", f"chuong-2: {reason}"]
    assert listener.said() == []


def test_it_needs_no_password_where_none_is_wanted(listener: Listener) -> None:
    with FakeBox("dahua", login=None) as fake:
        watching(listener, fake, lambda: until(lambda: listener.state() == {"s": "up"}), login=None)
