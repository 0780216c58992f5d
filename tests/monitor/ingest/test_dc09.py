"""The door for alarm panels: real sockets, the one writer and a real store; what is answered, and when."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from device_adapters.core.contract import Message
from monitor.clock import SystemClock
from monitor.errors import StoreUnavailable
from monitor.ingest.dc09 import PanelReceiver
from monitor.ingest.dc09_lines import Door, Tls
from monitor.ingest.intake import Intake, Limits, Work
from tests.brokers import free_port
from tests.fakes import FakeClock
from tests.monitor.conftest import Post
from tests.panels import KEY, Panel, PanelLine, a_panel, a_zone, says_by_udp

STORES = ("sqlite",)
ACK_1 = b'\n1EB60014"ACK"0001R1L0#1234[]\r'


class Entrance:
    """The door of a post; ``fails``: how often its store cannot commit; ``gate``: shut, the writer waits."""

    def __init__(self, post: Post, tls: Tls | None = None) -> None:
        self.post, self.port, self.fails, self.gate = post, free_port(), 0, threading.Event()
        self.gate.set()
        work = Work(process=self._process, tick=lambda: None, flush=lambda: False, redeliver=lambda: None)
        self.intake = Intake(work, Limits(), SystemClock())
        door = Door("127.0.0.1", self.port, 4, 0.5, tls=tls)
        self.receiver = PanelReceiver(door, self.intake.offer, post.clock)
        post.reply = self.receiver.answer

    def _process(self, batch: Sequence[tuple[str, Message]]) -> None:
        self.gate.wait(10)
        if self.fails:
            self.fails -= 1
            raise StoreUnavailable("as a full disk would")
        self.post.pipeline.process(batch)

    def line(self) -> PanelLine:
        return PanelLine(self.port)

    def panel(self, account: str = "1234", key: bytes | None = None) -> Panel:
        return Panel(account, key, now=self.post.clock.now)

    def calls(self) -> list[tuple[Any, Any]]:
        return [(each["device_id"], each["kind"]) for each in self.post.alarms()]


@pytest.fixture
def entrance(post: Post) -> Iterator[Entrance]:
    for device in (a_panel(), a_zone(), a_panel("5678"), a_zone("5678")):
        post.register(device.pop("id"), device_class=device.pop("class"), **device)
    with opened(Entrance(post)) as entrance:
        yield entrance


@contextmanager
def opened(entrance: Entrance) -> Iterator[Entrance]:
    entrance.intake.start()
    entrance.receiver.start()
    try:
        while entrance.receiver.trouble():
            SystemClock().sleep(0.01)
        yield entrance
    finally:
        entrance.intake.stop()
        entrance.receiver.stop()


def test_it_answers_a_press_when_it_is_stored_and_its_copies_too(entrance: Entrance) -> None:
    press = entrance.panel().event("1122 01 005")
    entrance.fails = 1
    entrance.gate.clear()
    with entrance.line() as line:
        line.send(b"HELLO\r\n" + press)
        with pytest.raises(TimeoutError):
            line.answer(within_s=0.2)
        assert entrance.calls() == []
        entrance.gate.set()
        assert line.answer() == ACK_1
        assert entrance.calls() == [("ZONE-1234-5", "hold_up")]
        assert line.says(press) == ACK_1
    assert says_by_udp(entrance.port, press) == ACK_1
    (alarm,) = entrance.post.alarms()
    assert (alarm["presses"], alarm["duplicates"]) == (1, 2)


def test_it_rings_again_when_the_same_number_comes_an_hour_later(entrance: Entrance, clock: FakeClock) -> None:
    with entrance.line() as line:
        line.says(entrance.panel().event("1122 01 005"))
        clock.forward(3600)
        assert line.says(entrance.panel().event("1122 01 005")) == ACK_1
    (alarm,) = entrance.post.alarms()
    assert (alarm["presses"], alarm["duplicates"]) == (2, 0)


def test_it_takes_frames_apart_however_they_arrive(entrance: Entrance) -> None:
    panel = entrance.panel()
    joined = panel.link_test() + b"".join(panel.event(f"{qualifier}120 01 005") for qualifier in "131313131313")
    with entrance.line() as line:
        line.send(joined[:50])
        line.send(joined[50:])
        answers = [line.answer() or b"" for _ in range(13)]
    # A press goes before a link test, whoever came first.
    assert sorted(each[9:18] for each in answers) == [b'"ACK"%04d' % number for number in range(13)]


def test_it_says_nothing_to_what_is_broken_and_our_time_to_a_wrong_clock(entrance: Entrance) -> None:
    panel, now = entrance.panel(), entrance.post.clock.now()
    broken = panel.event("1120 01 005").replace(b"005]", b"006]")
    with entrance.line() as line:
        line.send(broken)
        answer = line.says(panel.event("1122 01 005", at=now - timedelta(minutes=10))) or b""
        assert answer[9:] == b'"NAK"0000R0L0A0[]_' + f"{now:%H:%M:%S,%m-%d-%Y}".encode() + b"\r"
        panel.sequence -= 1
        assert (line.says(panel.event("1122 01 005")) or b"")[9:18] == b'"ACK"0002'
    (alarm,) = entrance.post.alarms()
    assert (alarm["late_s"], alarm["presses"], alarm["duplicates"]) == (600, 1, 1)
    assert [each["reason"][:7] for each in entrance.post.quarantine()] == ["bad CRC"]


def test_it_answers_sealed_frames_sealed_and_alarms_about_them_in_clear(entrance: Entrance) -> None:
    panel = entrance.panel("5678", KEY)
    with entrance.line() as line:
        forged = line.says(entrance.panel("5678").event("1122 01 005")) or b""
        assert forged[9:24] == b'"NAK"0000R0L0A0'
        assert entrance.calls() == [("PANEL-5678", "trouble")]
        answer = line.says(panel.event("1122 01 005")) or b""
    assert answer[9:28] == b'"*ACK"0001R1L0#5678'
    assert panel.opened(answer).startswith(b"]_")
    assert ("ZONE-5678-5", "hold_up") in entrance.calls()


def test_it_shows_and_keeps_whoever_nobody_registered(entrance: Entrance) -> None:
    stranger = entrance.panel("9999")
    with entrance.line() as line:
        assert (line.says(stranger.link_test()) or b"")[9:14] == b'"DUH"'
        assert (line.says(stranger.event("1120 01 003")) or b"")[9:14] == b'"ACK"'
    assert [each["source"] for each in entrance.post.alarms()] == ["sia_dc09:9999/3"]
    assert [each["source"] for each in entrance.post.quarantine()] == ["sia_dc09:9999/3", "sia_dc09:9999"]


def test_it_ends_lines_that_never_end_a_frame_and_turns_away_one_too_many(entrance: Entrance) -> None:
    with entrance.line() as first, entrance.line() as second, entrance.line() as third:
        assert hung_up(third), "an address may hold half of the lines"
        first.send(b'\n1EB60014"ACK"' + b"x" * 5000)
        second.send(b'\n1EB60014"ACK"')
        assert hung_up(first)
        assert hung_up(second)


def hung_up(line: PanelLine) -> bool:
    try:
        return line.answer() is None
    except ConnectionError:
        return True


def test_its_zones_live_and_fall_with_the_panel(entrance: Entrance) -> None:
    post = entrance.post
    with entrance.line() as line:
        line.says(entrance.panel().link_test())
    assert (post.state("PANEL-1234"), post.state("ZONE-1234-5")) == ("ONLINE", "ONLINE")
    entrance.receiver.stop()
    post.wait(90)
    assert (post.state("PANEL-1234"), post.state("ZONE-1234-5")) == ("OFFLINE", "UNKNOWN")
    assert [each for each in entrance.calls() if each[1] == "offline"] == [("PANEL-1234", "offline")]


def test_a_panel_with_an_interval_of_its_own_is_missed_by_that(entrance: Entrance) -> None:
    """A link test a minute: four and a quarter of them may be missed, and its neighbour is gone long before."""
    post = entrance.post
    post.register("SLOW", adapter="sia_dc09", device_class="gateway", address="0777", supervision_interval_s=60.0)
    with entrance.line() as line:
        line.says(entrance.panel().link_test())
        line.says(entrance.panel("0777").link_test())
    post.wait(250)
    assert (post.state("PANEL-1234"), post.state("SLOW")) == ("OFFLINE", "LATE")
    post.wait(10)
    assert post.state("SLOW") == "OFFLINE"


def test_it_says_why_it_hears_no_panel_and_opens_when_it_can(post: Post) -> None:
    with opened(Entrance(post)) as first:
        second = Entrance(post)
        second.receiver = PanelReceiver(first.receiver.door, second.intake.offer, post.clock)
        second.receiver.start()
        while "cannot listen" not in str(second.receiver.trouble()):
            SystemClock().sleep(0.01)
        second.receiver.stop()
    assert "closed" in str(second.receiver.trouble())


def within_tls(folder: Path) -> tuple[Tls, ssl.SSLContext]:
    """The door's second port, and what a panel trusts."""
    authority, trusts = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(trusts)
    server = authority.issue_cert("127.0.0.1")
    server.private_key_pem.write_to_path(str(folder / "key"))
    server.cert_chain_pems[0].write_to_path(str(folder / "cert"))
    return Tls("127.0.0.1", free_port(), str(folder / "cert"), str(folder / "key")), trusts


