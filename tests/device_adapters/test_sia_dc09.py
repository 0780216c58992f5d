"""What SIA DC-09 panels say beyond the captures: sealed frames, codes, zones, copies; and what each is answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from device_adapters.core.contract import Decoded, DeviceClass, DeviceFacts, Known, Message
from device_adapters.core.dc09_frames import Splitter, crc
from device_adapters.core.events import AlarmKind, Event, EventClass
from device_adapters.sia_dc09 import ADAPTER
from tests.bench.dc09_fuzz import fuzz
from tests.panels import KEY, Panel

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


class Post:
    """An inventory with panel 1234 and its buttons 5 and 6, and the adapter's memory."""

    def __init__(self, **agreed: Any) -> None:
        self.now, self.agreed, self.memory = NOW, agreed, dict[str, str]()
        self.panel = Panel(now=lambda: self.now)
        self.kinds: dict[str, AlarmKind | None] = {"1234": None, "1234/5": AlarmKind.HOLD_UP, "1234/6": None}

    def hears(self, frames: bytes) -> Decoded:
        known = Known(
            device=self._facts,
            recall=self.memory.get,
            below=lambda address: [each for each in self.kinds if each.startswith(f"{address}/")],
            agreed=lambda address: self.agreed if address == "1234" else {},
        )
        decoded = ADAPTER.decode(Message("dc09/tcp", frames, self.now), "dc09", known)
        self.memory |= decoded.remember
        return decoded

    def says(self, data: str, family: str = "ADM-CID", **said: Any) -> Event:
        """The gravest event of one frame."""
        return self.hears(self.panel.event(data, family, **said)).events[0]

    def told(self, data: str, family: str = "ADM-CID") -> tuple[str, EventClass, AlarmKind | None]:
        event = self.says(data, family)
        return event.address, event.event_class, event.kind

    def _facts(self, address: str) -> DeviceFacts | None:
        if address not in self.kinds:
            return None
        device_class = DeviceClass.BELL if "/" in address else DeviceClass.GATEWAY
        return DeviceFacts(device_id=address, device_class=device_class, alarm_kind=self.kinds[address])


def word(decoded: Decoded) -> bytes:
    return decoded.reply[9:14]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("1120 01 005", ("1234/5", EventClass.ALARM, AlarmKind.HOLD_UP)),  # the inventory knows what button it is
        ("1110 01 005", ("1234/5", EventClass.ALARM, AlarmKind.FIRE)),  # the panel knows better
        ("1121 01 003", ("1234", EventClass.ALARM, AlarmKind.DURESS)),  # of a user, not of zone 3
        ("1100 01 006", ("1234/6", EventClass.ALARM, AlarmKind.MEDICAL)),
        ("1120 01 009", ("1234", EventClass.ALARM, AlarmKind.PANIC)),  # nobody registered zone 9
        ("1776 01 005", ("1234/5", EventClass.ALARM, AlarmKind.HOLD_UP)),  # a code of the user's own
        ("9120 01 005", ("1234/5", EventClass.ALARM, AlarmKind.HOLD_UP)),  # no such qualifier
        ("1381 00 005", ("1234/5", EventClass.OFFLINE, None)),
        ("3381 00 005", ("1234/5", EventClass.ONLINE, None)),
        ("1570 00 005", ("1234/5", EventClass.TROUBLE, AlarmKind.TROUBLE)),
        ("1344 00 000", ("1234", EventClass.TAMPER, AlarmKind.TAMPER)),
        ("1601 00 000", ("1234", EventClass.TEST, None)),
        ("1406 01 003", ("1234", EventClass.HEARTBEAT, None)),
    ],
)
def test_it_reads_contact_id(data: str, told: tuple[str, EventClass, AlarmKind | None]) -> None:
    assert Post().told(data) == told


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("Nri01/PA005", ("1234/5", EventClass.ALARM, AlarmKind.HOLD_UP)),
        ("Nti08:15/id012/ri1/HA6^Quầy 2^", ("1234/6", EventClass.ALARM, AlarmKind.HOLD_UP)),
        ("OPA5", ("1234/5", EventClass.ALARM, AlarmKind.HOLD_UP)),  # old, and never heard of before
        ("Nri1PA5*'Quầy 1/2'NM", ("1234/5", EventClass.ALARM, AlarmKind.HOLD_UP)),
        ("Nri1/PA5|AQuầy 2", ("1234/5", EventClass.ALARM, AlarmKind.HOLD_UP)),
        ("Nri1/BR6/PA5/ri2/BA6", ("1234/5", EventClass.ALARM, AlarmKind.HOLD_UP)),
        ("N?!", ("1234", EventClass.ALARM, AlarmKind.PANIC)),  # cannot be read, and came well
        ("Nri1/HH5", ("1234/5", EventClass.CLEAR, AlarmKind.HOLD_UP)),
        ("NXT6", ("1234/6", EventClass.LOW_BATTERY, AlarmKind.BATTERY_LOW)),
        ("NYT0", ("1234", EventClass.LOW_BATTERY, AlarmKind.BATTERY_LOW)),
        ("NTA6|#1234|Nri1/BA5", ("1234/5", EventClass.ALARM, AlarmKind.HOLD_UP)),  # two blocks, the graver first
        ("NCL012", ("1234", EventClass.HEARTBEAT, None)),
    ],
)
def test_it_reads_sia_codes(data: str, told: tuple[str, EventClass, AlarmKind | None]) -> None:
    assert Post().told(data, "SIA-DCS") == told


