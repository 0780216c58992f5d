"""What each account likes: language, theme, single-letter keys, and that it has seen the tour"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "user_profile",
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("theme", sa.String(length=8), nullable=True),
        sa.Column("letters_off", sa.Boolean(), nullable=False),
        sa.Column("tour_seen", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("user_name", name=op.f("pk_user_profile")),
    )


def downgrade() -> None:
    op.drop_table("user_profile")
