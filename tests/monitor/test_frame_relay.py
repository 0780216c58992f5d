"""What the leader tells on its way through the database to a web process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import make_url

from monitor import frame_relay
from monitor.clock import SystemClock
from monitor.errors import StartError, StoreUnavailable
from monitor.frame_relay import relayed
from monitor.journal.feed_frames import FrameReader, FrameWriter
from monitor.journal.lease import Lease
from monitor.settings import Settings
from monitor.web.live import Beat, Feed
from monitor.web.ports import Frame
from monitor.web_process import serve_screens
from tests.postgresql import Cluster

NOW = datetime(2026, 3, 14, 11, tzinfo=UTC)


@pytest.fixture
def url(postgresql: Cluster) -> Iterator[str]:
    with postgresql.database() as url:
        yield url


@pytest.fixture
def lease(url: str) -> Iterator[Lease]:
    lease = Lease(make_url(url), "leader")
    lease.prepare()
    assert lease.take()
    lease.keep(lost=lambda: None)
    yield lease
    lease.give_back()


def next_frames(reader: FrameReader) -> list[Any]:
    """Beats that are still on their way have none."""
    while not (frames := [frame for row in reader.read() for frame in orjson.loads(row.body)["frames"]]):
        reader.wait(1)
    return frames


def test_it_tells_what_was_too_much_as_a_resync(url: str, lease: Lease, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_relay, "MOST_WAITING", 1)
    feed = Feed()
    with closing(FrameReader(url)) as reader, relayed(feed, Settings(database_url=url), lease.insist, SystemClock()):
        reader.read()  # from now on there is a web process
        feed.beat(Beat(NOW, {}))
        while not (told := reader.read()):
            feed.beat(Beat(NOW, {"ready": True}))
            reader.wait(0.1)
        assert orjson.loads(told[-1].body)["beat"] == ["2026-03-14T11:00:00.000Z", {"ready": True}]
        feed.publish([Frame(8, "alarm", {}), Frame(9, "alarm", {})])
        assert [frame[:2] for frame in next_frames(reader)] == [[9, "resync"]]
        feed.publish([Frame(10, "alarm", {"id": 1}, (("DV-04", None),))])
        assert next_frames(reader) == [[10, "alarm", {"id": 1}, [["DV-04", None]], False]]


def test_it_takes_nothing_of_a_leader_that_was_taken_over_from(url: str, lease: Lease) -> None:
    with closing(FrameWriter(url, lease.insist)) as writer, closing(FrameReader(url)) as reader:
        assert not reader.read()
        writer.put("{}")
        lease.give_back()
        with pytest.raises(StoreUnavailable):
            writer.put("{}")
        assert len(reader.read()) == 1


def test_it_says_that_web_processes_need_postgresql() -> None:
    with pytest.raises(StartError, match="need PostgreSQL"):
        serve_screens(Settings(database_url="sqlite:///data/chuong.sqlite3"))
