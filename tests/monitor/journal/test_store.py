"""What the store promises, whatever database it stands on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from monitor.errors import StartError, StoreUnavailable
from monitor.inventory.audit import Edit, Verdict, head, verify
from monitor.inventory.edits import core, put
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.place_tables import Site
from monitor.journal.checkpoints import MANY_COMMITS
from monitor.journal.database import Store
from monitor.journal.tables import AdapterMemoryRow, QuarantineRow
from monitor.sole_use import only_monitor_on
from tests.postgresql import Cluster

MEMORY, QUARANTINE = core(AdapterMemoryRow), core(QuarantineRow)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    store.migrate()
    yield store
    store.close()


def remember(store: Store, key: str, value: str = "") -> None:
    with store.transaction() as tx:
        tx.execute(insert(MEMORY).values(adapter="native", key=key, value=value))


def count(store: Store) -> int:
    with store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(MEMORY)).scalar_one())


def test_it_writes_all_of_a_transaction_or_nothing(store: Store) -> None:
    def write() -> None:
        with store.transaction() as tx:
            for _ in range(2):
                tx.execute(insert(MEMORY).values(adapter="native", key="twice", value=""))

    with pytest.raises(IntegrityError):
        write()
    assert count(store) == 0


def test_it_blames_the_rows_for_what_they_are(store: Store) -> None:
    remember(store, "twice")
    with pytest.raises(IntegrityError):
        remember(store, "twice")
    assert store.fault is None


def test_it_says_nothing_of_what_a_row_holds_when_it_fails(store: Store) -> None:
    remember(store, "key", "0912345678")
    with pytest.raises(IntegrityError) as failed:
        remember(store, "key", "0912345678")
    assert "0912345678" not in str(failed.value), "it would stand in a log"


def test_it_sees_one_moment_while_it_reads(store: Store) -> None:
    counted = select(func.count()).select_from(MEMORY)
    with store.read() as connection:
        before = connection.execute(counted).scalar_one()
        remember(store, "meanwhile")
        assert connection.execute(counted).scalar_one() == before
    assert count(store) == before + 1


def test_it_lets_one_transaction_write_at_a_time(store: Store, database_url: str) -> None:
    """Who comes second sees what the first has written."""
    seen: list[int] = []
    other = Store(database_url)

    def second() -> None:
        with other.transaction() as tx:
            seen.append(int(tx.execute(select(func.count()).select_from(MEMORY)).scalar_one()))

    thread = threading.Thread(target=second)
    with store.transaction() as tx:
        thread.start()
        thread.join(timeout=0.2)
        tx.execute(insert(MEMORY).values(adapter="native", key="first", value=""))
    thread.join()
    other.close()
    assert seen == [1]


def test_it_gives_moments_back_in_utc(store: Store) -> None:
    at = datetime(2026, 3, 14, 11, 0, 0, 123456, tzinfo=UTC)
    row = {"received_at": at, "adapter": "native", "topic": "t", "payload": b"\x00\xff", "reason": ""}
    with store.transaction() as tx:
        tx.execute(insert(QUARANTINE).values(**row))
    with store.read() as connection:
        found = connection.execute(select(QUARANTINE.c.received_at, QUARANTINE.c.payload)).one()
    assert found == (at, b"\x00\xff")
    assert found.received_at.utcoffset().total_seconds() == 0


def test_it_takes_a_character_that_ends_texts_elsewhere(store: Store) -> None:
    remember(store, "a\x00b")
    with store.read() as connection:
        found = select(func.count()).where(MEMORY.c.key == "a\x00b")
        assert connection.execute(found).scalar_one() == 1


def test_it_is_for_one_command_that_writes_lists(database_url: str) -> None:
    def start() -> None:
        with only_monitor_on(database_url):
            pass

    with only_monitor_on(database_url), pytest.raises(StartError, match="another monitor already runs on"):
        start()
    start()


@ON_POSTGRESQL
def test_it_goes_on_when_the_server_is_back(store: Store, postgresql: Cluster) -> None:
    remember(store, "before")
    postgresql.stop()
    try:
        with pytest.raises(StoreUnavailable):
            remember(store, "lost")
        with pytest.raises(StoreUnavailable):
            count(store)
        assert store.fault is not None
    finally:
        postgresql.start()
    remember(store, "after")
    assert store.fault is None
    assert count(store) == 2


@ON_POSTGRESQL
def test_it_tries_again_when_the_server_throws_it_out(store: Store, postgresql: Cluster) -> None:
    def write() -> None:
        with store.transaction() as tx:
            pid = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
            postgresql.run(f"SELECT pg_terminate_backend({pid})")
            tx.execute(insert(MEMORY).values(adapter="native", key="lost", value=""))

    with pytest.raises(StoreUnavailable):
        write()
    remember(store, "after")
    assert count(store) == 1


@ON_POSTGRESQL
def test_it_does_not_wait_for_ever_for_another_writer(database_url: str) -> None:
    first, second = Store(database_url), Store(f"{database_url}&options=-c lock_timeout=20ms")
    with first.transaction(), pytest.raises(StoreUnavailable, match="lock timeout"):
        remember(second, "too late")
    remember(second, "in time")
    first.close()
    second.close()


@ON_POSTGRESQL
def test_it_blames_the_rows_where_the_server_would_never_take_them(store: Store) -> None:
    too_long, far_too_long = "x" * 241, "".join(chr(0x4E00 + number) for number in range(20_000))
    with pytest.raises(DBAPIError, match="too long"):
        remember(store, too_long)
    with store.transaction() as tx:
        tx.execute(text("CREATE INDEX ix_tmp ON adapter_memory (value)"))
    with pytest.raises(DBAPIError, match="index row"):
        remember(store, "key", far_too_long)
    assert store.fault is None


@ON_POSTGRESQL
def test_it_acknowledges_only_what_is_on_disk(store: Store, postgresql: Cluster, database_url: str) -> None:
    """Whatever the server's own default is."""
    postgresql.run(f"ALTER DATABASE {make_url(database_url).database} SET synchronous_commit = off")
    fresh = Store(database_url)
    with fresh.transaction() as tx:
        assert tx.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
    fresh.close()


