from __future__ import annotations

from collections.abc import Callable

from device_adapters.core.orders import Sending
from device_adapters.core.sparkplug_body import read_body
from device_adapters.sparkplug import REBIRTH
from monitor.settings import load_settings
from monitor.sparkplug_host import Reordering, nodes
from tests.brokers import Broker
from tests.device_adapters.sparkplug_bodies import body, metric
from tests.fakes import FakeClock
from tests.processes import MonitorProcess


def test_it_finds_the_nodes_of_what_is_registered() -> None:
    assert nodes(["g/gw", "g/gw/bell", "g/gw/bell/Inputs/Panic", "g/other/cam", "nowhere", "/x"]) == ["g/gw", "g/other"]


class Timer:
    """The reorder timer of a host that waits two seconds for what is missing."""

    def __init__(self, reorder_s: float = 2) -> None:
        self.clock, self.memory, self.sent = FakeClock(), {"gap:g/gw": "3"}, list[Sending]()
        self.timer = Reordering(reorder_s, self.clock, recall=self.memory.get, send=self.sent.append)
        self.wish = Sending("spBv1.0/g/NCMD/gw", b"", 0, while_held="gap:g/gw")

    def after(self, seconds: float) -> int:
        """How often it has asked by then."""
        self.clock.forward(seconds)
        self.timer.turn()
        return len(self.sent)


def test_tck_id_operational_behavior_host_reordering_param() -> None:
    assert load_settings(environ={"CHUONG_SPARKPLUG_REORDER_S": "5"}).sparkplug_reorder_s == 5
    at_once = Timer(reorder_s=0)
    at_once.timer.ask(at_once.wish)
    assert at_once.after(0) == 1


def test_tck_id_operational_behavior_host_reordering_start() -> None:
    timer = Timer()
    timer.timer.ask(timer.wish)
    assert timer.after(1.9) == 0


def test_tck_id_operational_behavior_host_reordering_rebirth() -> None:
    timer = Timer()
    timer.timer.ask(timer.wish)
    assert [timer.after(2.1), timer.after(10)] == [1, 1]


def test_tck_id_operational_behavior_host_reordering_success() -> None:
    timer = Timer()
    timer.timer.ask(timer.wish)
    timer.memory["gap:g/gw"] = ""
    assert timer.after(2.1) == 0


def test_it_waits_for_no_number_where_something_else_is_unknown() -> None:
    timer = Timer()
    timer.timer.ask(Sending("spBv1.0/g/NCMD/gw", b"", 0))
    assert timer.after(0) == 1


def test_its_wish_for_a_birth_leaves_over_the_wire(
    anonymous_broker: Broker, monitor_process: Callable[..., MonitorProcess]
) -> None:
    """A whole monitor at a real broker hears a device of which no birth came."""
    monitor_process(anonymous_broker)
    with anonymous_broker.connect("edge-node") as node:
        node.subscribe("spBv1.0/+/NCMD/+")
        node.publish("spBv1.0/PhuHo/DDATA/gw-9/chuong-1", body(7, metric("", True, alias=1)), qos=0)
        topic, payload = node.next(30)
    assert topic == "spBv1.0/PhuHo/NCMD/gw-9"
    assert [(each.name, each.value) for each in read_body(payload).metrics] == [(REBIRTH, True)]
