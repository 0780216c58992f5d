"""What the leader has told its screens a moment ago, for web processes to tell theirs. Empty where there are none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import RowId


class FeedFrameRow(SQLModel, table=True):
    """Frames of a moment, and the beat after them, as one JSON text. ``epoch``: of the leader that told it."""

    __tablename__ = "feed_frame"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    epoch: int = Field(sa_type=RowId)
    at: datetime
    body: str = Field(sa_type=Text)
