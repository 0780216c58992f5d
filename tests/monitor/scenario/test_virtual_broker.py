"""The broker in memory: what it keeps whoever dies of it."""

from __future__ import annotations

import pytest

from monitor.scenario.accidents import MonitorDied
from monitor.scenario.virtual_broker import Kept, VirtualBroker
from simulator.link import Line
from simulator.outgoing import Outgoing
from simulator.timetable import Timetable
from tests.fakes import FakeClock


class Mortal:
    """A session of a monitor that dies of the first message it is given."""

    def __init__(self) -> None:
        self.given: list[Kept] = []
        self.is_dying = True

    def hand_over(self, _number: int, message: Kept, *, is_again: bool) -> None:
        if self.is_dying:
            raise MonitorDied("before_puback")
        self.given.append(message)

    def connection_lost(self) -> None:
        pass


def test_it_ends_no_device_with_the_monitor_and_gives_every_session_its_copy() -> None:
    clock = FakeClock()
    timetable = Timetable(clock.monotonic_s)
    broker, sessions = VirtualBroker(clock, timetable), [Mortal(), Mortal()]
    for number, each in enumerate(sessions):
        broker.attach(f"session-{number}", each)
        broker.subscribe(f"session-{number}", ["bell/#"])
    cable = broker.cable_of(Line(account="BELL-1", will=None, on_ready=lambda: None))
    cable.open()
    timetable.run_due()
    assert cable.send(Outgoing(topic="bell/BELL-1/alarm", payload=b"press"))
    with pytest.raises(MonitorDied):
        timetable.run_due()
    for number, each in enumerate(sessions):
        each.is_dying = False
        broker.resume(f"session-{number}")
        assert [message.payload for message in each.given] == [b"press"]
