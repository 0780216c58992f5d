"""Bell tests, gong signals, tips"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _add_sessions()
    _add_trials()
    # Who is tested at all: few of very many devices, walked through by the page.
    is_tested = sa.text("test_interval_days IS NOT NULL")
    op.create_index("ix_device_tested", "device", ["id"], sqlite_where=is_tested, postgresql_where=is_tested)
    _add_reports()


def downgrade() -> None:
    op.drop_table("tip")
    op.drop_table("gong_signal")
    op.drop_index("ix_device_tested", "device")
    op.drop_table("bell_test")
    op.drop_table("bell_test_session")


def _add_sessions() -> None:
    op.create_table(
        "bell_test_session",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code_word", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ending", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bell_test_session")),
    )
    is_open = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_bell_test_session_open", "bell_test_session", ["expires_at"], sqlite_where=is_open, postgresql_where=is_open
    )


def _add_trials() -> None:
    op.create_table(
        "bell_test",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("session_id", ROW_ID, nullable=True),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("presses", sa.Integer(), nullable=False),
        sa.Column("last_press_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alarm_id", ROW_ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_s", sa.Float(), nullable=True),
        sa.Column("sounded_s", sa.Float(), nullable=True),
        sa.Column("tested_before_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_by", sa.String(length=64), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bell_test")),
        sa.UniqueConstraint("session_id", "device_id", name=op.f("uq_bell_test_session_id_device_id")),
    )
    op.create_index("ix_bell_test_device_id", "bell_test", ["device_id", "id"])
    op.create_index("ix_bell_test_alarm_id", "bell_test", ["alarm_id"])


def _add_reports() -> None:
    op.create_table(
        "gong_signal",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("area_id", sa.String(length=64), nullable=True),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("rolls", sa.Integer(), nullable=False),
        sa.Column("strokes", sa.Integer(), nullable=False),
        sa.Column("meaning", sa.String(length=200), nullable=False),
        sa.Column("is_alarm", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gong_signal")),
    )
    op.create_index("ix_gong_signal_area_id", "gong_signal", ["area_id", "struck_at"])
    op.create_table(
        "tip",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("area_id", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("is_valuable", sa.Boolean(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rated_by", sa.String(length=64), nullable=True),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip")),
    )
    op.create_index("ix_tip_area_id", "tip", ["area_id", "told_at"])
    op.create_index("ix_tip_told_at", "tip", ["told_at"])
