"""Is a device alive? A pure function of when it was last heard, on the listening clock.

UNKNOWN: never heard, or silent where that says nothing: outside its hours, or behind a gateway that is gone.
ONLINE: heard in time. DEGRADED: heard, but of no full use (its stream is frozen, its clock is
wrong, its password does not open it). LATE: silent for longer than is usual, or its link has just gone
(last will). OFFLINE: silent past its deadline. Jitter alone crosses three intervals, so the deadline is 4.25
intervals (measured: 20,000 devices at 1 % loss, no false alarm in an hour).
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from device_adapters.core.contract import Supervision
from device_adapters.core.events import Event

# A broker that stops in good order sends everybody's last will. Devices that are well are back before this.
WILL_GRACE_S = 5.0
_TROUBLE = "trouble:"


class DeviceState(StrEnum):
    UNKNOWN = "UNKNOWN"
    ONLINE = "ONLINE"
    LATE = "LATE"
    OFFLINE = "OFFLINE"
    DEGRADED = "DEGRADED"
    MAINTENANCE = "MAINTENANCE"


# A device in one of these works, as far as anybody can tell.
WORKING = frozenset({DeviceState.ONLINE, DeviceState.LATE})
# Those that give signs of life: what power and network reach.
ALIVE = frozenset({DeviceState.ONLINE, DeviceState.DEGRADED, DeviceState.LATE})
_AWAITED = ALIVE | {DeviceState.UNKNOWN}
_SOON_LATE = frozenset({DeviceState.ONLINE, DeviceState.DEGRADED})


class LifeReason(StrEnum):
    HEARD = "heard"
    TROUBLE = "trouble"
    SILENT = "silent"
    DISCONNECTED = "disconnected"
    REPORTED_DOWN = "reported_down"
    NEVER_SEEN = "never_seen"
    IN_MAINTENANCE = "in_maintenance"
    MAINTENANCE_OVER = "maintenance_over"
    OFF_HOURS = "off_hours"
    UPLINK_GONE = "uplink_gone"
    UPLINK_BACK = "uplink_back"


class Life(Struct, frozen=True, gc=False):
    """One device's life. Moments are on the listening clock; ``until_s``: when its maintenance is over;
    ``awaited_s``: its silence is counted from there at the earliest.
    """

    state: DeviceState = DeviceState.UNKNOWN
    heard_s: float | None = None
    lost_s: float | None = None
    trouble_s: float | None = None
    until_s: float | None = None
    awaited_s: float = 0.0


def heard(life: Life, now_s: float, supervision: Supervision | None = None) -> Life:
    """A sign of life: ONLINE, whatever was before; but who said that something is wrong is DEGRADED a while longer.

    One gateway tells on one topic that a camera answers, and on another that its picture is poor.
    """
    if life.trouble_s is not None and supervision and now_s - life.trouble_s < late_after_s(supervision):
        return replace(life, state=DeviceState.DEGRADED, heard_s=now_s, lost_s=None)
    return Life(DeviceState.ONLINE, now_s)


def troubled(life: Life, now_s: float) -> Life:
    """A sign of life that says itself what is wrong."""
    return replace(life, state=DeviceState.DEGRADED, heard_s=now_s, lost_s=None, trouble_s=now_s)


def in_maintenance(life: Life, until_s: float) -> Life:
    """Whatever it does until then, somebody is working on it: neither silence nor a will means anything."""
    return Life(DeviceState.MAINTENANCE, life.heard_s, until_s=until_s)


def after_maintenance(now_s: float) -> Life:
    """Looked for again, with a whole deadline to come back; so nobody's silence is forgotten."""
    return Life(DeviceState.LATE, now_s)


def disconnected(life: Life, now_s: float) -> Life:
    """The device's last will, or its gateway's word: LATE at once, OFFLINE after ``WILL_GRACE_S``."""
    if life.state is DeviceState.OFFLINE or life.lost_s is not None:
        return life
    return replace(life, state=DeviceState.LATE, lost_s=now_s)


def unknowable(life: Life, now_s: float) -> Life:
    """Silent, and nobody can say why: no fault of it. Looked for again later, with a whole deadline."""
    return replace(life, state=DeviceState.UNKNOWN, heard_s=life.heard_s or now_s, lost_s=None, awaited_s=now_s)


def within_reach(life: Life, now_s: float, supervision: Supervision) -> Life:
    """What speaks for it is back, so that it can be heard again: nothing was missed of who speaks seldom."""
    is_late = now_s - (life.heard_s or 0.0) >= late_after_s(supervision)
    state = DeviceState.LATE if is_late else DeviceState.ONLINE if life.trouble_s is None else DeviceState.DEGRADED
    return replace(life, state=state, awaited_s=now_s)


def reported_down(life: Life) -> Life:
    """A probe that counted its own misses says the device is down: OFFLINE at once."""
    return replace(life, state=DeviceState.OFFLINE)


def after_silence(
    life: Life, now_s: float, supervision: Supervision, counted_from_s: float = 0.0
) -> tuple[Life, LifeReason]:
    """The life as the clock alone makes it by ``now_s``, and why. ``counted_from_s``: when its hours began."""
    if life.until_s is not None and now_s >= life.until_s:
        return after_maintenance(now_s), LifeReason.MAINTENANCE_OVER
    if life.lost_s is not None and now_s >= life.lost_s + WILL_GRACE_S:
        return replace(life, state=DeviceState.OFFLINE), LifeReason.DISCONNECTED
    if not is_awaited(life):
        return life, LifeReason.SILENT
    silent_s = now_s - _silent_since_s(life, counted_from_s)
    if silent_s >= supervision.deadline_s:
        return replace(life, state=DeviceState.OFFLINE), LifeReason.SILENT
    if silent_s >= late_after_s(supervision) and life.state in _SOON_LATE:
        return replace(life, state=DeviceState.LATE), LifeReason.SILENT
    return life, LifeReason.SILENT


def next_look_s(life: Life, supervision: Supervision, counted_from_s: float = 0.0) -> float | None:
    """The next moment at which silence alone can change the state, None where it cannot."""
    if life.until_s is not None:
        return life.until_s
    if life.lost_s is not None and life.state is DeviceState.LATE:
        return life.lost_s + WILL_GRACE_S
    if not is_awaited(life):
        return None
    wait_s = late_after_s(supervision) if life.state in _SOON_LATE else supervision.deadline_s
    return _silent_since_s(life, counted_from_s) + wait_s


def is_awaited(life: Life) -> bool:
    """Whether it was heard once and is expected to be heard again."""
    return life.heard_s is not None and life.state in _AWAITED


def _silent_since_s(life: Life, counted_from_s: float) -> float:
    return max(life.heard_s or 0.0, life.awaited_s, counted_from_s)


def late_after_s(supervision: Supervision) -> float:
    """One beat missed and some jitter; for sleepy devices halfway between interval and deadline."""
    halfway_s = (supervision.interval_s + supervision.deadline_s) / 2
    return min(2 * supervision.interval_s + 5, halfway_s)


def trouble_of(event: Event) -> str | None:
    """What a device that answers says is wrong with it: ``clock``, ``credentials``, ``stream`` …"""
    detail = event.detail
    return detail.removeprefix(_TROUBLE) if detail is not None and detail.startswith(_TROUBLE) else None
