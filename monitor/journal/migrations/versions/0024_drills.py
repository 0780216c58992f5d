"""Drills, whom they would have told, and which alarms and incidents are of one"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MARKED = ("alarm", "incident")


def upgrade() -> None:
    op.create_table(
        "drill",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("played", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ending", sa.String(length=24), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill")),
    )
    op.create_index("ix_drill_settled_at", "drill", ["settled_at"])
    op.create_table(
        "drill_telling",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("drill_id", ROW_ID, nullable=False),
        sa.Column("alarm_id", ROW_ID, nullable=False),
        sa.Column("about", sa.String(length=8), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("is_stopped_by_ack", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_telling")),
    )
    op.create_index("ix_drill_telling_drill_id", "drill_telling", ["drill_id"])
    for table in MARKED:
        op.add_column(table, sa.Column("drill_id", ROW_ID, nullable=True))


def downgrade() -> None:
    for table in MARKED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("drill_id")
    for table in ("drill_telling", "drill"):
        op.drop_table(table)
