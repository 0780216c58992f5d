"""The audit journal: what people did, only ever added to, each row bound to the one before it by a hash.

The hash of a row is SHA-256, in lower-case hexadecimal, over these bytes: the hash of the row before it (64 zeros for
the first), a line feed, and the row as one line of JSON in UTF-8, an array without blanks of ``id, at, actor, source,
entity, entity_id, change, before, after``. ``at`` is UTC with six digits of a second, ``2026-11-22T07:31:22.104000Z``;
texts are escaped only where JSON demands it. So anybody can check the chain with nothing but the rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Table, insert, select

from monitor.inventory.fact_tables import EditRow

EDIT: Table = EditRow.__table__  # type: ignore[attr-defined]
FIRST = "0" * 64
HASHED = ("id", "at", "actor", "source", "entity", "entity_id", "change", "before", "after")


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changes something, when, and by what way: a form, a file, a program."""

    actor: str
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row: its number and its hash. Kept elsewhere, it shows later whether the end was cut off."""

    id: int = 0
    hash: str = FIRST


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rows``: how many are in order, up to ``head``. ``broken_at``: the first row that does not fit, None: none."""

    rows: int
    head: Head
    broken_at: int | None = None


def audit(tx: Connection, by: Edit, subject: tuple[str, str], change: str, detail: Mapping[str, Any]) -> None:
    """Notes what is no change of a row: a sign-in, an export, a look at a contact. ``subject``: (what, its id)."""
    entity, entity_id = subject
    row = {"entity": entity, "entity_id": entity_id[:300], "change": change}
    append(tx, [{**vars_of(by), **row, "before": None, "after": plain(detail)}])


def append(tx: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """``rows``: every column but ``id`` and ``hash``. One writer at a time: the transaction holds the write lock."""
    last = head(tx)
    number, previous = last.id, last.hash
    linked = []
    for row in rows:
        number += 1
        numbered = {"id": number, **row}
        previous = link(previous, numbered)
        linked.append({**numbered, "hash": previous})
    if linked:
        tx.execute(insert(EDIT), linked)


def head(connection: Connection) -> Head:
    row = connection.execute(select(EDIT.c.id, EDIT.c.hash).order_by(EDIT.c.id.desc()).limit(1)).first()
    return Head() if row is None else Head(row.id, row.hash)


def verify(connection: Connection, noted: Head | None = None) -> Verdict:
    """Works the whole chain out anew, from the first row to the last. ``noted``: a head of earlier, kept elsewhere."""
    columns = (*(EDIT.c[name] for name in HASHED), EDIT.c.hash)
    # A block at a time: the journal of years does not fit into memory.
    query = select(*columns).order_by(EDIT.c.id).execution_options(yield_per=1000)
    last = Head()
    for row in map(dict, connection.execute(query).mappings()):
        # A number left out is a row taken away, even where whoever did it wrote the hashes after it anew.
        if row["id"] != last.id + 1 or row["hash"] != link(last.hash, row):
            return Verdict(last.id, last, broken_at=row["id"])
        last = Head(row["id"], row["hash"])
        if noted is not None and noted.id == last.id and noted != last:
            return Verdict(last.id, last, broken_at=last.id)
    if noted is not None and noted.id > last.id:
        return Verdict(last.id, last, broken_at=last.id + 1)
    return Verdict(last.id, last)


def link(previous: str, row: Mapping[str, Any]) -> str:
    """The hash of a row behind one with the hash ``previous``."""
    values = [_moment(row[name]) if name == "at" else row[name] for name in HASHED]
    written = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{written}".encode()).hexdigest()


def plain(row: Mapping[str, Any]) -> str:
    return orjson.dumps(dict(row), option=orjson.OPT_SORT_KEYS).decode()


def vars_of(by: Edit) -> dict[str, Any]:
    return {"at": by.at, "actor": by.actor, "source": by.source}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
