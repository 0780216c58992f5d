"""Incidents, what they are made of, and their timelines"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REACHED = ("acknowledged_at", "verifying_at", "dispatched_at", "en_route_at", "on_scene_at", "closed_at")
REFUSAL = "the timeline of an incident is only ever added to"


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("place_key", sa.String(length=300), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("verification", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in REACHED),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("disposition", sa.String(length=24), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("evidence", sa.String(length=500), nullable=True),
        sa.Column("merged_into", ROW_ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("code", name=op.f("uq_incident_code")),
    )
    for column in ("stage", "place_key", "merged_into"):
        op.create_index(f"ix_incident_{column}", "incident", [column])
    op.create_table(
        "incident_alarm",
        sa.Column("alarm_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("incident_id", ROW_ID, nullable=False),
        sa.PrimaryKeyConstraint("alarm_id", name=op.f("pk_incident_alarm")),
    )
    op.create_index("ix_incident_alarm_incident_id", "incident_alarm", ["incident_id"])
    op.create_table(
        "incident_entry",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("incident_id", ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=True),
        sa.Column("data", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_entry")),
    )
    op.create_index("ix_incident_entry_incident_id", "incident_entry", ["incident_id"])
    _refuse_changes()


def _refuse_changes() -> None:
    """Not of rows that go because they are five years old: those are deleted, never changed."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER incident_entry_refuses_update BEFORE UPDATE ON incident_entry "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION incident_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER incident_entry_refuses_update BEFORE UPDATE ON incident_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION incident_entry_is_append_only()"
    )


def downgrade() -> None:
    for table in ("incident_entry", "incident_alarm", "incident"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION incident_entry_is_append_only()")
