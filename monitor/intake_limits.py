"""How much the one writer takes at a time, as the settings have it."""

from __future__ import annotations

from monitor.ingest.intake import Limits
from monitor.settings import Settings


def limits_of(settings: Settings) -> Limits:
    return Limits(
        queue_messages=settings.queue_max_messages,
        batch_messages=settings.batch_max_messages,
        linger_s=settings.batch_linger_s,
        flush_s=settings.heartbeat_flush_s,
    )
