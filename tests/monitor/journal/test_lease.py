"""Of several monitors on one PostgreSQL one leads, and no other can write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import func, insert, make_url, select, text
from sqlalchemy.exc import OperationalError

from monitor.errors import StoreUnavailable
from monitor.inventory.edits import core
from monitor.journal.database import Store
from monitor.journal.lease import Lease
from monitor.journal.tables import AdapterMemoryRow, LeaseRow

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
MEMORY, LEASE = core(AdapterMemoryRow), core(LeaseRow)


class Member:
    """One of the monitors that would lead."""

    def __init__(self, url: str) -> None:
        self.lease, self.store = Lease(make_url(url), "a monitor"), Store(url)
        self.lease.prepare()
        self.store.fence(self.lease.insist)

    def write(self, key: str) -> None:
        with self.store.transaction() as tx:
            tx.execute(insert(MEMORY).values(adapter="native", key=key, value=""))

    def run_out(self) -> None:
        with self.store.transaction() as tx:
            tx.execute(text("UPDATE lease SET until_at = clock_timestamp()"))

    def until(self) -> datetime:
        with self.store.read() as connection:
            return connection.execute(select(LEASE.c.until_at)).scalar_one()

    def count(self) -> int:
        with self.store.read() as connection:
            return int(connection.execute(select(func.count()).select_from(MEMORY)).scalar_one())

    def close(self) -> None:
        self.lease.give_back()
        self.store.close()


@pytest.fixture
def member(database_url: str) -> Iterator[Callable[[], Member]]:
    members: list[Member] = []

    def join() -> Member:
        members.append(Member(database_url))
        return members[-1]

    yield join
    for each in members:
        each.close()


def test_it_goes_to_one(member: Callable[[], Member]) -> None:
    assert [member().lease.take(), member().lease.take()] == [True, False]


def test_it_is_made_where_there_is_no_table_yet(member: Callable[[], Member]) -> None:
    first = member()
    with first.store._writer.begin() as tx:
        tx.execute(text("DROP TABLE lease"))
    second = member()
    assert second.lease.take()
    second.store.migrate()


def test_it_passes_on_at_once_when_it_is_given_back(member: Callable[[], Member]) -> None:
    first, second = member(), member()
    assert first.lease.take()
    first.lease.give_back()
    assert second.lease.take()


def test_it_lets_nobody_write_who_does_not_lead(member: Callable[[], Member]) -> None:
    first, second = member(), member()
    assert first.lease.take()
    with pytest.raises(StoreUnavailable, match="another monitor has taken over"):
        second.write("not ours")
    first.write("ours")
    assert first.count() == 1


def test_it_lets_nobody_write_who_led_before(member: Callable[[], Member]) -> None:
    first, second = member(), member()
    assert first.lease.take()
    first.run_out()
    assert second.lease.take()
    with pytest.raises(StoreUnavailable, match="another monitor has taken over"):
        first.write("too late")
    second.write("in time")
    assert second.count() == 1


def test_it_goes_on_for_who_was_slow_and_alone(member: Callable[[], Member]) -> None:
    first = member()
    assert first.lease.take()
    first.run_out()
    first.write("nobody minds")
    assert first.count() == 1


def test_it_ends_a_transaction_in_which_the_leader_froze(member: Callable[[], Member]) -> None:
    first, second = member(), member()
    assert first.lease.take()
    first.run_out()

    def freeze() -> None:
        with first.store.transaction() as tx:
            tx.execute(insert(MEMORY).values(adapter="native", key="never committed", value=""))
            while not second.lease.take():
                pass

    with pytest.raises(StoreUnavailable):
        freeze()
    second.write("in time")
    assert second.count() == 1


def test_it_ends_a_transaction_that_froze_before_it_asked_for_the_lease(member: Callable[[], Member]) -> None:
    first, second = member(), member()
    assert first.lease.take()
    first.run_out()

    def freeze() -> None:
        with first.store._writer.begin() as tx:
            assert second.lease.take()
            second.write("in time")
            tx.execute(text("SELECT 1"))

    with pytest.raises(OperationalError):
        freeze()
    assert second.count() == 1


def test_it_is_renewed_while_a_transaction_lasts(member: Callable[[], Member]) -> None:
    first = member()
    assert first.lease.take()
    before = first.until()
    with first.store.transaction():
        first.lease.keep(lost=lambda: None)
        while first.until() == before:
            pass


def test_it_tells_who_has_lost_it(member: Callable[[], Member]) -> None:
    first, second = member(), member()
    is_told = threading.Event()
    assert first.lease.take()
    first.run_out()
    assert second.lease.take()
    first.lease.keep(lost=is_told.set)
    assert is_told.wait(10)
