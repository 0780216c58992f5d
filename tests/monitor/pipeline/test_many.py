"""Whole fleets, on a real store: who was never there, and who died while nobody was listening."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta

from sqlalchemy import insert, text

from device_adapters.core.events import Event, EventClass
from monitor.inventory.edits import Edit, core, put_all
from monitor.inventory.tables import Device
from monitor.journal.device_states import create_missing_states
from monitor.machines.liveness import DeviceState
from tests.monitor.conftest import SUPERVISION, Post

STORES = ("sqlite",)  # PostgreSQL is asked the same by the shorter tests beside

DAY_S = 86_400


def import_fleet(post: Post, count: int, *, groups: int) -> list[str]:
    """Cameras that a list has brought in, all at once."""
    now = post.clock.now()
    ids = [f"CAM-{number:05}" for number in range(count)]
    rows = [
        {
            "id": each,
            "device_class": "camera",
            "name": each,
            "adapter": "native",
            "address": each,
            "registered_at": now,
            "group_id": f"DV-{number % groups}",
            "power_feeder": f"LT-{number % 50}",
        }
        for number, each in enumerate(ids)
    ]
    with post.store.transaction() as tx:
        put_all(tx, Device, rows, Edit("operator", now, "list"))
        create_missing_states(tx, now)
    post.pipeline.load()
    return ids


def beat(post: Post, ids: Iterable[str]) -> None:
    batch = [post.message(f"anninh/v1/camera/{each}/heartbeat", {"v": 1}) for each in ids]
    for start in range(0, len(batch), 500):
        post.receive_all(batch[start : start + 500])


def states(post: Post) -> dict[str, int]:
    return Counter(life.state for life in post.supervisor.devices_live().values())


def count_alarms(post: Post, detail: str) -> int:
    with post.store.read() as connection:
        counted = text("SELECT count(*) FROM alarm WHERE detail = :detail")
        return int(connection.execute(counted, {"detail": detail}).scalar_one())


def test_it_lists_a_thousand_devices_that_were_imported_and_never_connected(
    post: Post, reborn: Callable[[], Post]
) -> None:
    import_fleet(post, 1000, groups=100)
    post.clock.forward(DAY_S - 60)
    again = reborn()
    again.wait(57)
    assert count_alarms(again, "never_seen") == 0
    again.wait(5)
    assert count_alarms(again, "never_seen") == 1000


def test_it_finds_exactly_the_37_of_20000_that_died_while_the_monitor_was_down(
    post: Post, reborn: Callable[[], Post]
) -> None:
    ids = import_fleet(post, 20_000, groups=1000)
    with post.store.transaction() as tx:
        tx.exec_driver_sql("UPDATE device_state SET state = 'ONLINE'")
    post.clock.forward(timedelta(minutes=10).total_seconds())
    again = reborn()
    dead = set(ids[::541])
    assert len(dead) == 37
    again.wait(43)
    beat(again, (each for each in ids if each not in dead))
    again.wait(SUPERVISION.deadline_s - 43 - 1)
    assert states(again) == {"ONLINE": 20_000 - 37, "LATE": 37}
    again.wait(3)
    assert states(again) == {"ONLINE": 20_000 - 37, "OFFLINE": 37}
    assert count_alarms(again, "silent") == 37


def register_100000(post: Post) -> list[str]:
    """All of them heard before the restart that follows."""
    names, now = [f"CAM-{number:06}" for number in range(100_000)], post.clock.now()
    plain = {"name": "", "is_high_mast": False, "is_silent_at_site": False, "search_text": ""}
    row = {"device_class": "camera", "adapter": "native", "registered_at": now, **plain}
    with post.store.transaction() as tx:
        tx.execute(insert(core(Device)), [row | {"id": each, "address": each} for each in names])
        create_missing_states(tx, now)
        tx.exec_driver_sql("UPDATE device_state SET state = 'ONLINE'")
    return names


def test_it_turns_each_of_100000_within_two_seconds_of_its_deadline(post: Post, reborn: Callable[[], Post]) -> None:
    """Each beats in its own second of twenty; a hundred of them stop, each at another moment."""
    names, again, sign = register_100000(post), reborn(), Event(event_class=EventClass.HEARTBEAT, address="")
    dying = {each: 20 + number for number, each in enumerate(names[7::1000])}
    heard_s, turned_s = dict[str, float](), dict[str, float]()
    for second in range(230):
        for each in names[second % 20 :: 20]:
            if second <= dying.get(each, second):
                again.supervisor.observe(each, sign, at=again.clock.now(), is_replay=False)
                heard_s[each] = again.clock.monotonic_s()
        again.clock.forward(1)
        again.pipeline.tick(is_linked=True, reconnect_grace_s=0)
        fallen = [each for each in dying if again.supervisor.state_of(each) is DeviceState.OFFLINE]
        turned_s = dict.fromkeys(fallen, again.clock.monotonic_s()) | turned_s
    assert turned_s.keys() == dying.keys()
    late_s = [turned_s[each] - heard_s[each] - SUPERVISION.deadline_s for each in dying]
    assert min(late_s) >= 0
    assert max(late_s) <= 2
    assert len(again.supervisor.working()) == len(names) - len(dying)
