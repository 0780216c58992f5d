"""The listening clock: silence only counts while we could hear.

It stands while the broker link is down, for a grace after the link is back (the devices must find the broker
again too), and while the process itself was frozen. So neither a broker outage nor a long pause calls
anybody offline, and a device that died meanwhile is still found one deadline later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

# The longest gap between two ticks that can be real; more means we were frozen (SIGSTOP, a suspended laptop).
LONGEST_STEP_S = 2.0


@dataclass(frozen=True, slots=True)
class ListeningClock:
    """``heard_s``: seconds listened in all. ``ticked_s``: the monotonic moment of the last tick."""

    heard_s: float = 0.0
    ticked_s: float | None = None
    resumes_s: float = 0.0


def tick(clock: ListeningClock, *, monotonic_s: float, is_linked: bool, reconnect_grace_s: float) -> ListeningClock:
    """The clock one tick later. ``is_linked``: every session is up now. ``reconnect_grace_s``: what the devices may
    still need to find the broker, as well as it is known now.
    """
    if not is_linked:
        return replace(clock, ticked_s=monotonic_s, resumes_s=monotonic_s + reconnect_grace_s)
    if clock.ticked_s is None:
        return replace(clock, ticked_s=monotonic_s)
    resumes_s = min(clock.resumes_s, monotonic_s + reconnect_grace_s)
    step_s = min(monotonic_s - max(clock.ticked_s, resumes_s), LONGEST_STEP_S)
    return replace(clock, ticked_s=monotonic_s, resumes_s=resumes_s, heard_s=clock.heard_s + max(0.0, step_s))
