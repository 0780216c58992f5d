"""Saved views and the index of words"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The index is filled when the monitor starts: folding is not a database's work."""
    op.create_table(
        "device_search",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("lifecycle", sa.String(length=24), nullable=False),
        sa.Column("funding", sa.String(length=24), nullable=True),
        sa.Column("place_id", sa.String(length=64), nullable=True),
        sa.Column("custodian_id", sa.String(length=64), nullable=True),
        sa.Column("test_interval_days", sa.Integer(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("marked", sa.Text(), nullable=False),
        sa.Column("id_key", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_search")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("question", sa.String(length=2000), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_saved_view_owner_name")),
    )
    with op.batch_alter_table("device_search", schema=None) as batch_op:
        counted = ["place_id", "kind", "lifecycle", "funding", "custodian_id", "test_interval_days"]
        if op.get_context().dialect.name == "sqlite":
            batch_op.create_index("ix_device_search_found", ["name_key", "plain", *counted, "device_id"])
        else:  # a row of an index has at most 2704 bytes there, and the words of one device may be more
            batch_op.create_index("ix_device_search_name_key", ["name_key", "device_id"])
        batch_op.create_index("ix_device_search_counted", [*counted, "device_id"])
        batch_op.create_index("ix_device_search_id_key", ["id_key"])
        batch_op.create_index("ix_device_search_group_key", ["group_key", "name_key"])


def downgrade() -> None:
    op.drop_table("saved_view")
    op.drop_table("device_search")
