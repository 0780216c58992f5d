"""A message of the inbox goes with what follows from it, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Connection

from monitor.errors import StoreUnavailable
from monitor.journal import events
from monitor.journal.inbox import InboxReader, Kept, Letterbox, is_empty
from tests.monitor.conftest import Post

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
PRESS = {"v": 1, "id": "p-1", "kind": "alarm", "input": "panic", "ts": 1_773_486_000_000}


class Inbox:
    def __init__(self, post: Post, url: str) -> None:
        self.post, self.letterbox = post, Letterbox(url)
        self.reader = InboxReader(url, is_urgent=True)

    def take(self, *said: tuple[str, object]) -> list[tuple[str, Kept]]:
        self.letterbox.put([self.post.message(topic, body) for topic, body in said], is_urgent=True)
        return self.reader.read(100)

    def is_empty(self) -> bool:
        with self.post.store.read() as connection:
            return is_empty(connection)

    def close(self) -> None:
        self.letterbox.close()
        self.reader.close()


@pytest.fixture
def inbox(bell: Post, database_url: str) -> Iterator[Inbox]:
    with closing(Inbox(bell, database_url)) as inbox:
        yield inbox


def test_it_goes_with_the_press_that_it_was(inbox: Inbox) -> None:
    inbox.post.pipeline.process(inbox.take(("anninh/v1/bell/bell-1/alarm", PRESS)))
    assert inbox.is_empty()
    assert [alarm["presses"] for alarm in inbox.post.alarms()] == [1]


def test_it_stays_where_nothing_could_be_written(inbox: Inbox) -> None:
    def refuse(_tx: Connection) -> None:
        raise StoreUnavailable("another monitor leads")

    batch = inbox.take(("anninh/v1/bell/bell-1/alarm", PRESS))
    inbox.post.store.fence(refuse)
    with pytest.raises(StoreUnavailable):
        inbox.post.pipeline.process(batch)
    assert not inbox.is_empty()
    inbox.post.store.fence(None)
    assert inbox.post.pipeline.flush() is False
    assert not inbox.is_empty()
    inbox.post.pipeline.process(batch)
    assert inbox.is_empty()


def test_it_stays_until_a_sign_of_life_is_written_behind(inbox: Inbox) -> None:
    beat = ("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    inbox.post.pipeline.process(inbox.take(beat))
    inbox.post.pipeline.process(inbox.take(beat))
    assert not inbox.is_empty()
    inbox.post.pipeline.flush()
    assert inbox.is_empty()


def test_it_goes_by_pieces_where_there_are_many(inbox: Inbox) -> None:
    beat = ("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    inbox.post.pipeline.process(inbox.take(beat))
    for _ in range(13):
        inbox.post.pipeline.process(inbox.take(*[beat] * 100))
    assert [inbox.post.pipeline.flush() for _ in range(3)] == [True, False, False]
    assert inbox.is_empty()


def test_it_goes_when_the_store_will_not_have_its_content(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """It rings without its content, which is kept in quarantine: nothing is left for a second time."""
    add_event = events.add_event

    def picky(tx: Any, values: Any) -> int:
        if b"poison" in values["payload"]:
            raise OverflowError
        return add_event(tx, values)

    monkeypatch.setattr(events, "add_event", picky)
    topic = "anninh/v1/bell/bell-1/alarm"
    inbox.post.pipeline.process(inbox.take((topic, PRESS), (topic, {**PRESS, "id": "p-2", "note": "poison"})))
    assert inbox.is_empty()
    assert sum(alarm["presses"] for alarm in inbox.post.alarms()) == 2
    assert all("OverflowError" in kept["reason"] for kept in inbox.post.quarantine())


def test_it_is_the_same_press_when_a_worker_put_it_in_twice(inbox: Inbox) -> None:
    """Killed between its commit and its answer to the broker, it gets the message again."""
    adapter, message = inbox.post.message("anninh/v1/bell/bell-1/alarm", "pressed")
    for is_redelivery in (False, True):
        again = type(message)(
            message.topic, message.payload, message.received_at, 1, False, "ingest-1-alarm:4", is_redelivery
        )
        inbox.letterbox.put([(adapter, again)], is_urgent=True)
    inbox.post.pipeline.process(inbox.reader.read(100))
    assert [(alarm["presses"], alarm["duplicates"]) for alarm in inbox.post.alarms()] == [(1, 1)]
