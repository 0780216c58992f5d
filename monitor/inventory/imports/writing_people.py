"""People of a list, by role, into the inventory; roles they were given otherwise stay."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection

from monitor.inventory.edits import put_all
from monitor.inventory.imports.target import Target, changed_columns
from monitor.inventory.kinds import ContactKind
from monitor.inventory.people_tables import Contact, Person, PersonRole, contact_id
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.drafts import PersonDraft
from monitor.inventory.spreadsheets.dry_run import Change, RowReport

_OWN: Mapping[Column, str] = {Column.NAME: "name", Column.UNIT: "unit", Column.NOTE: "note"}
_NOBODY: Collection[str] = ()


def write_people(tx: Connection, rows: Sequence[RowReport], target: Target) -> Collection[str]:
    people: dict[str, dict[str, Any]] = {}
    roles, contacts = [], []
    for row in rows:
        draft = cast(PersonDraft, row.drafts[0])
        said = _OWN if row.change is Change.NEW else {each: _OWN[each] for each in changed_columns(row) if each in _OWN}
        values = {name: value for name in said.values() if (value := getattr(draft, name)) is not None}
        people.setdefault(draft.id, {"id": draft.id}).update(values)
        scopes = draft.scopes or ("",)
        roles += [{"person_id": draft.id, "role": draft.role, "scope_id": scope} for scope in scopes]
        contacts += [_phone(draft, rank, phone) for rank, phone in enumerate(draft.phones, 1)]
    put_all(tx, Person, list(people.values()), target.by)
    put_all(tx, PersonRole, list({tuple(each.values()): each for each in roles}.values()), target.by)
    put_all(tx, Contact, list({each["id"]: each for each in contacts}.values()), target.by)
    return _NOBODY


def _phone(draft: PersonDraft, rank: int, phone: str) -> dict[str, Any]:
    return {
        "id": contact_id("person", draft.id, rank),
        "holder": "person",
        "holder_id": draft.id,
        "kind": ContactKind.PHONE.value,
        "value": phone,
        "rank": rank,
    }
