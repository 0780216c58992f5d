"""A commune's tables into the store. Each call is for one transaction; given again, the same table changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from monitor.inventory import seeding_facts, seeding_rows
from monitor.inventory.area_tables import Area, LayerMember, LayerPlan
from monitor.inventory.areas import read_tree
from monitor.inventory.device_moves import SEARCHED
from monitor.inventory.edits import Edit, Outcome, core, put_all
from monitor.inventory.fact_tables import DeclaredFact
from monitor.inventory.folding import search_text
from monitor.inventory.kinds import CustodianKind
from monitor.inventory.people_tables import Beat, Custodian, Person, PersonRole
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.seeding_lines import Line, read_lines
from monitor.inventory.succession import Restructuring, carry_out, plan, put_successors, read_successors
from monitor.inventory.tables import Device

# What people have said of a device or an area since a table was written goes before it.
_OF_NEW_DEVICES = frozenset(
    {"name", "adapter", "address", "place", "position", "group_id", "group_name", "area_id", "search_text"}
    | {"registered_at", "supervision_interval_s", "custodian_id"}
)
_OF_NEW_AREAS = frozenset({"parent_id", "valid_from", "valid_to"})


@dataclass(frozen=True, slots=True)
class AreasLoaded:
    """``restructurings``: one for each day that changed something, with what is left for a person to decide."""

    outcome: Outcome
    restructurings: tuple[Restructuring, ...]


def load_areas(tx: Connection, data: bytes, by: Edit) -> AreasLoaded:
    """The versioned tree, and what its successions move."""
    given = seeding_rows.area_lines(read_lines(data, seeding_rows.AREA_COLUMNS))
    outcome = put_all(tx, Area, given.areas, by, keep={"parent_id"})
    put_successors(tx, given.successors, by)
    days = sorted({each.effective_on for each in given.successors} | set(given.moves))
    return AreasLoaded(outcome, tuple(restructure(tx, given.moves.get(day, {}), day, by) for day in days))


def restructure(tx: Connection, said: Mapping[str, str], day: date, by: Edit) -> Restructuring:
    """What the table itself says of an area goes before what would follow from its parent's end."""
    tree = read_tree(tx)
    planned = plan(tree, read_successors(tx), day)
    wanted = {area_id: parent for area_id, parent in said.items() if not tree.has_moved(area_id, day)}
    undecided = tuple(each for each in planned.undecided if each.area_id not in said)
    planned = replace(planned, moves={**planned.moves, **wanted}, undecided=undecided)
    carry_out(tx, planned, by)
    return planned


def load_groups(tx: Connection, data: bytes, by: Edit) -> Outcome:
    """Residential groups, their beats and boards; a commune nobody described yet is taken by its id."""
    lines = read_lines(data, seeding_rows.GROUP_COLUMNS)
    stubs = seeding_rows.commune_stubs(lines)
    put_all(tx, Area, stubs, by, keep=set(stubs[0]) if stubs else ())
    put_all(tx, Beat, seeding_rows.beat_rows(lines), by, keep={"name", "area_id"})
    put_all(tx, Custodian, seeding_rows.board_rows(lines), by, keep={"name"})
    return put_all(tx, Area, seeding_rows.group_rows(lines), by, keep=_OF_NEW_AREAS)


def load_cameras(tx: Connection, data: bytes, by: Edit, area_id: str | None = None) -> Outcome:
    """Eyes, sites and custodians. ``area_id``: where eyes count that stand in no group (on high masts)."""
    lines = read_lines(data, seeding_rows.CAMERA_COLUMNS)
    custodians = _put_custodians(tx, lines, by)
    put_all(tx, Site, seeding_rows.site_rows(lines), by)
    rows = []
    for line in lines:
        row = seeding_rows.camera_row(line) | {"custodian_id": custodians.get(line.number)}
        rows.append(row | {"area_id": None if row["group_id"] else area_id})
    return _put_devices(tx, rows, by)


def load_bells(tx: Connection, data: bytes, by: Edit) -> Outcome:
    """Buttons and the establishments they protect."""
    lines = read_lines(data, seeding_rows.BELL_COLUMNS)
    put_all(tx, Establishment, seeding_rows.establishment_rows(lines), by)
    return _put_devices(tx, [seeding_rows.bell_row(line) for line in lines], by)


def load_people(tx: Connection, data: bytes, by: Edit) -> Outcome:
    """People by role; roles they were given otherwise stay."""
    lines = read_lines(data, seeding_rows.PEOPLE_COLUMNS)
    put_all(tx, PersonRole, seeding_rows.role_rows(lines), by)
    return put_all(tx, Person, seeding_rows.person_rows(lines), by)


def load_facts(tx: Connection, data: bytes, by: Edit) -> Outcome:
    """Declared figures; load the areas first, so that they are known by name."""
    return put_all(tx, DeclaredFact, seeding_facts.fact_rows(data, read_tree(tx)), by)


def load_roll_up(tx: Connection, data: bytes, as_of: date, by: Edit) -> Outcome:
    """A district's declared eyes, commune by commune."""
    lines = read_lines(data, seeding_facts.ROLL_UP_COLUMNS)
    return put_all(tx, DeclaredFact, seeding_facts.roll_up_rows(lines, read_tree(tx), as_of, by.source), by)


def load_layers(tx: Connection, data: bytes, by: Edit) -> Outcome:
    """A plan of rings and its members."""
    given = seeding_facts.layer_lines(read_lines(data, seeding_facts.LAYER_COLUMNS), read_tree(tx))
    put_all(tx, Area, given.areas, by, keep=_OF_NEW_AREAS)
    put_all(tx, LayerPlan, given.plans, by)
    known = {(each.old_id, each.new_id) for each in read_successors(tx)}
    put_successors(tx, [each for each in given.successors if (each.old_id, each.new_id) not in known], by)
    return put_all(tx, LayerMember, given.members, by)


def _put_custodians(tx: Connection, lines: Iterable[Line], by: Edit) -> dict[int, str]:
    """Line number → who keeps it. A group's board is the one the group has already, under its written name."""
    table = core(Custodian)
    boards = {
        row.group_id: row.id
        for row in tx.execute(select(table).where(table.c.kind == CustodianKind.GROUP_BOARD.value).order_by(table.c.id))
    }
    keepers: dict[int, str] = {}
    rows: dict[str, dict[str, Any]] = {}
    for line in lines:
        if (row := seeding_rows.custodian_row(line)) is None:
            continue
        if row["group_id"] is not None:
            row["id"] = boards.setdefault(row["group_id"], row["id"])
        keepers[line.number] = row["id"]
        rows.setdefault(row["id"], row)
    put_all(tx, Custodian, list(rows.values()), by)
    return keepers


def _put_devices(tx: Connection, rows: Sequence[dict[str, Any]], by: Edit) -> Outcome:
    names = {row.id: row.name for row in tx.execute(select(core(Area).c.id, core(Area).c.name))}
    for row in rows:
        row["group_name"] = names.get(row["group_id"] or "")
        row["search_text"] = search_text(*(row.get(name) for name in SEARCHED))
        row["registered_at"] = by.at
    return put_all(tx, Device, rows, by, keep=_OF_NEW_DEVICES)
