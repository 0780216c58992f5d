"""What a worker has put in is read once, in order, and stays until it is done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from device_adapters.core.contract import Message
from monitor.errors import StoreUnavailable
from monitor.journal.database import Store
from monitor.journal.inbox import InboxReader, Letterbox, ingest_sessions, is_empty, remove

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
NOW = datetime(2026, 3, 14, 11, tzinfo=UTC)


def a_message(number: int, **more: object) -> tuple[str, Message]:
    return "native", Message(f"anninh/v1/bell/B-{number}/alarm", bytes([number]), NOW, **more)  # type: ignore[arg-type]


@pytest.fixture
def letterbox(database_url: str) -> Iterator[Letterbox]:
    with closing(Letterbox(database_url)) as letterbox:
        yield letterbox


@pytest.fixture
def reader(database_url: str) -> Iterator[InboxReader]:
    with closing(InboxReader(database_url, is_urgent=True)) as reader:
        yield reader


def numbers(reader: InboxReader, most: int = 100) -> list[int]:
    return [message.payload[0] for _, message in reader.read(most)]


def test_it_gives_a_message_back_as_it_came(letterbox: Letterbox, reader: InboxReader) -> None:
    adapter, sent = a_message(7, qos=0, delivery="ingest-1-alarm:9", is_redelivery=True)
    letterbox.put([(adapter, sent)], is_urgent=True)
    [(adapter, kept)] = reader.read(10)
    assert (adapter, kept.row) == ("native", 1)
    assert Message(*(getattr(kept, name) for name in Message.__struct_fields__)) == sent


def test_it_reads_each_once_and_in_order(letterbox: Letterbox, reader: InboxReader) -> None:
    letterbox.put([a_message(number) for number in range(5)], is_urgent=True)
    assert numbers(reader, 3) == [0, 1, 2]
    letterbox.put([a_message(5)], is_urgent=True)
    assert numbers(reader) == [3, 4, 5]
    assert numbers(reader) == []


def test_it_keeps_presses_apart_from_the_rest(letterbox: Letterbox, reader: InboxReader) -> None:
    letterbox.put([a_message(1)], is_urgent=False)
    letterbox.put([a_message(2)], is_urgent=True)
    assert numbers(reader) == [2]


def test_it_keeps_what_is_not_done(letterbox: Letterbox, reader: InboxReader, database_url: str) -> None:
    letterbox.put([a_message(1), a_message(2)], is_urgent=True)
    with closing(Store(database_url)) as store, store.transaction() as tx:
        remove(tx, [reader.read(1)[0][1].row])
        remove(tx, [])
    with closing(InboxReader(database_url, is_urgent=True)) as other:
        assert numbers(other) == [2]


def test_it_reads_once_more_what_is_not_done(letterbox: Letterbox, reader: InboxReader) -> None:
    letterbox.put([a_message(1)], is_urgent=True)
    assert numbers(reader) == [1]
    reader.begin_again()
    assert numbers(reader) == [1]


def test_it_misses_nothing_of_a_worker_that_commits_late(letterbox: Letterbox, reader: InboxReader) -> None:
    """The first takes its numbers, the second may not overtake it."""
    second = threading.Thread(target=lambda: letterbox.put([a_message(2)], is_urgent=True))
    with letterbox._transaction():
        second.start()
        assert numbers(reader) == []
    second.join()
    letterbox.put([a_message(3)], is_urgent=True)
    assert numbers(reader) == [2, 3]


def test_it_throws_out_a_worker_that_froze_in_the_middle(letterbox: Letterbox) -> None:
    other = threading.Thread(target=lambda: letterbox.put([a_message(1)], is_urgent=True))

    def freeze() -> None:
        with letterbox._transaction() as tx:
            other.start()
            other.join()
            remove(tx, [])

    with pytest.raises(StoreUnavailable):
        freeze()


def test_it_wakes_who_waits(letterbox: Letterbox, reader: InboxReader) -> None:
    assert numbers(reader) == []
    putting = threading.Timer(0.05, lambda: letterbox.put([a_message(1)], is_urgent=True))
    putting.start()
    reader.wait(60)
    assert numbers(reader) == [1]
    putting.join()


def test_it_knows_who_takes_a_share(letterbox: Letterbox, database_url: str) -> None:
    letterbox.introduce("ingest-1-alarm", "1", "a machine:1", NOW)
    letterbox.introduce("ingest-1-alarm", "1", "a machine:2", NOW)
    letterbox.introduce("ingest-2-alarm", "2", "a machine:3", NOW)
    letterbox.dismiss("ingest-2-alarm")
    with closing(Store(database_url)) as store, store.read() as connection:
        assert ingest_sessions(connection) == {"ingest-1-alarm": "1"}
        assert is_empty(connection)
