from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from monitor.web.live import BACKLOG_PACKETS, DEVICES_EVERY_S, Feed, Listener
from monitor.web.ports import Frame


def alarm(seq: int) -> Frame:
    return Frame(seq, "alarm", {"id": seq})


def devices(seq: int, **states: str) -> Frame:
    count = len(states)
    columns = {"since_at": [0] * count, "last_seen_at": [seq] * count, "battery_pct": [None] * count}
    return Frame(seq, "devices", {"id": list(states), "state": list(states.values()), **columns})


def told(chunk: bytes) -> list[tuple[int, str, Any]]:
    """(id, event, data) of each event in a piece of a stream."""
    events = []
    for block in chunk.decode().strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        events.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return events


def listen(scene: Callable[[Feed, Listener], Awaitable[None]], seq: int = 0) -> None:
    async def play() -> None:
        feed = Feed()
        feed.open(seq)
        await scene(feed, feed.subscribe("anybody"))

    asyncio.run(play())


def test_it_gathers_what_changes_of_devices() -> None:
    async def scene(feed: Feed, listener: Listener) -> None:
        feed.publish([devices(0, a="ONLINE", b="ONLINE")])
        await listener.take()
        for state in ("LATE", "OFFLINE"):
            feed.publish([devices(0, a=state)])
        feed.publish([devices(0, c="ONLINE")])
        ((_, event, data),) = told(await listener.take())
        assert (event, data["id"], data["state"]) == ("devices", ["a", "c"], ["OFFLINE", "ONLINE"])

    listen(scene)


def test_it_holds_the_next_devices_back_for_a_while() -> None:
    async def scene(feed: Feed, listener: Listener) -> None:
        feed.publish([devices(0, a="ONLINE")])
        await listener.take()
        feed.publish([devices(0, a="LATE")])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(listener.take(), DEVICES_EVERY_S / 4)

    listen(scene)


def test_it_lets_no_alarm_overtake_a_change_of_state() -> None:
    async def scene(feed: Feed, listener: Listener) -> None:
        feed.publish([devices(1, a="ONLINE")])
        await listener.take()
        feed.publish([devices(2, a="OFFLINE"), alarm(3)])
        assert [(seq, event) for seq, event, _ in told(await listener.take())] == [(2, "devices"), (3, "alarm")]

    listen(scene)


def test_it_orders_what_one_commit_made() -> None:
    async def scene(feed: Feed, listener: Listener) -> None:
        feed.publish([devices(3, a="OFFLINE"), alarm(3), alarm(2)])
        chunk = await listener.take()
        assert [(seq, event) for seq, event, _ in told(chunk)][:2] == [(2, "alarm"), (3, "alarm")]

    listen(scene)


def test_it_drops_the_backlog_of_a_slow_client() -> None:
    async def scene(feed: Feed, listener: Listener) -> None:
        feed.publish([alarm(seq) for seq in range(1, BACKLOG_PACKETS + 2)])
        await asyncio.sleep(0)
        feed.publish([alarm(BACKLOG_PACKETS + 2)])
        await asyncio.sleep(0)
        events = told(await listener.take())
        assert [(seq, event) for seq, event, _ in events] == [
            (BACKLOG_PACKETS + 1, "resync"),
            (BACKLOG_PACKETS + 2, "alarm"),
        ]
        assert events[0][2] == {"reason": "slow_client"}

    listen(scene)


def test_it_lets_a_slow_client_hurt_nobody_else() -> None:
    async def scene(feed: Feed, listener: Listener) -> None:
        quick = feed.subscribe("somebody")
        for seq in range(1, BACKLOG_PACKETS + 10):
            feed.publish([alarm(seq)])
            assert told(await quick.take()) == [(seq, "alarm", {"id": seq})]
        assert told(await listener.take())[0][1] == "resync"

    listen(scene)


def test_it_tells_a_listener_what_the_replay_did_not_bring() -> None:
    async def scene(feed: Feed, listener: Listener) -> None:
        listener.seq = listener.replayed_to = 2
        feed.publish([alarm(2), Frame(2, "test", {}), alarm(3)])
        await asyncio.sleep(0)
        assert [(seq, event) for seq, event, _ in told(await listener.take())] == [(2, "test"), (3, "alarm")]

    listen(scene)


def test_it_takes_frames_before_anybody_can_listen() -> None:
    Feed().publish([alarm(1)])


def test_it_takes_frames_after_the_server_has_stopped() -> None:
    async def scene(feed: Feed, listener: Listener) -> None:
        feed.close()
        feed.publish([alarm(1)])

    listen(scene)
