from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.journal.database import Store
from tests.monitor.inventory.commune import table
from tests.monitor.inventory.imports.lists import take_in


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def commune(store: Store) -> Store:
    """The demo commune's areas, groups and eyes, taken in as lists."""
    for name in ("areas_versioned.csv", "residential_groups.csv", "cameras_dinh_van.csv"):
        take_in(store, table(name))
    return store
