"""Which monitor leads"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """On PostgreSQL it is there already: only who leads may do this."""
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("epoch", ROW_ID, nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
        sa.UniqueConstraint("name", "epoch", name=op.f("uq_lease_name_epoch")),
        if_not_exists=True,
    )


def downgrade() -> None:
    op.drop_table("lease")
