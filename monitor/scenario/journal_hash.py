"""One figure for everything a story left in the store: the same story from the same seed leaves the same."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

# Accounts and secrets are random on purpose; the lease and the search index say nothing of the story.
_APART = frozenset({"user_account", "login_session", "api_token", "device_credential", "lease"})


def journal_hash(connection: Connection) -> str:
    digest = hashlib.sha256()
    for table in SQLModel.metadata.sorted_tables:
        if table.name in _APART:
            continue
        digest.update(f"{table.name}\n".encode())
        rows = connection.execute(table.select().order_by(*table.primary_key.columns))
        for row in rows:
            digest.update(repr(tuple(map(_plain, row))).encode())
    return digest.hexdigest()[:16]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
