"""``chuong doctor``: looks at what the monitor stands on, and says what is wrong and what to do about it."""

from __future__ import annotations

import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url, text

from monitor.errors import ChuongError
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.journal.database import Store
from monitor.settings import Settings, alarm_classes_file

LEAST_FREE_BYTES = 500 * 1024 * 1024
CONNECT_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    is_well: bool
    said: str


def examine(settings: Settings) -> list[Finding]:
    """One finding a part, in the order a message passes them."""
    return [_broker(settings), _port(settings), _alarm_classes(), *_store(settings), _disk(settings), _assets()]


def _broker(settings: Settings) -> Finding:
    parts = urlsplit(settings.mqtt_url)
    place = f"{parts.hostname}:{parts.port or 1883}"
    try:
        socket.create_connection((parts.hostname or "", parts.port or 1883), CONNECT_TIMEOUT_S).close()
    except OSError as error:
        return Finding("broker", False, f"nothing answers at {place} ({error}); start it, or set mqtt_url")
    if parts.username is None and settings.mqtt_alarm_user is None:
        return Finding("broker", True, f"answers at {place}, without accounts: fine for a trial, not for duty")
    return Finding("broker", True, f"answers at {place}")


def _port(settings: Settings) -> Finding:
    place = (settings.http_host, settings.http_port)
    with socket.socket(socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET) as probe:
        probe.settimeout(CONNECT_TIMEOUT_S)
        is_answering = probe.connect_ex(place) == 0
    said = "something answers there: the monitor, or another program" if is_answering else "free for the desk"
    return Finding("desk", True, f"{settings.http_host}:{settings.http_port}: {said}")


def _alarm_classes() -> Finding:
    try:
        classes = read_alarm_classes(alarm_classes_file())
    except ChuongError as error:
        return Finding("alarm classes", False, error.reason)
    return Finding("alarm classes", True, f"{len(classes)} kinds")


def _store(settings: Settings) -> list[Finding]:
    place = make_url(settings.database_url).render_as_string(hide_password=True)
    try:
        store = Store(settings.database_url)
        store.migrate()
        with store.transaction() as tx:
            version = tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            damage = _damage(tx.execute(text("PRAGMA quick_check")).scalars().all()) if "sqlite" in place else None
        store.close()
    except (ChuongError, OSError) as error:
        return [Finding("store", False, f"{place}: {error}; is the folder writable, is the disk full?")]
    writable = Finding("store", True, f"{place}: writable, schema {version}")
    if damage:
        return [writable, Finding("store", False, f"damaged ({damage}): stop the monitor and restore a backup")]
    return [writable]


def _damage(answers: object) -> str | None:
    return None if answers == ["ok"] else str(answers)


def _disk(settings: Settings) -> Finding:
    database = make_url(settings.database_url).database or "."
    folder = next(place for place in Path(database).absolute().parents if place.exists())
    free = shutil.disk_usage(folder).free
    said = f"{free // 1024**2} MiB free in {folder}"
    if free < LEAST_FREE_BYTES:
        return Finding("disk", False, f"{said}: make room, a full disk stops every acknowledgement")
    return Finding("disk", True, said)


def _assets() -> Finding:
    vendor = Path(__file__).parent / "web" / "static" / "vendor"
    if not any(vendor.glob("fonts/*")):
        return Finding("desk assets", False, "fonts and icons are missing: run make setup")
    return Finding("desk assets", True, "in place")
