"""What web processes tell their screens"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "feed_frame",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("epoch", ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_frame")),
    )
    if op.get_context().dialect.name == "postgresql":  # kept a minute, and after a crash of no more use
        op.execute("ALTER TABLE feed_frame SET UNLOGGED")
        op.execute(
            "ALTER TABLE feed_frame SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)"
        )


def downgrade() -> None:
    op.drop_table("feed_frame")