@ON_POSTGRESQL
def test_it_comes_back_from_a_dump(store: Store, postgresql: Cluster, database_url: str, tmp_path: Path) -> None:
    by = Edit("operator", datetime(2026, 3, 14, 11, tzinfo=UTC), "form")
    with store.transaction() as tx:
        put(tx, Site, {"id": "S-1", "name": "Chợ số 1", "location_kind": "market"}, by)
        last = head(tx)
    postgresql.client("pg_dump", database_url, "--format", "custom", "--file", str(tmp_path / "dump"))
    with postgresql.bare_database() as url:
        postgresql.client("pg_restore", url, "--no-owner", str(tmp_path / "dump"))
        restored = Store(url)
        restored.migrate()
        with restored.read() as connection:
            assert verify(connection, last) == Verdict(1, last)
        with pytest.raises(DBAPIError, match="only ever added to"):
            forget_all(restored)
        restored.close()


def forget_all(store: Store) -> None:
    with store.transaction() as tx:
        tx.execute(delete(core(EditRow)))


def test_it_refuses_a_database_that_keeps_no_utf_8(postgresql: Cluster) -> None:
    with postgresql.bare_database("ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'") as url:
        store = Store(url)
        with pytest.raises(StartError, match="createdb -T template0 -E UTF8"):
            store.migrate()
        store.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_keeps_the_log_short_beside_the_writer(store: Store, database_url: str) -> None:
    log = Path(f"{make_url(database_url).database}-wal")
    sizes = []
    for number in range(60):
        remember(store, str(number), "x" * 100_000)
        if number % 10 == 9:
            store.checkpoint()
            sizes.append(log.stat().st_size)
    assert max(sizes) < 2_500_000 < 60 * 100_000


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_keeps_the_log_bounded_where_nobody_moves_it(store: Store, database_url: str) -> None:
    log = Path(f"{make_url(database_url).database}-wal")
    for number in range(60):
        remember(store, str(number), "x" * 1_000_000)
    assert log.stat().st_size < 40_000_000 < 60 * 1_000_000


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_moves_what_is_committed_in_a_thread_of_its_own(store: Store, database_url: str) -> None:
    database = Path(str(make_url(database_url).database))
    before = database.stat().st_size
    store.keep_short()
    for number in range(MANY_COMMITS):
        remember(store, str(number), "x" * 10_000)
    while database.stat().st_size < before + MANY_COMMITS * 10_000:
        threading.Event().wait(0.05)
