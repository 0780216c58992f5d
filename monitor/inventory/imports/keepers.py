"""Who keeps the eyes of a list: a group's board, an office by name, or the household itself, with its numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from monitor.inventory.edits import core, put_all
from monitor.inventory.imports.target import Target
from monitor.inventory.kinds import ContactKind, CustodianKind
from monitor.inventory.people_tables import Contact, Custodian, contact_id
from monitor.inventory.seeding_rows import custodian_of
from monitor.inventory.spreadsheets.drafts import EyeDraft
from monitor.inventory.tables import ID

_BOARD = CustodianKind.GROUP_BOARD


class Keepers:
    """Gathers keepers while the rows are made; ``write`` puts them into the store, once each."""

    def __init__(self, tx: Connection, target: Target) -> None:
        self._tx, self._target = tx, target
        table = core(Custodian)
        there = tx.execute(select(table.c.id, table.c.group_id, table.c.kind).order_by(table.c.id)).all()
        self._boards: dict[str, str] = {row.group_id: row.id for row in there if row.kind == _BOARD}
        self._groups: dict[str, str | None] = {row.id: row.group_id for row in there}
        self._rows: dict[str, dict[str, Any]] = {}
        self._contacts: dict[str, dict[str, Any]] = {}

    def of(self, draft: EyeDraft, first_id: str) -> str | None:
        """``first_id``: the first device of the row, which names a household that keeps its own."""
        if draft.custodian:
            return self._named(draft.custodian, draft.group_id)
        return self._household(draft, first_id) if draft.owner else None

    def write(self) -> None:
        boards = [row for row in self._rows.values() if row["kind"] == _BOARD and row["group_id"]]
        others = [row for row in self._rows.values() if row not in boards]
        by = self._target.by
        put_all(self._tx, Custodian, boards, by)
        # An office that others are kept by too is not changed by a list of one territory.
        keep = {"group_id"} if self._target.within.is_everywhere else core(Custodian).c.keys()
        put_all(self._tx, Custodian, others, by, keep=set(keep))
        put_all(self._tx, Contact, list(self._contacts.values()), by)
        self._rows, self._contacts = {}, {}

    def _named(self, text: str, group_id: str | None) -> str:
        row = custodian_of(text, group_id)
        if row["group_id"] is not None:
            row["id"] = self._boards.setdefault(row["group_id"], self._own_id(row["id"], row["group_id"]))
        self._rows.setdefault(row["id"], row)
        return str(row["id"])

    def _own_id(self, plain_id: str, group_id: str) -> str:
        """Every second commune has a group 1, and all their boards are called alike."""
        if self._groups.setdefault(plain_id, group_id) == group_id:
            return plain_id
        return f"{plain_id[: ID - len(group_id) - 1]}-{group_id}"[-ID:]

    def _household(self, draft: EyeDraft, first_id: str) -> str:
        keeper_id = f"HOME-{first_id}"[:ID]
        row = {"id": keeper_id, "name": draft.owner, "kind": CustodianKind.HOUSEHOLD.value, "group_id": draft.group_id}
        self._rows.setdefault(keeper_id, row)
        for rank, phone in enumerate(draft.phones, 1):
            own_id = contact_id("custodian", keeper_id, rank)
            self._contacts[own_id] = {
                "id": own_id,
                "holder": "custodian",
                "holder_id": keeper_id,
                "kind": ContactKind.PHONE.value,
                "value": phone,
                "name": draft.owner,
                "rank": rank,
            }
        return keeper_id
