"""Who is told of an alarm's end"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duty", sa.Column("about", sa.String(length=8), nullable=False, server_default="ring"))


def downgrade() -> None:
    op.drop_column("duty", "about")
