from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.journal.database import Store
from tests.monitor.conftest import address_of_a_store
from tests.monitor.inventory.commune import table
from tests.monitor.inventory.imports.lists import TABLES, answer, bring, commit, take_in
from tests.monitor.inventory.spreadsheets.test_thirty_rows import DECIDED, FILES


def take_in_commune(store: Store) -> None:
    for name in ("areas_versioned.csv", "residential_groups.csv", "cameras_dinh_van.csv"):
        take_in(store, table(name))


def take_in_all(store: Store) -> None:
    for name in TABLES:
        take_in(store, table(name))
    batch_id = bring(store, FILES["csv"])
    answer(store, batch_id, DECIDED)
    commit(store, batch_id)


FILLED = {"commune": take_in_commune, "full": take_in_all}


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Filled as the test wants it: that takes a second, and a copy of it none."""
    fills = [fill for name, fill in FILLED.items() if name in request.fixturenames]
    assert len(fills) <= 1, "a store is filled in one way"
    with address_of_a_store(request, tmp_path, *fills) as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def commune(store: Store) -> Store:
    """The demo commune's areas, groups and eyes, taken in as lists."""
    return store


@pytest.fixture
def full(store: Store) -> Store:
    """The commune with everything, and the thirty households."""
    return store
