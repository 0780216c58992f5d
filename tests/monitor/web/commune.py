"""The demo commune in a post of the web's tests, taken in as its lists."""

from __future__ import annotations

from monitor.inventory.device_index import index_missing
from tests.monitor.inventory.commune import table
from tests.monitor.inventory.imports.lists import take_in
from tests.monitor.web.post import Post


def load_commune(post: Post) -> None:
    """Areas, groups and the 118 eyes."""
    for name in ("areas_versioned.csv", "residential_groups.csv", "cameras_dinh_van.csv"):
        take_in(post.store, table(name))
    with post.store.transaction() as tx:
        index_missing(tx)
