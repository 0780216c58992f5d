"""What happened to devices, as rows of the journal: changes of state, and tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.journal.alarm_rows import add_transition


@dataclass(frozen=True, slots=True)
class DeviceTurn:
    """``before`` and ``after`` are empty where the device stayed as it was."""

    device_id: str
    reason: str
    at: datetime
    actor: str
    before: str = ""
    after: str = ""


def add_turn(tx: Connection, turn: DeviceTurn, note: str | None = None) -> int:
    """Its id, which is its place in the live feed."""
    row = {
        "machine": "liveness" if turn.after else "device",
        "device_id": turn.device_id,
        "from_state": turn.before,
        "to_state": turn.after,
        "reason": turn.reason,
        "at": turn.at,
        "actor": turn.actor,
        "note": note,
    }
    return add_transition(tx, row)