def test_it_hears_a_panel_within_tls_and_one_beside_it(post: Post, tmp_path: Path) -> None:
    tls, trusts = within_tls(tmp_path)
    for device in (a_panel(), a_zone()):
        post.register(device.pop("id"), device_class=device.pop("class"), **device)
    with opened(Entrance(post, tls)) as entrance:
        sealed = PanelLine(tls.port, trusts=trusts)
        with entrance.line() as plain, sealed:
            assert sealed.says(entrance.panel().event("1122 01 005")) == ACK_1
            assert plain.says(entrance.panel().link_test()) is not None
        with PanelLine(tls.port) as stranger:
            assert stranger.says(entrance.panel().link_test()) != ACK_1
    assert entrance.calls() == [("ZONE-1234-5", "hold_up")]


def test_it_hears_the_others_where_its_certificate_cannot_be_read(post: Post, tmp_path: Path) -> None:
    tls, _ = within_tls(tmp_path)
    (tmp_path / "cert").unlink()
    post.register("PANEL-1234", device_class="gateway", adapter="sia_dc09", address="1234")
    entrance = Entrance(post, tls)
    entrance.intake.start()
    entrance.receiver.start()
    try:
        while "within TLS" not in (entrance.receiver.trouble() or ""):
            SystemClock().sleep(0.01)
        with entrance.line() as plain:
            assert plain.says(entrance.panel().event("1602 00 000")) == ACK_1
    finally:
        entrance.intake.stop()
        entrance.receiver.stop()
