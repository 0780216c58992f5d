"""The live feed of an account that is bound to an area."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.journal import accounts
from monitor.journal.accounts import Role, User
from monitor.web.ports import Frame
from tests.monitor.web.serving import Stream, serving
from tests.monitor.web.walk.country import Country
from tests.monitor.web.walk.marked import COMMUNE, DEVICE, GROUP, OTHER_COMMUNE, OTHER_GROUP

OWN, OTHER = (GROUP, None), (OTHER_GROUP, None)


@pytest.fixture
def stream(country: Country) -> Iterator[Stream]:
    """Of the group's board."""
    with serving(country.monitor) as port:
        stream = Stream.live(port, country.token(Role.GROUP_BOARD, GROUP))
        yield stream
        stream.close()


def lives(*ids: str) -> dict[str, list[object]]:
    columns = {name: [None] * len(ids) for name in ("since_at", "last_seen_at", "battery_pct")}
    return {"id": list(ids), "state": ["ONLINE"] * len(ids), **columns}


def test_it_tells_only_the_rows_of_its_own_devices(country: Country, stream: Stream) -> None:
    seq = country.monitor.latest_seq()
    country.monitor.feed.publish([Frame(seq, "devices", lives("zxq-bell", DEVICE, "zxq-mast"), (OTHER, OWN, OTHER))])
    assert stream.next().data["id"] == [DEVICE]


@pytest.mark.parametrize("event", ["alarm", "alarm_count", "test", "device_added"])
def test_it_keeps_back_what_happens_elsewhere_or_nowhere(country: Country, stream: Stream, event: str) -> None:
    seq = country.monitor.latest_seq()
    frames = [
        Frame(seq + n, event, {"n": n}, places) for n, places in enumerate([(OTHER,), (), ((None, None),), (OWN,)])
    ]
    country.monitor.feed.publish(frames)
    assert stream.next().data == {"n": 3}


def test_it_tells_of_an_outage_as_much_as_lies_in_the_own_territory(country: Country, stream: Stream) -> None:
    told = {GROUP: {"down": 2}}
    tailored = [lambda _: None, lambda within: told[within.scope]]
    seq = country.monitor.latest_seq()
    frames = [Frame(seq + n, "alarm_count", {"down": 40}, (OWN,), tailor) for n, tailor in enumerate(tailored)]
    country.monitor.feed.publish(frames)
    assert stream.next().data == {"down": 2}


def test_it_tells_everybody_to_load_anew_where_the_inventory_changed(country: Country, stream: Stream) -> None:
    country.monitor.feed.publish([Frame(country.monitor.latest_seq(), "resync", {"reason": "inventory_changed"}, None)])
    assert stream.next().event == "resync"


def test_it_follows_an_account_to_its_new_area(country: Country, stream: Stream) -> None:
    with country.monitor.store.transaction() as tx:
        moved = User(f"group_board-{GROUP}", Role.OPERATOR, OTHER_COMMUNE)
        accounts.change_user(tx, moved, country.monitor.clock.now())
    told = stream.next()
    assert (told.event, told.data["reason"]) == ("resync", "territory_changed")
    country.press(DEVICE)
    country.press("zxq-bell")
    assert stream.next().data["device_id"] == "zxq-bell"


def test_it_replays_only_what_was_missed_of_its_own(country: Country) -> None:
    token = country.token(Role.DUTY_OFFICER, COMMUNE)
    with serving(country.monitor) as port:
        stream = Stream(port, token, f"?last_event_id={country.settled_seq}")
        seen = stream.until(lambda told: told.event == "devices")
        stream.close()
    assert "zxq-bell" not in str(seen)
    assert {told.data["device_id"] for told in seen if told.event == "alarm"} == {DEVICE, "zyq-bell", None}
    (outage,) = [told.data["outage"] for told in seen if told.event == "alarm" and told.data["kind"] == "outage"]
    assert (outage["devices"], outage["name"]) == (1, None)
    assert set(seen[-1].data["id"]) == {DEVICE, "zyq-bell"}
