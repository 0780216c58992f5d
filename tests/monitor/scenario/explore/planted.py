"""A switch for each promise: a bug that breaks it, put into a monitor before it starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from device_adapters.core.contract import Message
from monitor.machines.delivery import Answer, Outcome
from monitor.pipeline.alarm_log import alarm_row
from monitor.scenario.explore import invariants
from monitor.scenario.virtual_monitor import VirtualMonitor

Plant = Callable[[VirtualMonitor], None]


def acknowledged_before_the_commit(monitor: VirtualMonitor) -> None:
    """The broker is told that all is stored, and only then it is."""
    intake: Any = monitor.intake
    take, write = intake._take_batch, intake._is_written

    def take_and_acknowledge() -> Any:
        batch = take()
        for arrival in batch:
            arrival.acknowledge([arrival.number])
        return batch

    intake._take_batch, intake._is_written = take_and_acknowledge, write


def every_copy_is_news(monitor: VirtualMonitor) -> None:
    process, count = monitor.pipeline.process, Counter[str]()

    def renamed(adapter: str, message: Message) -> tuple[str, Message]:
        count["all"] += 1
        payload = message.payload.replace(b'"id":"', b'"id":"%d-' % count["all"], 1)
        return adapter, Message(message.topic, payload, message.received_at, message.qos)

    def process_all(batch: Sequence[tuple[str, Message]]) -> None:
        process([renamed(*each) if each[1].topic.endswith("/alarm") else each for each in batch])

    monitor.pipeline.process = process_all  # type: ignore[method-assign]


def any_version_will_do(monitor: VirtualMonitor) -> None:
    acknowledge = monitor.commands.acknowledge

    def whatever_was_seen(alarm_id: int, _version: int, user: str, *more: Any) -> Any:
        with monitor.store.read() as connection:
            there = alarm_row(connection, alarm_id)["version"]
        return acknowledge(alarm_id, there, user, *more)

    monitor.commands.acknowledge = whatever_was_seen  # type: ignore[method-assign]


def a_deaf_ear(monitor: VirtualMonitor) -> None:
    """What CAM-1 says is not heard after its first words."""
    observe, heard = monitor.supervisor.observe, Counter[str]()

    def observe_some(device_id: str, *more: Any, **named: Any) -> Any:
        heard[device_id] += 1
        return None if device_id == "CAM-1" and heard[device_id] > 2 else observe(device_id, *more, **named)

    monitor.supervisor.observe = observe_some  # type: ignore[method-assign]


def a_deaf_ear_for_gateways(monitor: VirtualMonitor) -> None:
    observe = monitor.supervisor.observe

    def observe_some(device_id: str, *more: Any, **named: Any) -> Any:
        return None if device_id == "GW-1" and monitor.clock.monotonic_s() > 20 else observe(device_id, *more, **named)

    monitor.supervisor.observe = observe_some  # type: ignore[method-assign]


def settled_unasked(monitor: VirtualMonitor) -> None:
    """A way that is out of order is taken for one that has delivered."""
    send = monitor.dispatcher._send

    def send_or_pretend(duty: Any) -> Answer:
        answer = send(duty)
        return replace(answer, outcome=Outcome.DELIVERED) if answer.outcome is Outcome.RETRY else answer

    monitor.dispatcher._send = send_or_pretend  # type: ignore[method-assign]


def a_rewritten_journal(monitor: VirtualMonitor) -> None:
    """Somebody with the database's own tools changes what was noted of the first device."""
    with monitor.store.transaction() as tx:
        tx.execute(text("DROP TRIGGER IF EXISTS edit_no_update"))
        for (name,) in tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            tx.execute(text(f'DROP TRIGGER IF EXISTS "{name}"'))
        tx.execute(text("UPDATE edit SET actor = 'nobody' WHERE id = 3"))


def always_live(monitor: VirtualMonitor) -> None:
    """A screen that asks is not told that nobody sees what it shows."""
    health = monitor.health
    monitor.health = lambda: {**health(), "blind_since_at": None}  # type: ignore[method-assign]


PLANTS: dict[str, Plant] = {
    invariants.LOST: acknowledged_before_the_commit,
    invariants.DOUBLED: every_copy_is_news,
    invariants.UNSEEN: any_version_will_do,
    invariants.OFFLINE: a_deaf_ear,
    invariants.SETTLED: settled_unasked,
    invariants.CHAIN: a_rewritten_journal,
    invariants.STALE: always_live,
}
