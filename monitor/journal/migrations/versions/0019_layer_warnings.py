"""Warnings by a plan of rings"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _add_warnings()
    _add_posts()


def downgrade() -> None:
    for table in ("layer_notice", "layer_post", "layer_ring", "layer_warning"):
        op.drop_table(table)


def _add_warnings() -> None:
    op.create_table(
        "layer_warning",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("incident_id", ROW_ID, nullable=False),
        sa.Column("alarm_id", ROW_ID, nullable=False),
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("plan_name", sa.String(length=200), nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.Column("cancelled_at", TIME, nullable=True),
        sa.Column("cancelled_by", sa.String(length=64), nullable=True),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer_warning")),
    )
    op.create_index("ix_layer_warning_incident_id", "layer_warning", ["incident_id"])
    op.create_table(
        "layer_ring",
        sa.Column("warning_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("layer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after_s", sa.Float(), nullable=True),
        sa.Column("answer_s", sa.Float(), nullable=False),
        sa.Column("told_at", TIME, nullable=True),
        sa.Column("told_by", sa.String(length=64), nullable=True),
        sa.Column("raised_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("warning_id", "layer", name=op.f("pk_layer_ring")),
    )


def _add_posts() -> None:
    op.create_table(
        "layer_post",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("warning_id", ROW_ID, nullable=False),
        sa.Column("area_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("layer", sa.Integer(), nullable=True),
        sa.Column("layers", sa.String(length=24), nullable=True),
        sa.Column("acknowledged_at", TIME, nullable=True),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer_post")),
        sa.UniqueConstraint("warning_id", "area_id", name=op.f("uq_layer_post_warning_id_area_id")),
    )
    op.create_index("ix_layer_post_area_id", "layer_post", ["area_id"])
    op.create_table(
        "layer_notice",
        sa.Column("duty_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("post_id", ROW_ID, nullable=False),
        sa.Column("is_cancel", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("duty_id", name=op.f("pk_layer_notice")),
    )
    op.create_index("ix_layer_notice_post_id", "layer_notice", ["post_id"])
