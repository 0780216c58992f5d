"""A pipeline that follows nothing: for what the web's tests write themselves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from monitor.pipeline.alarm_log import AlarmChange
from monitor.pipeline.duty_log import Acts, Told
from monitor.pipeline.record import Record


class Nobody:
    """Whom nothing follows for."""

    def follow(self, tx: Connection, changes: Sequence[AlarmChange], rows: Told, acts: Acts = ()) -> None: ...

    def tell(self, record: Record) -> None: ...
