"""The numbers of a DC-09 panel as a count of what it has sent: 0001 … 9999 and 0001 again; link tests mostly 0000.

A panel says nothing of having begun anew, so a number far from the one before is taken for that and proves nothing. One
that speaks to several receivers, or for several accounts by one count, has holes that are no loss: ``counts = false``.
"""

from __future__ import annotations

from datetime import datetime

from device_adapters.core.contract import Known, Tally

WRAPS = 9_999
# So many may be missing in a row, and so late may one come that was passed.
FURTHEST, BACK = 50, 50


def counted(address: str, sequence: str, known: Known, now: datetime) -> tuple[Tally | None, dict[str, str]]:
    """And what to note until the next one."""
    number, key = int(sequence), f"count:{address}"
    if number == 0 or known.agreed(address).get("counts") is False:
        return None, {}
    run, _, last = (known.recall(key) or "").partition(" ")
    ahead = (number - int(last)) % WRAPS if last else 0
    if not last or FURTHEST < ahead < WRAPS - BACK:
        run, ahead = f"{address}@{now.isoformat()}", 1
    note = {key: f"{run} {number}"} if 0 < ahead <= FURTHEST else {}
    return Tally(address, run[:80], number % WRAPS, WRAPS), note
