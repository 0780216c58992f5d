"""What somebody wrote to the account of the post at Zalo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """As in ``report_tables.ZaloHeardRow``."""

    key: str
    event: str
    user_id: str
    group_id: str | None
    text: str
    said_at: datetime
