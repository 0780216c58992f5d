"""The door for alarm panels as the settings have it: none where they name no port."""

from __future__ import annotations

from monitor.clock import Clock
from monitor.ingest.dc09 import PanelReceiver
from monitor.ingest.dc09_lines import Door, Tls
from monitor.ingest.intake import Intake
from monitor.panel_settings import place_of
from monitor.settings import Settings


def panel_receiver(settings: Settings, intake: Intake, clock: Clock) -> PanelReceiver | None:
    if not settings.dc09_listen:
        return None
    host, port = place_of(settings.dc09_listen)
    tls = None
    if settings.dc09_tls_listen and settings.dc09_tls_cert and settings.dc09_tls_key:
        tls = Tls(*place_of(settings.dc09_tls_listen), settings.dc09_tls_cert, settings.dc09_tls_key)
    door = Door(host, port, connections=settings.dc09_connections, idle_s=settings.dc09_idle_s, tls=tls)
    return PanelReceiver(door, intake.offer, clock)
