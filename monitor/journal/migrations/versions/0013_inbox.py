"""What ingest workers took in and nobody has read yet, and who they are"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("adapter", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("qos", sa.Integer(), nullable=False),
        sa.Column("is_redelivery", sa.Boolean(), nullable=False),
        sa.Column("delivery", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    if op.get_context().dialect.name == "postgresql":  # every row of it goes: where it is busy, a thousand a second
        op.execute(
            "ALTER TABLE inbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,"
            " autovacuum_vacuum_cost_delay = 0)"
        )
    op.create_index("ix_inbox_is_urgent_id", "inbox", ["is_urgent", "id"])
    op.create_table(
        "ingest_session",
        sa.Column("client_id", sa.String(length=80), nullable=False),
        sa.Column("worker", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_ingest_session")),
    )


def downgrade() -> None:
    op.drop_table("ingest_session")
    op.drop_table("inbox")
