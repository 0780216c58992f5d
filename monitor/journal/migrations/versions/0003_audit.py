"""The hash chain of the journal of edits, and the refusal of the store to change a row of it"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# As they were at this version: the program's own code may go on.
HASHED = ("id", "at", "actor", "source", "entity", "entity_id", "change", "before", "after")
EDIT = sa.table(
    "edit",
    sa.column("id", sa.Integer),
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name, sa.Text) for name in (*HASHED[2:], "hash")),
)
REFUSAL = "the audit journal is only ever added to"


def upgrade() -> None:
    op.add_column("edit", sa.Column("hash", sa.String(length=64), server_default="", nullable=False))
    if not op.get_context().as_sql:
        _chain(op.get_bind())
    if op.get_context().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER edit_refuses_{act.lower()} BEFORE {act} ON edit "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION edit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER edit_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON edit "
            "FOR EACH STATEMENT EXECUTE FUNCTION edit_is_append_only()"
        )


def _chain(connection: sa.Connection) -> None:
    """Rows written before there was a chain get one: it proves nothing of the time before this day."""
    previous = "0" * 64
    query = sa.select(*(EDIT.c[name] for name in HASHED)).order_by(EDIT.c.id)
    hashes: list[dict[str, Any]] = []
    for place, row in enumerate(connection.execute(query).mappings(), start=1):
        # A gap of that time is closed, for from now on it would mean that a row was taken away.
        values = [place, *(_plain(name, row[name]) for name in HASHED[1:])]
        written = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        previous = hashlib.sha256(f"{previous}\n{written}".encode()).hexdigest()
        hashes.append({"old": row["id"], "new": place, "linked": previous})
    if hashes:
        change = sa.update(EDIT).where(EDIT.c.id == sa.bindparam("old"))
        connection.execute(change.values(id=sa.bindparam("new"), hash=sa.bindparam("linked")), hashes)


def _plain(name: str, value: Any) -> Any:
    if name != "at":
        return value
    at = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    return at.isoformat(timespec="microseconds") + "Z"


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER edit_refuses_{act}")
    else:
        op.execute("DROP TRIGGER edit_refuses_change ON edit")
        op.execute("DROP FUNCTION edit_is_append_only()")
    op.drop_column("edit", "hash")
