from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from monitor.journal import accounts
from monitor.journal.accounts import Lifetime, Role
from monitor.machines.alarm import Given
from monitor.web.access import lifetime
from monitor.web.ports import DeviceLife, Frame
from monitor.web.stream import Pulse
from tests.monitor.web.post import Post
from tests.monitor.web.serving import Stream, Told, serving

Connect = Callable[..., Stream]


@pytest.fixture
def connect(post: Post) -> Iterator[Connect]:
    """Opens a stream of a duty officer."""
    token = post.token(Role.DUTY_OFFICER)
    with ExitStack() as closing:
        port = closing.enter_context(serving(post))

        def open_stream(path: str = "", **more: str) -> Stream:
            stream = Stream(port, more.pop("token", token), path, more)
            closing.callback(stream.close)
            return stream

        yield open_stream


def alarms(told: list[Told]) -> list[Told]:
    return [each for each in told if each.event == "alarm"]


def test_it_says_hello_with_its_place(post: Post, connect: Connect) -> None:
    stream = connect()
    hello = stream.next()
    assert (hello.id, hello.event, hello.data) == (0, "hello", {"seq": 0, "now": "2026-03-14T11:00:00.000Z"})


def test_it_streams_past_every_buffer(connect: Connect) -> None:
    headers = connect().answer.headers
    assert headers["content-type"].startswith("text/event-stream")
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")


def test_it_tells_a_press_at_once(post: Post, connect: Connect) -> None:
    stream = connect()
    stream.next()
    alarm = post.press()
    told = stream.next()
    assert (told.id, told.event) == (1, "alarm")
    assert told.data == {**alarm, "seq": 1, "reason": "alarm"}


def test_it_tells_every_screen(post: Post, connect: Connect) -> None:
    streams = [connect() for _ in range(3)]
    for stream in streams:
        stream.next()
    post.press()
    assert [stream.next().event for stream in streams] == ["alarm"] * 3


def test_it_beats_with_health_and_the_place_of_the_stream(post: Post, connect: Connect) -> None:
    stream = connect()
    post.press()
    stream.until(lambda each: each.event == "alarm")
    beat = stream.any()
    assert beat is not None
    assert (beat.event, beat.id, beat.data["seq"]) == ("beat", 1, 1)
    assert beat.data["health"] == post.health()


@pytest.mark.parametrize("how", [("", {"Last-Event-ID": "1"}), ("?last_event_id=1", {})])
def test_it_replays_what_was_missed(post: Post, connect: Connect, how: tuple[str, dict[str, str]]) -> None:
    for number in range(3):
        post.press(f"bell-{number}")
    path, headers = how
    told = connect(path, **headers).until(lambda each: each.event == "devices")
    assert told[0].id == 1
    assert [each.id for each in alarms(told)] == [2, 3]


def test_it_replays_each_step_as_it_was(post: Post, connect: Connect) -> None:
    alarm = post.press()
    post.act(alarm["id"], 1, "truc-ban", Given.ACKNOWLEDGE)
    told = alarms(connect("?last_event_id=0").until(lambda each: each.event == "devices"))
    assert [(each.data["state"], each.data["version"], each.data["reason"]) for each in told] == [
        ("UNACKNOWLEDGED", 1, "alarm"),
        ("ACKNOWLEDGED", 2, "acknowledge"),
    ]


def test_it_replays_what_leaves_no_transition(post: Post, connect: Connect) -> None:
    post.press()
    post.lives["bell-01"] = DeviceLife("ONLINE", post.clock.now(), post.clock.now(), None)
    told = connect("?last_event_id=1").until(lambda each: each.event == "devices")
    assert [each.event for each in told] == ["hello", "alarm_count", "devices"]
    assert told[2].data["last_seen_at"] == [1773486000000]


def test_it_replays_a_device_that_was_registered(post: Post, connect: Connect) -> None:
    device = post.add_device("bell-09")
    told = connect("?last_event_id=0").until(lambda each: each.event == "devices")
    assert [(each.event, each.data) for each in told[1:2]] == [("device_added", device)]


