"""What a press asks of the store: each statement is a round that an officer waits for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from tests.monitor.conftest import Post

STORES = ("sqlite",)
# Begin; is it known; the live alarm; its row; its turn; the event; as it is told; commit.
MOST = 8
# And of one that opens an alarm, with its incident and whom it must tell: besides, its device awakes; is it a trial;
# where the alarm is; is an incident open there; how many there were today; the incident, its alarm, its line and its
# turn; who has the watch; is it of a drill; two duties; three savepoints, begun and let go.
MOST_OPENING = 28


def press(post: Post, number: int) -> None:
    post.clock.forward(1)
    at_ms = round(post.clock.now().timestamp() * 1000)
    body = {"v": 1, "id": str(UUID(int=number)), "kind": "alarm", "input": "panic", "ts": at_ms, "boot": "b"}
    post.receive("anninh/v1/bell/bell-1/alarm", body)


@contextmanager
def statements(post: Post) -> Iterator[list[str]]:
    """Asked of the driver itself: what is prepared passes SQLAlchemy by."""
    with post.store.transaction() as tx:
        link: Any = tx.connection.driver_connection  # the one that the writer takes again
    said: list[str] = []
    link.set_trace_callback(said.append)
    yield said
    link.set_trace_callback(None)


def test_it_writes_a_press_in_few_statements(bell: Post) -> None:
    press(bell, 1)
    with statements(bell) as said:
        press(bell, 2)
    assert [alarm["presses"] for alarm in bell.alarms()] == [2]
    assert len(said) <= MOST, said


def test_it_opens_an_alarm_in_few_statements(bell: Post) -> None:
    with statements(bell) as said:
        press(bell, 1)
    assert len(bell.duties()) == 2
    assert len(said) <= MOST_OPENING, said
