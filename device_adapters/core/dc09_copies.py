"""Is this what the panel has sent before? A panel that hears no answer sends again, under the same number.

Numbers alone prove nothing: they wrap, they begin anew with each power cut, and cheap panels never count. So a copy is
what has the number and the content of one we have, and either the very time that it had, or has come within two
minutes of it (a panel that was told our time, or writes its frame anew, says another time). The same press an hour
later is a new one.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from msgspec import Struct

from device_adapters.core.dc09_bodies import Body
from device_adapters.core.dc09_frames import Frame

AGAIN_WITHIN, SAME_TIME_WITHIN = timedelta(minutes=2), timedelta(days=1)
KEPT = 16  # of one panel
_UNTIMED = "-"


class Copies(Struct, frozen=True):
    """``told``: what an earlier call gave out, a line each: identity, the panel's time, when it last came."""

    told: str | None

    def identity(self, frame: Frame, body: Body, now: datetime) -> tuple[str, str]:
        """The source's own identity of what it says, the same for each copy; and what to remember."""
        number, stamp = _number(frame, body), body.said_at.isoformat() if body.said_at else _UNTIMED
        lines = self.told.splitlines() if self.told else []
        first = next((line for line in reversed(lines) if _is_copy(line, number, stamp, now)), None)
        identity = first.partition(" ")[0] if first else f"{number}@{now.isoformat()}"
        kept = [line for line in lines if line is not first][-KEPT + 1 :]
        return identity, "\n".join([*kept, f"{identity} {stamp} {now.isoformat()}"])


def stranger_identity(frame: Frame, body: Body, now: datetime) -> str:
    """Nothing is remembered of whom nobody registered: only what is the same to the letter is the same; and where it
    tells no time, what comes in the same two minutes of the clock."""
    came = int(now.timestamp() // AGAIN_WITHIN.total_seconds())
    return f"{_number(frame, body)}@{body.said_at.isoformat() if body.said_at else f'{_UNTIMED}{came}'}"


def _number(frame: Frame, body: Body) -> str:
    """And its content."""
    said = f"{frame.id} {body.data} {body.happened_at.isoformat() if body.happened_at else _UNTIMED}"
    return f"{frame.sequence}#{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def _is_copy(line: str, number: str, stamp: str, now: datetime) -> bool:
    if not line.startswith(f"{number}@"):
        return False
    _, its_stamp, came = line.split(" ")
    since = abs(now - datetime.fromisoformat(came))
    return since <= (SAME_TIME_WITHIN if its_stamp == stamp != _UNTIMED else AGAIN_WITHIN)
