"""What users and groups of Zalo told the Official Account"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "zalo_heard",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=200), nullable=False),
        sa.Column("group_id", sa.String(length=200), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tip_id", ROW_ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zalo_heard")),
    )
    op.create_index("ix_zalo_heard_key", "zalo_heard", ["key"], unique=True)
    op.create_index("ix_zalo_heard_user_id", "zalo_heard", ["user_id", "said_at"])


def downgrade() -> None:
    op.drop_table("zalo_heard")
