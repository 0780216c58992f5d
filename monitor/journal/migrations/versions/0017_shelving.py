"""Shelves, devices out of service, alarms that chatter"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GOES_ON = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _add_shelves()
    op.create_table(
        "out_of_service",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_out_of_service")),
    )
    _one_at_a_time("out_of_service", ["device_id"])
    op.create_table(
        "chatter",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("source", sa.String(length=240), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("alarm_id", ROW_ID, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activations", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chatter")),
    )
    _one_at_a_time("chatter", ["source", "kind"])


def downgrade() -> None:
    for table in ("chatter", "out_of_service", "shelf"):
        op.drop_table(table)


def _add_shelves() -> None:
    op.create_table(
        "shelf",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("source", sa.String(length=240), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("alarm_id", ROW_ID, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("shelved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shelved_by", sa.String(length=64), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_id", ROW_ID, nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ending", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf")),
    )
    _one_at_a_time("shelf", ["source", "kind"])
    op.create_index("ix_shelf_source", "shelf", ["source", "kind", "id"])
    op.create_index("ix_shelf_until_at", "shelf", ["until_at"], sqlite_where=GOES_ON, postgresql_where=GOES_ON)


def _one_at_a_time(table: str, columns: list[str]) -> None:
    op.create_index(f"ux_{table}_live", table, columns, unique=True, sqlite_where=GOES_ON, postgresql_where=GOES_ON)
