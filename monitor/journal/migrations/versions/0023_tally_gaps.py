"""What a sender counted and nobody heard"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tally_gap",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("run", sa.String(length=80), nullable=False),
        sa.Column("first_seq", ROW_ID, nullable=False),
        sa.Column("last_seq", ROW_ID, nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_gap")),
    )
    op.create_index("ix_tally_gap_source", "tally_gap", ["source", "noticed_at"])
    op.create_index("ix_tally_gap_device_id", "tally_gap", ["device_id"])


def downgrade() -> None:
    op.drop_table("tally_gap")
