"""No page is forgotten when all are looked at."""

from __future__ import annotations

from pathlib import Path

from fastapi.routing import APIRoute

from monitor.app import Monitor
from monitor.clock import SystemClock
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.settings import Settings, shipped
from monitor.web.api import create_app
from tests.desk.looks.screens import SCREENS

NO_SCREEN = {"/zalo/callback", "/api/openapi.json", "/api/docs"}
# What the post knows only when it runs.
KNOWN = {
    "incident": {"/incidents/1"},
    "device": {"/devices/1"},
    "drill": {"/drills/1"},
    "patrol": {"/patrol", "/patrol/1"},
}


def test_it_looks_at_every_page(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/chuong.sqlite3")
    monitor = Monitor(settings, read_alarm_classes(shipped("config/alarm_classes.toml")), SystemClock())
    app = create_app(monitor, monitor.feed)
    monitor.store.close()
    routers = [route.original_router for route in app.routes if hasattr(route, "original_router")]
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    pages = [route for route in routes if "GET" in (route.methods or ()) and not route.include_in_schema]
    looked_at = {path for screen in SCREENS for path in KNOWN.get(screen.path, {screen.path.partition("?")[0]})}
    missing = {page.path for page in pages if not any(map(page.path_regex.match, looked_at))}
    assert missing == NO_SCREEN