@pytest.mark.parametrize("key", [KEY, KEY + b"01234567", KEY + KEY], ids=["128", "192", "256"])
@pytest.mark.parametrize("is_typed", [True, False], ids=["typed", "hexadecimal"])
def test_it_opens_and_seals(key: bytes, is_typed: bool) -> None:
    post = Post(**({"key_ascii": key.decode()} if is_typed else {"key_hex": key.hex()}))
    post.panel.key = key
    for frame in (post.panel.event("1122 01 005"), post.panel.link_test()):
        decoded = post.hears(frame)
        assert decoded.reply.startswith(b"\n")
        assert decoded.reply[9:15] == b'"*ACK"'
        assert post.panel.opened(decoded.reply) == b"]_08:30:00,11-21-2026"


def test_it_holds_against_a_panel_how_it_speaks_until_it_speaks_well() -> None:
    post = Post(key_ascii=KEY.decode())
    plain = post.hears(post.panel.event("1120 01 005"))
    assert (word(plain), plain.events[0].event_class) == (b'"NAK"', EventClass.TROUBLE)
    assert plain.events[0].detail == "trouble:plain_text (it says: panic 5)"
    assert post.hears(post.panel.event("1301 00 000")).events[0].event_class is EventClass.IGNORE, "told once"
    again = [post.hears(post.panel.event("1120 01 006")).events[0] for _ in range(2)]
    assert [each.event_class for each in again] == [EventClass.TROUBLE] * 2, "but each call that it claims"
    post.panel.key = b"another key, 16!"
    assert word(post.hears(post.panel.event("1120 01 005"))) == b'"DUH"'
    post.panel.key = KEY
    stale = post.panel.event("1122 01 005", at=NOW - timedelta(seconds=41))
    assert (word(post.hears(stale)), post.hears(stale).events[0].event_class) == (b'"NAK"', EventClass.IGNORE)
    told = post.hears(post.panel.event("1122 01 005")).events
    assert [(each.address, each.event_class) for each in told][:2] == [
        ("1234/5", EventClass.ALARM),
        ("1234", EventClass.CLEAR),
    ]


@pytest.mark.parametrize(("off_s", "answer"), [(20, b'"ACK"'), (21, b'"NAK"'), (-40, b'"ACK"'), (-41, b'"NAK"')])
def test_it_takes_a_press_whatever_the_clock_and_says_what_it_is(off_s: int, answer: bytes) -> None:
    post = Post()
    decoded = post.hears(post.panel.event("1120 01 005", at=NOW + timedelta(seconds=off_s)))
    assert (word(decoded), decoded.events[0].event_class) == (answer, EventClass.ALARM)


def test_it_takes_the_panels_word_for_its_own_clock() -> None:
    post = Post(utc_offset_h=7, flips_troubles=True, nak="#000")
    local = NOW + timedelta(hours=7)
    decoded = post.hears(post.panel.event("3301 00 000", at=local, extra="[H15:20:00,11-21-2026]"))
    assert (word(decoded), decoded.events[0].event_class) == (b'"ACK"', EventClass.TROUBLE)
    assert (decoded.events[0].occurred_at, decoded.events[0].queued_s) == (NOW - timedelta(minutes=10), 600)
    assert post.hears(post.panel.link_test(at=NOW)).reply[9:] == b'"NAK"0000R0L0#000[]_15:30:00,11-21-2026\r'


def test_it_tells_a_copy_from_a_new_press_under_the_same_number() -> None:
    post = Post()
    press = post.panel.event("1122 01 005")
    first = post.hears(press).events[0].source_event_id
    post.now += timedelta(minutes=5)
    assert post.hears(press).events[0].source_event_id == first, "the very same frame"
    post.panel.sequence = 1
    post.now += timedelta(minutes=1)
    assert post.says("1122 01 005").source_event_id == first, "written anew with another time"
    assert post.says("1122 01 005").source_event_id != first, "another number"
    post.panel.sequence = 1
    post.now += timedelta(hours=1)
    assert post.says("1122 01 005").source_event_id != first, "its numbers began anew"


