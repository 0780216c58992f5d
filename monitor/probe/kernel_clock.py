"""Whether this machine's clock is set: a Pi has none of its own, and wakes in the past until a time server answers."""

from __future__ import annotations

import ctypes

_TIME_ERROR = 5  # "clock not synchronized": adjtimex(2)
_BYTES = 512  # more than struct timex has; all zero: nothing is changed, only asked


def is_synchronised() -> bool:
    """As the kernel was told by whoever keeps its time (chrony, systemd-timesyncd, ntpd)."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_BYTES))
    except (OSError, AttributeError):
        return True  # no Linux: nothing is known against it
    return bool(0 <= state < _TIME_ERROR)
