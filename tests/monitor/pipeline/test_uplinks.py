"""What a gateway speaks for: when it is gone, nobody knows how those are; when it is back, they are looked for anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

import pytest

from monitor.errors import StoreUnavailable
from tests.monitor.conftest import Post

STORES = ("sqlite",)  # PostgreSQL is asked the same by the shorter tests beside

GATEWAY = "gw-1"
EYES = tuple(f"eye-{number}" for number in range(6))
BELL = "bell-1"


@pytest.fixture
def behind(post: Post) -> Post:
    """Six eyes and a bell behind one gateway; all beat each 20 s, the gateway too."""
    post.register(GATEWAY, device_class="gateway")
    for each in EYES:
        post.register(each, device_class="camera", parent_id=GATEWAY, group_id="G")
    post.register(BELL, parent_id=GATEWAY, group_id="G")
    beat(post)
    return post


def beat(post: Post, but: Iterable[str] = ()) -> None:
    classes = {GATEWAY: "gateway", BELL: "bell"} | dict.fromkeys(EYES, "camera")
    topics = [f"anninh/v1/{said}/{each}/heartbeat" for each, said in classes.items() if each not in but]
    post.receive_all([post.message(topic, {"v": 1}) for topic in topics])


def states(post: Post) -> set[str]:
    return {post.state(each) for each in (*EYES, BELL)}


def told(post: Post) -> list[tuple[str, str | None]]:
    """Kind and device of each live alarm."""
    return [(alarm["kind"], alarm["device_id"]) for alarm in post.alarms() if alarm["state"] != "NORMAL"]


def test_it_tells_of_the_gateway_alone_and_does_not_know_of_those_behind_it(behind: Post) -> None:
    behind.wait(90)
    assert states(behind) == {"UNKNOWN"}
    assert told(behind) == [("offline", GATEWAY)]


def test_it_knows_it_at_once_when_the_gateway_says_goodbye(behind: Post) -> None:
    behind.receive(f"anninh/v1/gateway/{GATEWAY}/status", {"v": 1, "state": "offline"})
    behind.wait(8)
    assert states(behind) == {"UNKNOWN"}
    assert told(behind) == [("offline", GATEWAY)]


def test_it_calls_for_a_gateway_as_loud_as_for_the_bell_behind_it(behind: Post) -> None:
    behind.wait(90)
    assert [alarm["priority"] for alarm in behind.alarms()] == [2]


def test_they_are_back_with_it(behind: Post) -> None:
    behind.wait(90)
    beat(behind)
    assert states(behind) == {"ONLINE"}
    assert told(behind) == []


def test_it_finds_who_died_while_it_was_away_one_deadline_after(behind: Post) -> None:
    behind.wait(200)
    dead = {EYES[0], BELL}
    beat(behind, but=dead)
    assert {behind.state(each) for each in dead} == {"LATE"}
    for _ in range(4):
        behind.wait(20)
        beat(behind, but=dead)
    assert told(behind) == []
    behind.wait(8)
    assert {behind.state(each) for each in dead} == {"OFFLINE"}
    assert sorted(told(behind)) == [("offline", BELL), ("offline", EYES[0])]


def test_it_goes_on_not_knowing_after_a_restart(behind: Post, reborn: Callable[[], Post]) -> None:
    behind.wait(90)
    behind.pipeline.flush()
    again = reborn()
    again.wait(200)
    assert states(again) == {"UNKNOWN"}
    assert told(again) == [("offline", GATEWAY)]
    beat(again, but={BELL})
    again.wait(90)
    assert again.state(BELL) == "UNKNOWN", "the gateway went away again"
    beat(again, but={BELL})
    for _ in range(4):
        again.wait(20)
        beat(again, but={BELL})
    again.wait(8)
    assert again.state(BELL) == "OFFLINE"


def test_it_misses_one_of_them_while_the_gateway_speaks(behind: Post) -> None:
    for _ in range(5):
        behind.wait(20)
        beat(behind, but={EYES[0]})
    assert told(behind) == [("offline", EYES[0])]


def test_it_leaves_one_that_was_missed_already_missed(behind: Post) -> None:
    for _ in range(5):
        behind.wait(20)
        beat(behind, but={EYES[0]})
    behind.wait(90)
    assert behind.state(EYES[0]) == "OFFLINE"


def test_it_believes_those_behind_it_more_than_the_gateway_s_own_silence(behind: Post) -> None:
    """Some gateways relay for years and say nothing of themselves."""
    for _ in range(5):
        behind.wait(20)
        beat(behind, but={GATEWAY})
    assert states(behind) == {"ONLINE"}
    assert told(behind) == [("offline", GATEWAY)]
    for _ in range(5):
        behind.wait(20)
        beat(behind, but={GATEWAY, BELL})
    assert behind.state(BELL) == "OFFLINE"


def test_it_still_misses_a_camera_with_a_line_of_its_own(behind: Post) -> None:
    behind.register("axis-1", adapter="axis", device_class="camera", parent_id=GATEWAY, supervision_interval_s=20)
    with behind.store.transaction() as tx:
        tx.exec_driver_sql("UPDATE device_state SET state = 'ONLINE' WHERE device_id = 'axis-1'")
    behind.pipeline.load()
    behind.wait(90)
    assert behind.state("axis-1") == "OFFLINE"


def test_it_finds_it_again_when_the_store_failed_at_that_moment(behind: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    behind.wait(80)

    def fail() -> None:
        raise StoreUnavailable("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(behind.store, "transaction", fail)
        for _ in range(8):
            with suppress(StoreUnavailable):
                behind.wait(3)
    behind.wait(5)
    assert states(behind) == {"UNKNOWN"}
    assert told(behind) == [("offline", GATEWAY)]


def test_it_does_not_know_of_those_behind_a_gateway_behind_a_gateway(behind: Post) -> None:
    behind.register("gw-2", device_class="gateway", parent_id=GATEWAY)
    behind.register("far-1", device_class="camera", parent_id="gw-2")
    for each, said in (("gw-2", "gateway"), ("far-1", "camera")):
        behind.receive(f"anninh/v1/{said}/{each}/heartbeat", {"v": 1})
    behind.receive(f"anninh/v1/gateway/{GATEWAY}/status", {"v": 1, "state": "offline"})
    behind.wait(8)
    assert (behind.state("gw-2"), behind.state("far-1")) == ("UNKNOWN", "UNKNOWN")
    assert told(behind) == [("offline", GATEWAY)]


def test_it_hides_no_gateway_of_bells_in_an_outage(behind: Post) -> None:
    """Three cameras fall with it: one outage, and beside it the gateway through which no bell is heard any more."""
    poles = [f"pole-{number}" for number in range(3)]
    for each in poles:
        behind.register(each, device_class="camera", power_feeder="LT-2")
    behind.register("gw-3", device_class="gateway", power_feeder="LT-2")
    behind.register("bell-3", parent_id="gw-3")
    for each, said in (*((each, "camera") for each in poles), ("gw-3", "gateway"), ("bell-3", "bell")):
        behind.receive(f"anninh/v1/{said}/{each}/heartbeat", {"v": 1})
    for _ in range(5):
        behind.wait(20)
        beat(behind)
    assert sorted(told(behind), key=str) == [("offline", "gw-3"), ("outage", None)]
    assert behind.state("bell-3") == "UNKNOWN"


WIRED = ("bell-7", "bell-8")


def probed(post: Post, **bells: str) -> None:
    said = {f"bell-{name[1:]}": {"s": state} for name, state in bells.items()}
    post.receive("anninh/v1/probe/pi-1/heartbeat", {"v": 1, "bells": said})


@pytest.fixture
def wired(post: Post) -> Post:
    """Two buttons wired to a probe, which says each half minute that it can read them."""
    post.register("pi-1", device_class="probe")
    for each in WIRED:
        post.register(each, parent_id="pi-1", group_id="G")
    for _ in range(3):
        probed(post, b7="up", b8="up")
        post.wait(30)
    probed(post, b7="up", b8="up")
    return post


def test_it_takes_the_word_of_a_probe_for_the_buttons_wired_to_it(wired: Post) -> None:
    assert [wired.state(each) for each in WIRED] == ["ONLINE", "ONLINE"]
    assert told(wired) == []


def test_it_misses_a_wired_button_that_its_probe_cannot_read(wired: Post) -> None:
    probed(wired, b7="up", b8="down")
    assert [wired.state(each) for each in WIRED] == ["ONLINE", "OFFLINE"]
    assert told(wired) == [("offline", "bell-8")]


def test_it_does_not_know_of_wired_buttons_when_their_probe_is_silent(wired: Post) -> None:
    wired.wait(140)
    assert [wired.state(each) for each in WIRED] == ["UNKNOWN", "UNKNOWN"]
    assert told(wired) == [("offline", "pi-1")]
