"""Falls are found by their time"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    falls = sa.text("to_state = 'OFFLINE'")
    op.create_index("ix_transition_fall_at", "transition", ["at"], sqlite_where=falls, postgresql_where=falls)


def downgrade() -> None:
    op.drop_index("ix_transition_fall_at", "transition")
