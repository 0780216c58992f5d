"""Roster, shifts and their log; who is told of an alarm's end"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
REFUSAL = "the duty log is only ever added to"


def upgrade() -> None:
    op.add_column("duty", sa.Column("about", sa.String(length=8), nullable=False, server_default="ring"))
    _add_watches()
    _add_shifts()
    _refuse_changes()


def _add_watches() -> None:
    op.create_table(
        "watch",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("scope_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("way", sa.String(length=200), nullable=True),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("removed_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
    )
    op.create_index("ix_watch_role_ends_at", "watch", ["role", "ends_at"])


def _add_shifts() -> None:
    op.create_table(
        "shift",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("scope_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("is_heard", sa.Boolean(), nullable=False),
        sa.Column("screen", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("before_id", ROW_ID, nullable=True),
        sa.Column("handed_at", MOMENT, nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index("ix_shift_scope_id_ended_at", "shift", ["scope_id", "ended_at"])
    op.create_table(
        "shift_entry",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("shift_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=True),
        sa.Column("data", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_entry")),
    )
    op.create_index("ix_shift_entry_shift_id", "shift_entry", ["shift_id"])


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER shift_entry_refuses_{act.lower()} BEFORE {act} ON shift_entry "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION shift_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER shift_entry_refuses_changes BEFORE UPDATE OR DELETE ON shift_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION shift_entry_is_append_only()"
    )


def downgrade() -> None:
    for table in ("shift_entry", "shift", "watch"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION shift_entry_is_append_only()")
    op.drop_column("duty", "about")
