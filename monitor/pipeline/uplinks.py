"""What speaks for others: when a gateway, probe or recorder is gone, nobody knows how those behind it are.

They are UNKNOWN then, not OFFLINE, and the one alarm is the gateway's own. When it is back they are looked for anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitor.machines.common_cause import Cause, CauseKind
from monitor.machines.liveness import DeviceState, LifeReason
from monitor.pipeline.pulse import GONE, UPLINKS, LifeChange
from monitor.pipeline.supervision import Supervisor
from monitor.pipeline.ties import Ties

_BACK = frozenset({DeviceState.ONLINE, DeviceState.DEGRADED})


def followed(changes: Sequence[LifeChange], supervisor: Supervisor, ties: Ties) -> list[LifeChange]:
    """``changes``, and what follows from those of gateways for whom they speak."""
    told, at = list(changes), supervisor.now()
    for place, change in enumerate(told):  # it grows: a gateway may hang on another
        uplink = change.device_id
        if change.device_class not in UPLINKS or change.reason is LifeReason.NEVER_SEEN:
            continue
        behind = supervisor.spoken_for(ties.members(Cause(CauseKind.UPLINK, uplink)), uplink)
        is_dark = change.after.state in GONE and not _speaks_still(change, behind, supervisor)
        supervisor.darken(uplink, is_dark=is_dark)
        turns: list[LifeChange | None] = []
        if is_dark:
            told[place] = replace(change, speaks_for=frozenset(behind.values()))
            turns = [supervisor.lose(each, at) for each in behind]
        elif change.after.state in _BACK | GONE:
            turns = [supervisor.regain(each, at) for each in behind]
        told += (turn for turn in turns if turn is not None)
    return told


def _speaks_still(change: LifeChange, behind: Iterable[str], supervisor: Supervisor) -> bool:
    """Its own beat failed, but what it relays came after that; or somebody else says that it is down."""
    if change.reason is LifeReason.REPORTED_DOWN:
        return True
    gone_s = change.before.lost_s
    if gone_s is None:
        gone_s = (change.before.heard_s or 0.0) + (supervisor.interval_s(change.device_id) or 0.0)
    return supervisor.heard_after(behind, gone_s) > 0
