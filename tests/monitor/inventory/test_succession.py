"""The restructuring of 1 July 2025: nothing is recounted, nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory import layers, seeding
from monitor.inventory.area_search import find_areas
from monitor.inventory.area_tables import Area, AreaSuccession
from monitor.inventory.areas import AreaTree, area_row, move_area, read_tree
from monitor.inventory.edits import core, put_all
from monitor.inventory.kinds import Succession
from monitor.inventory.succession import Successor, became, carry_out, plan, put_successors, read_successors
from monitor.inventory.tables import Device
from monitor.journal.database import Store
from tests.monitor.inventory.commune import BY, CUT, NEW_COMMUNE, OLD_COMMUNE, load, load_areas, load_groups_and_eyes

LAST_DAY = CUT - timedelta(days=1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    store.migrate()
    yield store
    store.close()


def tree(store: Store) -> AreaTree:
    with store.read() as connection:
        return read_tree(connection)


def ids(areas: object) -> list[str]:
    return [area.id for area in areas]  # type: ignore[attr-defined]


def found(store: Store, question: str, day: date = CUT) -> list[tuple[str, list[str]]]:
    with store.read() as connection:
        return [
            (hit.area.name, [area.name for area, _since in hit.became]) for hit in find_areas(connection, question, day)
        ]


def test_it_leaves_the_groups_of_the_old_commune_where_they_were(store: Store) -> None:
    load_areas(store)
    assert len(tree(store).below(OLD_COMMUNE, "residential_group", LAST_DAY)) == 21
    assert tree(store).below(NEW_COMMUNE, "residential_group", LAST_DAY) == []


def test_it_starts_the_new_commune_with_its_groups(store: Store) -> None:
    load_areas(store)
    assert len(tree(store).below(NEW_COMMUNE, "residential_group", CUT)) == 21
    assert tree(store).below(OLD_COMMUNE, "residential_group", CUT) == []


def test_it_comes_to_the_same_in_whatever_order_tables_are_loaded(store: Store) -> None:
    load_groups_and_eyes(store)
    load_areas(store)
    load_groups_and_eyes(store)
    assert ids(tree(store).path("DV-01", CUT)) == ["DV-01", NEW_COMMUNE, "68@2025", "VN"]
    assert ids(tree(store).path("DV-01", LAST_DAY)) == ["DV-01", OLD_COMMUNE, "676@2004", "68@2004", "VN"]


def test_it_knows_a_code_only_together_with_a_day(store: Store) -> None:
    load_areas(store)
    named = {area.name for area in tree(store) if area.official_code == "24007"}
    assert named == {"Xã Phú An", "Xã Ya Hội"}


def test_it_tells_merges_from_renames(store: Store) -> None:
    load_areas(store)
    with store.read() as connection:
        kinds = {(row.old_id, row.new_id): row.kind for row in connection.execute(select(core(AreaSuccession)))}
    assert kinds["24910@legacy", NEW_COMMUNE] == Succession.MERGE
    assert kinds["23989@legacy", "23995@2025"] == Succession.RENAME


def test_it_finds_the_new_unit_by_an_old_name(store: Store) -> None:
    load_areas(store)
    assert ("Thị trấn Đinh Văn", ["Xã Đinh Văn Lâm Hà"]) in found(store, "TT Đinh Văn")
    assert ("Xã Tân Văn", ["Xã Đinh Văn Lâm Hà"]) in found(store, "tan van")


def test_it_says_since_when_an_old_unit_is_part_of_the_new_one(store: Store) -> None:
    load_areas(store)
    with store.read() as connection:
        known = became(read_tree(connection), read_successors(connection), "24970@legacy", CUT)
    assert [(area.id, since) for area, since in known] == [(NEW_COMMUNE, CUT)]


def test_it_ranks_names_as_written_first(store: Store) -> None:
    rows = [area_row(f"c{number}", "commune", name) for number, name in enumerate(("Xã Bình Thanh", "Xã Bình Thạnh"))]
    with store.transaction() as tx:
        put_all(tx, Area, rows, BY)
    assert found(store, "Bình Thạnh")[0][0] == "Xã Bình Thạnh"
    assert found(store, "binh thanh")[0][0] == "Xã Bình Thanh"
    assert len(found(store, "bình thạnh")) == 2


def test_it_lists_units_whose_successor_nobody_knows(store: Store) -> None:
    last = load_areas(store).restructurings[-1]
    assert {"24868@legacy", "23992@legacy"} <= set(last.without_successor)
    assert "676@2004" not in last.without_successor  # districts ended everywhere


def split_commune(store: Store, choices: int) -> AreaTree:
    """A commune with one group that is divided between ``choices`` new ones."""
    news = [area_row(f"new-{number}", "commune", f"Xã {number}", valid_from=CUT) for number in range(choices)]
    old = area_row("old", "commune", "Xã cũ", valid_to=LAST_DAY, parent_id=None)
    group = area_row("g-1", "residential_group", "Thôn 1", parent_id="old")
    with store.transaction() as tx:
        put_all(tx, Area, [old, group, *news], BY)
        put_successors(tx, [Successor("old", row["id"], CUT) for row in news], BY)  # type: ignore[arg-type]
    return tree(store)


def test_it_never_guesses_where_a_group_of_a_split_commune_goes(store: Store) -> None:
    areas = split_commune(store, 2)
    with store.transaction() as tx:
        planned = plan(areas, read_successors(tx), CUT)
        carry_out(tx, planned, BY)
    assert [(each.area_id, each.choices) for each in planned.undecided] == [("g-1", ("new-0", "new-1"))]
    assert tree(store).parent_of("g-1", CUT) == "old"


def test_it_takes_a_persons_choice_for_a_group_of_a_split_commune(store: Store) -> None:
    split_commune(store, 2)
    with store.transaction() as tx:
        assert move_area(tx, "g-1", "new-1", CUT, BY)
    assert ids(tree(store).below("new-1", "residential_group", CUT)) == ["g-1"]
    assert ids(tree(store).below("old", "residential_group", LAST_DAY)) == ["g-1"]


def test_it_moves_the_devices_of_a_group_that_was_renamed(store: Store) -> None:
    load_groups_and_eyes(store)
    new = area_row("DV-01b", "residential_group", "Thôn Gia Thạnh", parent_id=OLD_COMMUNE, valid_from=CUT)
    with store.transaction() as tx:
        put_all(tx, Area, [new, {"id": "DV-01", "valid_to": LAST_DAY}], BY)
        carry_out(tx, plan(read_tree(tx), [Successor("DV-01", "DV-01b", CUT)], CUT), BY)
        table = core(Device)
        moved = tx.execute(select(table.c.group_name).where(table.c.group_id == "DV-01b")).scalars().all()
    assert moved == ["Thôn Gia Thạnh"] * 9


def test_it_refuses_to_put_an_area_below_itself(store: Store) -> None:
    load_areas(store)
    with store.transaction() as tx, pytest.raises(Refusal, match="stands below it"):
        move_area(tx, OLD_COMMUNE, "DV-01", date(2024, 1, 1), BY)


def test_it_refuses_a_move_before_an_earlier_one(store: Store) -> None:
    load_areas(store)
    with store.transaction() as tx, pytest.raises(Refusal, match="later already"):
        move_area(tx, "DV-01", "24868@2025", date(2024, 1, 1), BY)


def test_it_refuses_an_area_it_does_not_know(store: Store) -> None:
    with store.transaction() as tx, pytest.raises(UnknownRecord, match="no area mars"):
        move_area(tx, "mars", None, CUT, BY)


def test_it_keeps_a_later_move_when_the_tables_are_loaded_again(store: Store) -> None:
    load_areas(store)
    with store.transaction() as tx:
        move_area(tx, "DV-01", "24868@2025", date(2026, 1, 1), BY)
    load_areas(store)
    assert tree(store).parent_of("DV-01", date(2026, 1, 1)) == "24868@2025"


def layered(store: Store) -> tuple[dict[str, int], layers.Relayered]:
    load_areas(store)
    load(store, seeding.load_layers, "three_layer_an_khe.csv")
    with store.read() as connection:
        members = layers.members(connection, "3LOP-ANKHE-2024")
        return members, layers.relayer(members, read_successors(connection))


def test_r0_1_it_holds_seven_eight_and_three_units_of_the_rings(store: Store) -> None:
    members, _after = layered(store)
    assert [list(members.values()).count(layer) for layer in (1, 2, 3)] == [7, 8, 3]


def test_r0_5_it_lists_units_of_mixed_rings_and_picks_none(store: Store) -> None:
    _members, after = layered(store)
    mixed = {each.area_id: each.layers for each in after.mixed}
    assert mixed == {"23614@2025": (1, 2), "23617@2025": (2, 3)}
    assert after.clear == {"23629@2025": 2, "24007@2025": 1}