def test_it_ends_a_condition_of_many_with_the_last_of_them() -> None:
    post = Post()
    begun = [post.says(data).event_class for data in ("1301 00 000", "1350 00 000", "1120 01 008", "1120 01 009")]
    assert begun == [EventClass.TROUBLE] * 2 + [EventClass.ALARM] * 2
    ended = [post.says(data).event_class for data in ("3301 00 000", "3350 00 000", "3120 01 009", "3120 01 008")]
    assert ended == [EventClass.HEARTBEAT, EventClass.CLEAR] * 2


def test_it_keeps_zones_alive_but_those_it_has_lost() -> None:
    post = Post()
    alive = lambda: [each.address for each in post.hears(post.panel.link_test()).events]  # noqa: E731
    assert alive() == ["1234", "1234/5", "1234/6"]
    post.says("1381 01 005")
    assert alive() == ["1234", "1234/6"]
    post.says("1602 00 005")
    post.says("3383 01 005")
    assert alive() == ["1234", "1234/5", "1234/6"]


def test_it_rings_in_a_walk_test_and_says_that_there_is_one() -> None:
    post = Post()
    post.says("1607 00 001")
    assert "in a walk test" in str(post.says("1122 01 005").detail)
    post.says("3607 00 001")
    assert "in a walk test" not in str(post.says("1122 01 005").detail)


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        (Panel(now=lambda: NOW).frame("", "ADM-HS", sequence=7), b'"DUH"'),  # a format that is not ours
        (Panel(now=lambda: NOW).event("12"), b'"DUH"'),
        (Panel(now=lambda: NOW).event("1120 01 005", extra="[I a [bracket]]"), b'"ACK"'),
        (Panel(now=lambda: NOW).event("1120 01 005", stamp="_99:99:99,11-21-2026"), b'"NAK"'),
        (Panel(now=lambda: NOW).event("1120 01 005", stamp="_00:00:00,01-01-0001"), b'"NAK"'),
        (Panel(now=lambda: NOW).event("1120 01 005")[1:], b'"ACK"'),  # LF was lost on the way
        (Panel(now=lambda: NOW).event("1120 01 005")[:-1], b""),
        (Panel("9999", KEY, now=lambda: NOW).event("1120 01 005"), b'"DUH"'),
        (b"HELLO\r\n", b""),
        (b"", b""),
    ],
)
def test_it_answers_what_it_can_use_and_is_silent_to_what_is_broken(frame: bytes, answer: bytes) -> None:
    decoded = Post().hears(frame)
    assert word(decoded) == answer
    assert decoded.events
    is_call = decoded.events[0].event_class is EventClass.ALARM
    assert is_call or decoded.refused, "what does not ring is kept"


def test_it_cuts_a_stream_alike_however_it_arrives() -> None:
    panel = Panel(now=lambda: NOW)
    frames = [panel.event("1120 01 005"), panel.link_test(), panel.event("3120 01 005")]
    stream = b"junk" + frames[0] + b"\n" + frames[1] + frames[2][:20] + frames[2]
    for size in (1, 7, len(stream)):
        splitter = Splitter()
        pieces = [each for at in range(0, len(stream), size) for each in splitter.feed(stream[at : at + size])]
        assert [each for each in pieces if each in frames] == frames


def test_it_answers_no_mutated_frame_wrongly() -> None:
    outcome = fuzz(1000, 20261121)
    assert (outcome.crashes, outcome.wrong) == ([], [])


def test_it_checks_by_crc_16_arc() -> None:
    assert crc(b"123456789") == 0xBB3D


def test_it_counts_the_numbers_of_a_panel_that_counts_for_us_alone() -> None:
    for agreed, is_counted in (({}, True), ({"counts": False}, False)):
        decoded = Post(**agreed).hears(Panel(now=lambda: NOW, sequence=7).event("1120 01 005"))
        assert (decoded.tally is not None and decoded.tally.seq == 7) is is_counted


def test_it_counts_nothing_of_a_panel_that_nobody_registered() -> None:
    assert Post().hears(Panel("9999", now=lambda: NOW, sequence=7).event("1120 01 005")).tally is None


def test_it_takes_a_second_press_of_a_stranger_without_a_clock_for_another() -> None:
    post = Post()

    def press() -> str | None:
        body = b'"ADM-CID"0001L0#7777[#7777|1120 01 005]'
        return post.hears(b"\n%04X%04X%s\r" % (crc(body), len(body), body)).events[0].source_event_id

    first, copy = press(), press()
    post.now += timedelta(hours=25)
    assert first == copy != press()


@pytest.mark.parametrize("zone", ["005", "0005"])
def test_it_rings_for_a_stranger_that_writes_its_zone_in_four_digits(zone: str) -> None:
    post = Post()
    body = f'"ADM-CID"0001L0#7777[#7777|1120 01 {zone}]'.encode()
    event = post.hears(b"\n%04X%04X%s\r" % (crc(body), len(body), body)).events[0]
    assert (event.event_class, event.address) == (EventClass.ALARM, "7777/5")
