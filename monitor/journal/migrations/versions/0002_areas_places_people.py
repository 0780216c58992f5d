"""Areas, places, people, declared figures, and the journal of edits"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


TABLES = (
    "area",
    "area_past",
    "device_past",
    "area_succession",
    "layer_plan",
    "layer_member",
    "site",
    "establishment",
    "beat",
    "custodian",
    "person",
    "person_role",
    "contact",
    "declared_fact",
    "edit",
)
INDEXED = ("area_id", "custodian_id", "establishment_id", "parent_id", "power_feeder", "site_id")


def upgrade() -> None:
    _areas()
    _places()
    _people()
    _figures_and_edits()
    with op.batch_alter_table("device", schema=None) as batch_op:
        for column in _device_columns():
            batch_op.add_column(column)
        for name in INDEXED:
            batch_op.create_index(f"ix_device_{name}", [name])


def _areas() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("official_code", sa.String(length=24), nullable=True),
        sa.Column("parent_id", sa.String(length=64), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("beat_id", sa.String(length=64), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("search_text", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("official_code", "valid_from", name=op.f("uq_area_official_code_valid_from")),
    )
    op.create_index("ix_area_level", "area", ["level"])
    op.create_index("ix_area_parent_id", "area", ["parent_id"])
    op.create_table(
        "area_past",
        sa.Column("area_id", sa.String(length=64), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("parent_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("area_id", "valid_to", name=op.f("pk_area_past")),
    )
    op.create_table(
        "device_past",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=True),
        sa.Column("area_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("device_id", "valid_to", name=op.f("pk_device_past")),
    )
    op.create_table(
        "area_succession",
        sa.Column("old_id", sa.String(length=64), nullable=False),
        sa.Column("new_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("document", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("old_id", "new_id", name=op.f("pk_area_succession")),
    )
    op.create_index("ix_area_succession_new_id", "area_succession", ["new_id"])
    op.create_table(
        "layer_plan",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer_plan")),
    )
    op.create_table(
        "layer_member",
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("area_id", sa.String(length=64), nullable=False),
        sa.Column("layer", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "area_id", name=op.f("pk_layer_member")),
    )


def _places() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("location_kind", sa.String(length=24), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_index("ix_site_group_id", "site", ["group_id"])
    op.create_table(
        "establishment",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=True),
        sa.Column("street_address", sa.String(length=300), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_establishment")),
    )
    op.create_index("ix_establishment_group_id", "establishment", ["group_id"])


def _people() -> None:
    op.create_table(
        "beat",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("area_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beat")),
    )
    op.create_table(
        "custodian",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custodian")),
    )
    op.create_index("ix_custodian_group_id", "custodian", ["group_id"])
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "person_role",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("scope_id", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "role", "scope_id", name=op.f("pk_person_role")),
    )
    op.create_index("ix_person_role_scope_id_role", "person_role", ["scope_id", "role"])
    op.create_table(
        "contact",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=24), nullable=False),
        sa.Column("holder_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_holder_holder_id", "contact", ["holder", "holder_id"])


def _figures_and_edits() -> None:
    op.create_table(
        "declared_fact",
        sa.Column("id", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("area_name", sa.String(length=200), nullable=False),
        sa.Column("area_id", sa.String(length=64), nullable=True),
        sa.Column("indicator", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("value_text", sa.String(length=200), nullable=True),
        sa.Column("qualifier", sa.String(length=24), nullable=False),
        sa.Column("base_value", sa.Float(), nullable=True),
        sa.Column("unit", sa.String(length=24), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_fact")),
    )
    op.create_index("ix_declared_fact_area_id_indicator", "declared_fact", ["area_id", "indicator"])
    op.create_table(
        "edit",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("entity", sa.String(length=24), nullable=False),
        sa.Column("entity_id", sa.String(length=300), nullable=False),
        sa.Column("change", sa.String(length=24), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit")),
    )
    op.create_index("ix_edit_entity_entity_id", "edit", ["entity", "entity_id"])
    op.create_index("ix_edit_source", "edit", ["source"])


def _device_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("area_id", sa.String(length=64), nullable=True),
        sa.Column("site_id", sa.String(length=64), nullable=True),
        sa.Column("eye_no", sa.Integer(), nullable=True),
        sa.Column("establishment_id", sa.String(length=64), nullable=True),
        sa.Column("button_no", sa.Integer(), nullable=True),
        sa.Column("rings_at", sa.String(length=64), nullable=True),
        sa.Column("parent_id", sa.String(length=64), nullable=True),
        sa.Column("watch_method", sa.String(length=24), nullable=True),
        sa.Column("serial", sa.String(length=100), nullable=True),
        sa.Column("maker", sa.String(length=100), nullable=True),
        sa.Column("firmware", sa.String(length=100), nullable=True),
        sa.Column("bearing_deg", sa.Float(), nullable=True),
        sa.Column("power_feeder", sa.String(length=64), nullable=True),
        sa.Column("network_provider", sa.String(length=64), nullable=True),
        sa.Column("funding", sa.String(length=24), nullable=True),
        sa.Column("owner_kind", sa.String(length=24), nullable=True),
        sa.Column("custodian_id", sa.String(length=64), nullable=True),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("test_interval_days", sa.Integer(), nullable=True),
        sa.Column("qcvn135", sa.String(length=24), server_default="unknown", nullable=False),
        sa.Column("has_own_password", sa.Boolean(), nullable=True),
        sa.Column("consent", sa.String(length=24), server_default="unknown", nullable=False),
        sa.Column("is_notice_posted", sa.Boolean(), nullable=True),
        sa.Column("lifecycle", sa.String(length=24), server_default="ACTIVE", nullable=False),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
    ]


def downgrade() -> None:
    with op.batch_alter_table("device", schema=None) as batch_op:
        for name in INDEXED:
            batch_op.drop_index(f"ix_device_{name}")
        for column in _device_columns():
            batch_op.drop_column(column.name)
    for name in reversed(TABLES):
        op.drop_table(name)
