"""Areas and residential groups of a list into the tree."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection

from monitor.inventory.area_names import kind_of
from monitor.inventory.area_tables import SINCE_EVER, Area
from monitor.inventory.areas import ONE_DAY, area_row, move_areas, read_tree
from monitor.inventory.device_moves import rename_groups
from monitor.inventory.edits import put_all
from monitor.inventory.folding import search_text
from monitor.inventory.imports.target import Target, changed_columns
from monitor.inventory.kinds import CustodianKind, Level
from monitor.inventory.people_tables import Beat, Custodian
from monitor.inventory.seeding import restructure
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.drafts import AreaDraft, GroupDraft
from monitor.inventory.spreadsheets.dry_run import Change, RowReport
from monitor.inventory.succession import Successor, put_successors, read_successors

_OWN: Mapping[Column, str] = {
    Column.NAME: "name",
    Column.OFFICIAL_CODE: "official_code",
    Column.VALID_FROM: "valid_from",
    Column.VALID_TO: "valid_to",
    Column.BEAT_ID: "beat_id",
    Column.LATITUDE: "latitude",
    Column.LONGITUDE: "longitude",
}
_NOBODY: Collection[str] = ()
Rows = list[dict[str, Any]]


def write_areas(tx: Connection, rows: Sequence[RowReport], target: Target) -> Collection[str]:
    """The versioned tree, and what its successions move."""
    given = [(row, cast(AreaDraft, row.drafts[0])) for row in rows]
    put_all(tx, Area, [_new_area(draft) for row, draft in given if row.change is Change.NEW], target.by)
    put_all(tx, Area, _all_changes(given), target.by)
    _move(tx, {draft.id: draft.parent_id for row, draft in given if _changes_in(row, Column.PARENT_AREA_ID)}, target)
    speaking = [draft for row, draft in given if row.change is Change.NEW or _changes_in(row, Column.SUCCESSOR_AREA_ID)]
    _succeed(tx, speaking, target)
    return _NOBODY


def write_groups(tx: Connection, rows: Sequence[RowReport], target: Target) -> Collection[str]:
    """Groups, their beats and boards. One that a list puts below an area that ended comes to stand below its heir."""
    given = [(row, cast(GroupDraft, row.drafts[0])) for row in rows]
    beats = {draft.beat_id: draft.area_id for _row, draft in given if draft.beat_id}
    kept = [{"id": beat_id, "name": beat_id, "area_id": area_id} for beat_id, area_id in beats.items()]
    put_all(tx, Beat, kept, target.by, keep={"name", "area_id"})
    boards = [
        {"id": draft.board_id, "name": draft.name, "kind": CustodianKind.GROUP_BOARD.value, "group_id": draft.id}
        for _row, draft in given
        if draft.board_id
    ]
    put_all(tx, Custodian, boards, target.by, keep={"name"})
    fresh = [_new_group(draft) for row, draft in given if row.change is Change.NEW]
    put_all(tx, Area, fresh, target.by)
    put_all(tx, Area, _all_changes(given), target.by)
    _move(tx, {draft.id: draft.area_id for row, draft in given if _changes_in(row, Column.AREA_ID)}, target)
    if fresh:
        for day in sorted({each.effective_on for each in read_successors(tx) if each.effective_on <= target.today}):
            restructure(tx, {}, day, target.by)
    rename_groups(tx, [draft.id for row, draft in given if _changes_in(row, Column.NAME)], target.by)
    return _NOBODY


def _new_area(draft: AreaDraft) -> dict[str, object]:
    return area_row(
        draft.id,
        draft.level,
        draft.name,
        official_code=draft.official_code,
        parent_id=draft.parent_id,
        valid_from=draft.valid_from or SINCE_EVER,
        valid_to=draft.valid_to,
        latitude=draft.latitude,
        longitude=draft.longitude,
    )


def _new_group(draft: GroupDraft) -> dict[str, object]:
    return area_row(
        draft.id,
        Level.RESIDENTIAL_GROUP,
        draft.name,
        parent_id=draft.area_id,
        beat_id=draft.beat_id,
        latitude=draft.latitude,
        longitude=draft.longitude,
    )


def _all_changes(given: Sequence[tuple[RowReport, AreaDraft]] | Sequence[tuple[RowReport, GroupDraft]]) -> Rows:
    return [values for row, draft in given if (values := _changes(row, draft))]


def _changes(row: RowReport, draft: AreaDraft | GroupDraft) -> dict[str, Any] | None:
    values = {_OWN[column]: getattr(draft, _OWN[column]) for column in changed_columns(row) if column in _OWN}
    if not values:
        return None
    if "name" in values:
        level = draft.level if isinstance(draft, AreaDraft) else Level.RESIDENTIAL_GROUP
        values |= {"kind": kind_of(draft.name, level), "search_text": search_text(draft.id, draft.name)}
    return {"id": draft.id, **values}


def _changes_in(row: RowReport, column: Column) -> bool:
    return column in changed_columns(row)


def _move(tx: Connection, parents: Mapping[str, str | None], target: Target) -> None:
    """From today on; where it stood before stays in the reports of its time."""
    if parents:
        move_areas(tx, parents, target.today, target.by)


def _succeed(tx: Connection, drafts: Sequence[AreaDraft], target: Target) -> None:
    """An heir on its own level takes over from it; one on another level is what it stands below next."""
    tree = read_tree(tx)
    successors: list[Successor] = []
    moves: dict[date, dict[str, str]] = {}
    for draft in drafts:
        for heir in (tree.known(heir_id) for heir_id in draft.successor_ids):
            if heir.level == draft.level:
                begins_on = heir.valid_from if draft.valid_to is None else draft.valid_to + ONE_DAY
                successors.append(Successor(draft.id, heir.id, begins_on))
            else:
                moves.setdefault(heir.valid_from, {})[draft.id] = heir.id
    put_successors(tx, successors, target.by)
    for day in sorted({each.effective_on for each in successors} | set(moves)):
        restructure(tx, moves.get(day, {}), day, target.by)
