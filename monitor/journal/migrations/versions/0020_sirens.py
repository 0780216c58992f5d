"""Calls to sound sirens, and the order to each siren of a call"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "siren_call",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("area_id", sa.String(length=64), nullable=True),
        sa.Column("incident_id", ROW_ID, nullable=True),
        sa.Column("for_s", sa.Integer(), nullable=False),
        sa.Column("is_wide", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("second_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_by", sa.String(length=64), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siren_call")),
    )
    op.create_index("ix_siren_call_incident_id", "siren_call", ["incident_id"])
    moments = ("next_at", "off_due_at", "acknowledged_at", "sounding_at", "off_at")
    op.create_table(
        "siren_order",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("call_id", ROW_ID, nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("for_s", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in moments),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siren_order")),
    )
    for column in ("next_at", "call_id", "device_id"):
        op.create_index(f"ix_siren_order_{column}", "siren_order", [column])


def downgrade() -> None:
    for table in ("siren_order", "siren_call"):
        op.drop_table(table)