def test_it_replays_a_test_press(post: Post, connect: Connect) -> None:
    post.add_device("bell-09", name="Nút quầy 9")
    post.test_press("bell-09")
    told = connect("?last_event_id=1").until(lambda each: each.event == "devices")
    test = {"device_id": "bell-09", "name": "Nút quầy 9", "at": "2026-03-14T11:00:00.000Z"}
    assert [(each.id, each.event, each.data) for each in told[1:2]] == [(2, "test", test)]


def test_it_replays_the_test_press_of_a_device_that_is_gone(post: Post, connect: Connect) -> None:
    post.test_press("bell-09")
    told = connect("?last_event_id=0").until(lambda each: each.event == "devices")
    assert told[1].data["name"] == "bell-09"


@pytest.mark.parametrize("position", ["7", "-1", "x", "9" * 30])
def test_it_sends_back_for_everything_who_comes_from_nowhere(connect: Connect, position: str) -> None:
    stream = connect(f"?last_event_id={position}")
    stream.next()
    assert stream.next().data == {"reason": "unknown_position"}


def test_it_loses_and_repeats_nothing_between_replay_and_feed(post: Post, connect: Connect) -> None:
    presses = 200
    presser = threading.Thread(target=lambda: [post.press(f"bell-{number}") for number in range(presses)])
    presser.start()
    streams = [connect("?last_event_id=0") for _ in range(5)]
    seen = [alarms(stream.until(lambda each: each.id == presses and each.event == "alarm")) for stream in streams]
    presser.join()
    assert [[each.id for each in told] for told in seen] == [list(range(1, presses + 1))] * 5


def test_it_never_steps_back(post: Post, connect: Connect) -> None:
    post.press("bell-0")
    stream = connect("?last_event_id=0")
    for number in range(1, 20):
        post.press(f"bell-{number}")
        row = {"id": ["x"], "state": ["ONLINE"], "since_at": [0], "last_seen_at": [number], "battery_pct": [None]}
        post.feed.publish([Frame(number + 1, "devices", row)])
    told = stream.until(lambda each: each.event == "alarm" and each.id == 20)
    assert [each.id for each in told] == sorted(each.id for each in told)


def test_it_ends_when_the_officer_signs_out(post: Post, connect: Connect) -> None:
    with post.store.transaction() as tx:
        token = accounts.open_session(tx, "duty_officer", post.clock.now(), lifetime(post))
    stream = connect(Authorization="", Cookie=f"chuong_session={token}")
    stream.next()
    with post.store.transaction() as tx:
        accounts.close_session(tx, accounts.hash_token(token))
    assert stream.rest()[-1].data == {"reason": "signed_out"}


def test_it_ends_when_a_token_is_revoked(post: Post, connect: Connect) -> None:
    stream = connect()
    stream.next()
    with post.store.transaction() as tx:
        accounts.revoke_tokens(tx, "duty_officer")
    assert stream.rest()[-1].data == {"reason": "signed_out"}


def test_it_ends_with_the_session(post: Post, connect: Connect) -> None:
    with post.store.transaction() as tx:
        token = accounts.open_session(tx, "duty_officer", post.clock.now(), lifetime(post))
    stream = connect(Authorization="", Cookie=f"chuong_session={token}")
    stream.next()
    post.clock.forward(post.settings.session_lifetime_s)
    assert stream.rest()[-1].data == {"reason": "signed_out"}


def test_it_counts_an_open_desk_as_a_session_in_use(post: Post) -> None:
    post.add_user("truc-ban", Role.DUTY_OFFICER)
    life: Lifetime = lifetime(post)
    with post.store.transaction() as tx:
        token = accounts.open_session(tx, "truc-ban", post.clock.now(), life)

    async def watch() -> None:
        post.feed.subscribe(accounts.hash_token(token))
        post.clock.forward(1700)
        await Pulse(post, post.feed).touch()

    asyncio.run(watch())
    post.clock.forward(1700)
    with post.read() as connection:
        assert accounts.session_of(connection, token, post.clock.now(), life.idle) is not None


def test_it_ends_when_the_server_stops(post: Post, connect: Connect) -> None:
    stream = connect()
    stream.next()
    post.feed.close()
    assert stream.rest()[-1].data == {"reason": "closing"}
