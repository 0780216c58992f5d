"""The one way rows of the inventory change: written, and journalled with what was there before, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, Table, and_, delete, insert, select, tuple_, update
from sqlmodel import SQLModel

from monitor.inventory.audit import Edit as Edit  # noqa: PLC0414  who writes an edit takes it from here
from monitor.inventory.audit import append, plain, vars_of

Row = Mapping[str, Any]
Key = tuple[Any, ...]
_AT_ONCE = 200
_NOTHING: Collection[str] = frozenset()
# The journal says that such a column changed, and to nobody what it holds.
_UNTOLD = frozenset({"password_hash"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows given: their keys, joined by "/"."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.added + other.added, self.changed + other.changed, self.same + other.same)


@dataclass(slots=True)
class _Sorted:
    """Rows by what must be done with them."""

    fresh: list[Row] = field(default_factory=list)
    changes: list[tuple[Key, Row, Row]] = field(default_factory=list)
    same: int = 0


def core(model: type[SQLModel]) -> Table:
    """The Core table of a model: what every path here speaks, six to ten times cheaper than the ORM."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


def put(tx: Connection, model: type[SQLModel], row: Row, by: Edit) -> Outcome:
    """As ``put_all``, for one row."""
    return put_all(tx, model, [row], by)


def put_all(
    tx: Connection, model: type[SQLModel], rows: Sequence[Row], by: Edit, keep: Collection[str] = _NOTHING
) -> Outcome:
    """Adds rows whose primary key is new and brings the others up to date; only given columns are touched.

    Columns in ``keep`` only fill what is empty in rows already there. Given again, the same rows change nothing and
    are not journalled.
    """
    target = core(model)
    sorted_rows = _sort(_stored(tx, target, rows), target, rows, keep)
    for columns in _by_columns(sorted_rows.fresh):
        tx.execute(insert(target), columns)
    for key, _before, after in sorted_rows.changes:
        tx.execute(update(target).where(_is(target, key)).values(**after))
    added = tuple(_joined(_key(target, row)) for row in sorted_rows.fresh)
    changed = tuple(_joined(key) for key, _before, _after in sorted_rows.changes)
    edits = [_edit(by, target, each, None, row) for each, row in zip(added, sorted_rows.fresh, strict=True)]
    for each, (_, before, after) in zip(changed, sorted_rows.changes, strict=True):
        edits.append(_edit(by, target, each, before, after))
    _write(tx, edits)
    return Outcome(added, changed, sorted_rows.same)


def remove_all(tx: Connection, model: type[SQLModel], keys: Iterable[Key], by: Edit) -> int:
    """Takes rows away; their last words are in the journal. Returns how many there were."""
    target = core(model)
    names = _key_names(target)
    there = _stored(tx, target, [dict(zip(names, key, strict=True)) for key in keys])
    for key in there:
        tx.execute(delete(target).where(_is(target, key)))
    _write(tx, [_edit(by, target, _joined(key), row, None) for key, row in there.items()])
    return len(there)


def journal_new(tx: Connection, model: type[SQLModel], row: Row, by: Edit) -> None:
    """For a row that somebody has just inserted in this transaction, where a taken key must be an error."""
    target = core(model)
    _write(tx, [_edit(by, target, _joined(_key(target, row)), None, row)])


def _sort(there: Mapping[Key, Row], target: Table, rows: Sequence[Row], keep: Collection[str]) -> _Sorted:
    result = _Sorted()
    for row in rows:
        known = there.get(key := _key(target, row))
        if known is None:
            result.fresh.append(row)
            continue
        open_to = (name for name in row if name not in keep or known[name] is None)
        after = {name: row[name] for name in open_to if known[name] != row[name]}
        if after:
            result.changes.append((key, {name: known[name] for name in after}, after))
        else:
            result.same += 1
    return result


def _stored(tx: Connection, target: Table, rows: Sequence[Row]) -> dict[Key, Row]:
    columns = [target.c[name] for name in _key_names(target)]
    found: dict[Key, Row] = {}
    for start in range(0, len(rows), _AT_ONCE):
        keys = [_key(target, row) for row in rows[start : start + _AT_ONCE]]
        chosen = columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)
        for row in tx.execute(select(target).where(chosen)).mappings():
            known = dict(row)
            found[_key(target, known)] = known
    return found


def _by_columns(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """Many rows are one statement, and that takes its columns from the first."""
    alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        alike[tuple(sorted(row))].append(dict(row))
    return alike.values()


def _edit(by: Edit, target: Table, entity_id: str, before: Row | None, after: Row | None) -> dict[str, Any]:
    change = "added" if before is None else "removed" if after is None else "changed"
    return {
        **vars_of(by),
        "entity": target.name,
        "entity_id": entity_id,
        "change": change,
        "before": _json(before),
        "after": _json(after),
    }


def _write(tx: Connection, edits: list[dict[str, Any]]) -> None:
    if edits:
        append(tx, edits)


def _json(row: Row | None) -> str | None:
    if row is None:
        return None
    told = {name: "***" if name in _UNTOLD else value for name, value in row.items()}
    return plain(told)


def _key_names(target: Table) -> list[str]:
    return [column.name for column in target.primary_key]


def _key(target: Table, row: Row) -> Key:
    return tuple(row[name] for name in _key_names(target))


def _joined(key: Key) -> str:
    return "/".join(str(part) for part in key)


def _is(target: Table, key: Key) -> Any:
    return and_(*(target.c[name] == part for name, part in zip(_key_names(target), key, strict=True)))
