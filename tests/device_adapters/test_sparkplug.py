"""The rules of a Sparkplug host application, by the names that the specification gives them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from device_adapters.core.contract import DeviceClass, Known, Message
from device_adapters.core.events import LAST_WILL, AlarmKind, EventClass, Shape
from device_adapters.core.orders import Sending
from device_adapters.core.sparkplug_body import read_body
from device_adapters.sparkplug import ADAPTER, REBIRTH
from tests.device_adapters.sparkplug_bodies import body, metric
from tests.device_adapters.spoken import NOW, Post

NODE, BELL = "g/gw", "g/gw/bell"
ON, GONE = EventClass.ALARM, EventClass.OFFLINE


class Host(Post):
    """A post that also keeps whom it would ask for a birth."""

    def __init__(self, **devices: DeviceClass) -> None:
        super().__init__(ADAPTER)
        self.wishes: list[Sending] = []
        self.now = NOW
        for address, device_class in devices.items():
            self.register(address.replace("__", "/"), device_class=device_class)

    def gets(self, kind: str, where: str, payload: bytes) -> list[tuple[str, EventClass]]:
        group, _, rest = where.partition("/")
        known = Known(device=self.devices.get, recall=self.memory.get)
        decoded = ADAPTER.decode(Message(f"spBv1.0/{group}/{kind}/{rest}", payload, self.now), "spBv1.0", known)
        self.memory |= {**decoded.remember, **decoded.note}
        self.wishes += decoded.ask
        self.events = list(decoded.events)
        return [(event.address, event.event_class) for event in decoded.events]

    @property
    def asked(self) -> list[str]:
        return [sending.topic for sending in self.wishes]

    def is_born(self, session: int = 1) -> None:
        self.gets("NBIRTH", NODE, body(0, metric("bdSeq", session, datatype=4)))
        self.gets("DBIRTH", BELL, body(1, metric("Inputs/Panic", False, alias=1, datatype=11)))


@pytest.fixture
def host() -> Host:
    host = Host(g__gw__bell=DeviceClass.BELL)
    host.is_born()
    return host


def test_it_asks_for_a_birth_where_a_number_is_missing(host: Host) -> None:
    """A number is missing: the node is asked for its birth, and what came is read all the same."""
    assert host.gets("DDATA", BELL, body(4, metric("", True, alias=1)))[0] == (BELL, ON)
    assert host.asked == ["spBv1.0/g/NCMD/gw"]


def test_it_asks_nobody_while_the_numbers_come_in_order_and_begin_anew(host: Host) -> None:
    for seq in (*range(2, 256), 0, 1):
        host.gets("NDATA", NODE, body(seq))
    assert host.asked == []


def test_it_reads_two_that_changed_places_as_they_come_and_asks_only_while_one_is_missing(host: Host) -> None:
    told = [host.gets("DDATA", BELL, body(seq, metric("", is_on, alias=1))) for seq, is_on in ((3, False), (2, True))]
    assert told[1][0] == (BELL, ON)
    assert [(each.topic, host.memory[each.while_held]) for each in host.wishes] == [("spBv1.0/g/NCMD/gw", "")]
    host.gets("NDATA", NODE, body(4))
    assert len(host.wishes) == 1
    host.gets("NDATA", NODE, body(6))
    assert [host.memory[each.while_held] for each in host.wishes] == ["5", "5"], "the next gap is asked for anew"


def test_it_keeps_in_mind_what_is_missing_over_the_end_of_the_numbers(host: Host) -> None:
    for seq in (*range(2, 255), 2):
        host.gets("NDATA", NODE, body(seq))
    assert host.memory[f"gap:{NODE}"] == "255,0,1"
    for seq in (0, 255):
        host.gets("NDATA", NODE, body(seq))
    assert host.memory[f"gap:{NODE}"] == "1"
    host.is_born(2)
    assert host.memory[f"gap:{NODE}"] == ""


def test_it_waits_for_nothing_where_the_numbers_tell_no_way(host: Host) -> None:
    host.gets("NDATA", NODE, body(200))
    assert [each.while_held for each in host.wishes] == [""]


def test_tck_id_operational_behavior_data_commands_ncmd_rebirth(host: Host) -> None:
    host.now += timedelta(minutes=1)
    decoded = ADAPTER.decode(
        Message("spBv1.0/g/DDATA/gw/bell", body(9), host.now), "spBv1.0", Known(host.devices.get, host.memory.get)
    )
    (command,) = decoded.ask
    (asked,) = read_body(command.payload).metrics
    assert (command.topic, command.qos) == ("spBv1.0/g/NCMD/gw", 0)
    assert (asked.name, asked.datatype, asked.value) == (REBIRTH, 11, True)
    assert read_body(command.payload).seq is None


def test_it_does_not_ask_at_every_message_of_a_gap(host: Host) -> None:
    for seq in (4, 9, 20):
        host.gets("NDATA", NODE, body(seq))
    assert len(host.asked) == 1
    host.now += timedelta(seconds=11)
    host.gets("NDATA", NODE, body(40))
    assert len(host.asked) == 2, "QoS 0: the first may have been lost"


@pytest.mark.parametrize(("session", "classes"), [(1, {GONE}), (0, {EventClass.IGNORE}), (2, {EventClass.IGNORE})])
def test_tck_id_payloads_ndeath_bdseq(host: Host, session: int, classes: set[EventClass]) -> None:
    """A will counts where it is that of the last birth; one of an earlier session may come behind the next birth."""
    said = host.gets("NDEATH", NODE, body(None, metric("bdSeq", session, datatype=4)))
    assert {event_class for _, event_class in said} == classes


def test_tck_id_operational_behavior_edge_node_termination_host_action_ndeath_devices_offline(host: Host) -> None:
    assert host.gets("NDEATH", NODE, body(None, metric("bdSeq", 1, datatype=4))) == [(NODE, GONE), (BELL, GONE)]
    assert {event.flags for event in host.events} == {(LAST_WILL,)}
    assert {event.occurred_at for event in host.events} == {None}, (
        "with our clock: the will is as old as the connection"
    )


def test_it_leaves_devices_to_the_inventory_where_it_knows_their_gateway(host: Host) -> None:
    host.register(BELL, parent_id="gateway-1")
    assert host.gets("NDEATH", NODE, body(None, metric("bdSeq", 1, datatype=4))) == [(NODE, GONE)]


def test_tck_id_operational_behavior_edge_node_termination_host_action_ddeath_devices_offline(host: Host) -> None:
    assert host.gets("DDEATH", BELL, body(2, at_ms=1_795_249_000_000)) == [(BELL, GONE)]
    assert host.events[0].occurred_at is not None, "with the timestamp of the message"


def test_tck_id_payloads_alias_data_message_needs_its_birth() -> None:
    host = Host()
    parked = body(7, metric("", True, alias=1, at_ms=1_795_249_799_000))
    assert host.gets("DDATA", BELL, parked) == [(BELL, EventClass.HEARTBEAT), (BELL, EventClass.IGNORE)]
    assert host.asked == ["spBv1.0/g/NCMD/gw"]
    host.gets("NBIRTH", NODE, body(0, metric("bdSeq", 1)))
    said = host.gets("DBIRTH", BELL, body(1, metric("Inputs/Panic", False, alias=1, datatype=11)))
    assert said[0] == (BELL, ON), "a press that came before its name is not lost"
    assert (host.events[0].detail, host.events[0].shape) == ("late", Shape.EDGE)


def test_it_rings_for_a_bell_of_ours_before_it_knows_the_name() -> None:
    host = Host(g__gw__bell=DeviceClass.BELL)
    assert host.gets("DDATA", BELL, body(7, metric("", True, alias=1)))[0] == (BELL, ON)
    assert host.events[0].degraded


def test_it_asks_a_node_anew_whose_birth_it_heard_before_a_restart(host: Host) -> None:
    notes = ("seq:", "session:", "asked:")
    host.memory = {key: value for key, value in host.memory.items() if not key.startswith(notes)}
    assert host.gets("DDATA", BELL, body(40, metric("", True, alias=1)))[0] == (BELL, ON), "it remembers what 1 means"
    assert host.asked == ["spBv1.0/g/NCMD/gw"]


def test_it_reads_a_birth_as_how_things_stand(host: Host) -> None:
    host.gets("DBIRTH", BELL, body(2, metric("Inputs/Panic", True, alias=1, datatype=11)))
    assert (host.events[0].event_class, host.events[0].shape) == (ON, Shape.LEVEL)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Inputs/Panic", AlarmKind.PANIC), ("Alarm/HoldUp", AlarmKind.HOLD_UP), ("khoi/smoke_1", AlarmKind.FIRE),
     ("nut/SOS", AlarmKind.PANIC), ("Properties/Panic model", None), ("Relay/Light", None)],
)  # fmt: skip
def test_it_reads_what_a_strangers_metric_is_from_its_words(name: str, kind: AlarmKind | None) -> None:
    host = Host()
    host.is_born()
    host.gets("DDATA", BELL, body(2, metric(name, True)))
    assert (host.events[0].kind if host.events[0].event_class is ON else None) is kind


def test_it_ignores_the_panic_input_of_what_is_no_bell() -> None:
    host = Host(g__gw__bell=DeviceClass.CAMERA)
    host.is_born()
    assert host.gets("DDATA", BELL, body(2, metric("Inputs/Panic", True))) == [(BELL, EventClass.HEARTBEAT)]


def test_it_asks_for_a_birth_where_it_cannot_read(host: Host) -> None:
    host.gets("DDATA", BELL, b"\xff\xff\xff")
    assert host.asked == ["spBv1.0/g/NCMD/gw"]


def test_it_leaves_the_word_of_a_host_alone(host: Host) -> None:
    message = Message("spBv1.0/STATE/chuong", b'{"online":false,"timestamp":1}', NOW)
    events = ADAPTER.decode(message, "spBv1.0", Known(host.devices.get, host.memory.get)).events
    assert [event.event_class for event in events] == [EventClass.IGNORE]
