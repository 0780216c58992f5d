"""Three layers by hand: the outer ring is told on order, and one click takes it all back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from monitor.inventory import seeding
from monitor.inventory.areas import read_tree
from monitor.journal.accounts import Role
from monitor.machines.alarm import Given
from monitor.pipeline.incident_commands import Act
from tests.desk.inventory_post import Inventory, InventoryPost, opened
from tests.monitor.inventory.commune import load, load_areas


class Pilot(InventoryPost):
    """In the spring before the units were restructured: a verified hold-up in the centre of the plan."""

    def fill(self) -> None:
        load_areas(self.store)
        load(self.store, seeding.load_layers, "three_layer_an_khe.csv")
        self.clock.forward(-720 * 86_400)
        self.add_user(Role.ADMINISTRATOR.value, Role.ADMINISTRATOR)
        with self.store.read() as connection:
            day = self.clock.now().date()
            units = {area.name: area.id for area in read_tree(connection) if area.is_valid(day)}
        self.add_device("bell-01", area_id=units["Phường Tây Sơn"])
        self.call("bell-01")
        self.act(1, 1, Role.ADMINISTRATOR.value, Given.ACKNOWLEDGE)
        by = Act(incident_id=1, version=2, by=Role.ADMINISTRATOR.value)
        self.incidents.assess(by, 4)
        for layer in (3, 2):
            self.layers.order(by, layer)


@pytest.fixture
def pilot(tmp_path: Path, browser: Browser) -> Iterator[Inventory]:
    post = Pilot(tmp_path)
    post.fill()
    with opened(post, browser) as inventory:
        yield inventory
        inventory.close_pages()


def test_it_orders_the_outer_ring_and_takes_it_all_back(pilot: Inventory) -> None:
    page = pilot.visit("/incidents/1")
    layers = page.locator("[data-part=layers]")
    order = layers.locator("[data-order]")
    expect(order).to_have_count(1)
    order.click()
    expect(order).to_have_count(0)
    expect(page.locator(".incident-timeline")).to_contain_text("Lớp 1: 7 đơn vị")
    layers.locator("[data-act=cancel-layers]").click()
    expect(layers.locator("[data-act=cancel-layers]")).to_have_count(0)
    expect(page.locator(".incident-timeline [data-kind=layer_cancelled]")).to_have_count(1)
