from __future__ import annotations

from collections.abc import Callable

from device_adapters.core.sparkplug_body import read_body
from device_adapters.sparkplug import REBIRTH
from monitor.sparkplug_host import nodes
from tests.brokers import Broker
from tests.device_adapters.sparkplug_bodies import body, metric
from tests.processes import MonitorProcess


def test_it_finds_the_nodes_of_what_is_registered() -> None:
    assert nodes(["g/gw", "g/gw/bell", "g/gw/bell/Inputs/Panic", "g/other/cam", "nowhere", "/x"]) == ["g/gw", "g/other"]


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
