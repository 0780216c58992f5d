"""Spans of state, blind hours, counts by the hour, and what was cleared away"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The spans are filled when the monitor runs, from the transitions that are there."""
    op.create_table(
        "state_span",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("is_planned", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("working_ms", sa.BigInteger(), nullable=True),
        sa.Column("down_ms", sa.BigInteger(), nullable=True),
        sa.Column("unknown_ms", sa.BigInteger(), nullable=True),
        sa.Column("planned_ms", sa.BigInteger(), nullable=True),
        sa.Column("blind_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_span")),
    )
    op.create_index("ix_state_span_device_id_began_ms", "state_span", ["device_id", "began_ms"])
    op.create_index("ix_state_span_ended_ms", "state_span", ["ended_ms"])
    op.create_table(
        "blind_span",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_span")),
    )
    op.create_index("ix_blind_span_ended_ms", "blind_span", ["ended_ms"])
    op.create_table(
        "hour_count",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("heard", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "day", name=op.f("pk_hour_count")),
    )
    op.create_index("ix_hour_count_day", "hour_count", ["day"])
    op.create_table(
        "cleared",
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("what", "day", name=op.f("pk_cleared")),
    )


def downgrade() -> None:
    op.drop_table("cleared")
    op.drop_table("hour_count")
    op.drop_table("blind_span")
    op.drop_table("state_span")
