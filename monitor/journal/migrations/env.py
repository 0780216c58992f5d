"""Alembic's entry: runs on the connection that ``Store.migrate`` hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import monitor.inventory.area_tables
import monitor.inventory.credential_tables
import monitor.inventory.fact_tables
import monitor.inventory.import_tables
import monitor.inventory.people_tables
import monitor.inventory.place_tables
import monitor.inventory.tables
import monitor.journal.bell_test_tables
import monitor.journal.drill_tables
import monitor.journal.feed_tables
import monitor.journal.gap_tables
import monitor.journal.history_tables
import monitor.journal.inbox_tables
import monitor.journal.incident_tables
import monitor.journal.layer_tables
import monitor.journal.outage_tables
import monitor.journal.report_tables
import monitor.journal.set_aside_tables
import monitor.journal.shift_tables
import monitor.journal.siren_tables
import monitor.journal.tables  # noqa: F401  all of them fill SQLModel.metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
