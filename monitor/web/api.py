"""The whole HTTP surface on one page: what is mounted, and what every request passes on its way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware

from monitor import metrics
from monitor.inventory.gong_codes import read_gong_codes
from monitor.journal import accounts
from monitor.reports.standing_eyes import EyesNow
from monitor.settings import gong_codes_file
from monitor.web import failures
from monitor.web.alarms import alarms_router
from monitor.web.api_docs import docs_router
from monitor.web.areas import areas_router
from monitor.web.bell_tests import bell_tests_router
from monitor.web.body_limit import BodyLimit
from monitor.web.bulk_changes import bulk_changes_router
from monitor.web.catalogue_reader import Catalogue
from monitor.web.coverage import coverage_router
from monitor.web.credentials import credentials_router
from monitor.web.decisions import decisions_router
from monitor.web.desk import desk_router
from monitor.web.device_page import device_page_router
from monitor.web.devices import devices_router
from monitor.web.door import Door
from monitor.web.drills import drills_router
from monitor.web.duties import duties_page_router, duties_router
from monitor.web.exports import exports_router
from monitor.web.falls import falls_router
from monitor.web.gate import Gate
from monitor.web.group_pages import group_pages_router
from monitor.web.headers import SecurityHeaders
from monitor.web.health import health_router
from monitor.web.history import history_router
from monitor.web.import_page import import_page_router
from monitor.web.import_previews import Previews
from monitor.web.import_reading import import_reading_router
from monitor.web.imports import imports_router
from monitor.web.incident_page import incident_page_router
from monitor.web.incidents import incidents_router
from monitor.web.inventory import inventory_router
from monitor.web.inventory_pages import inventory_pages_router
from monitor.web.labels import labels_router
from monitor.web.layers import layers_router
from monitor.web.lifecycle_undo import lifecycle_undo_router
from monitor.web.live import Feed
from monitor.web.login import login_router
from monitor.web.map import map_router
from monitor.web.nearby import nearby_router
from monitor.web.needs import needs_router
from monitor.web.own_password import own_password_router
from monitor.web.pages import Pages
from monitor.web.patrol import patrol_router
from monitor.web.people import people_router
from monitor.web.photos import photos_router
from monitor.web.ports import Desk
from monitor.web.profile import profile_router
from monitor.web.register_page import register_page_router
from monitor.web.registration import registration_router
from monitor.web.replay import replay
from monitor.web.reported import reported_router
from monitor.web.roster import roster_router
from monitor.web.screen_door import screen_door_router
from monitor.web.screens import screens_router
from monitor.web.shelved import shelved_router
from monitor.web.shifts import shifts_router
from monitor.web.sirens import sirens_router
from monitor.web.snapshot import snapshot_router
from monitor.web.static_files import HashedFiles
from monitor.web.strangers import strangers_router
from monitor.web.stream import Pulse, stream_router
from monitor.web.system import system_router
from monitor.web.users import users_router
from monitor.web.views import views_router
from monitor.web.zalo import zalo_router
from monitor.web.zalo_hook import zalo_hook_router


def create_app(desk: Desk, feed: Feed) -> FastAPI:
    pages = Pages(Catalogue(), desk.settings.post_name)
    app = FastAPI(
        title="Tiếng Chuông",
        version=metrics.product_version(),
        # The framework's own pages would load scripts from outside; ours are in api_docs.py.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # A redirect to the slashless path would be put together with the Host header.
        redirect_slashes=False,
        lifespan=_lifespan(desk, feed),
        middleware=[Middleware(SecurityHeaders), Middleware(Gate, desk=desk), Middleware(BodyLimit)],
    )
    app.state.pages = pages
    failures.install(app)
    for router in _routers(desk, feed, pages):
        app.include_router(router)
    app.mount("/static", HashedFiles(), name="static")
    return app


def _routers(desk: Desk, feed: Feed, pages: Pages) -> tuple[APIRouter, ...]:
    previews, eyes, door = Previews(desk), EyesNow(desk.working), Door(desk)
    return (
        desk_router(pages),
        login_router(desk, feed, pages, door),
        screen_door_router(desk),
        own_password_router(desk, door),
        *_of_alarms(desk, pages),
        nearby_router(desk),
        photos_router(desk),
        labels_router(desk),
        devices_router(desk),
        registration_router(desk),
        lifecycle_undo_router(desk),
        credentials_router(desk),
        coverage_router(desk, eyes),
        history_router(desk),
        imports_router(desk, previews, pages),
        import_reading_router(desk, previews, pages),
        exports_router(desk),
        people_router(desk),
        falls_router(desk),
        snapshot_router(desk),
        map_router(desk),
        stream_router(desk, feed, partial(replay, desk)),
        inventory_router(desk),
        bulk_changes_router(desk),
        views_router(desk),
        decisions_router(desk),  # before the ids of areas
        areas_router(desk),
        inventory_pages_router(pages),
        device_page_router(desk, pages),
        incident_page_router(desk, pages),
        group_pages_router(desk, eyes, pages),
        register_page_router(pages),
        strangers_router(desk, pages),
        import_page_router(pages),
        reported_router(desk, read_gong_codes(gong_codes_file()), pages),
        *_of_ourselves(desk, pages),
    )


def _of_ourselves(desk: Desk, pages: Pages) -> tuple[APIRouter, ...]:
    """The monitor itself, its screens, its accounts, its interface."""
    return (
        docs_router(pages),
        health_router(desk),
        screens_router(desk),
        system_router(desk, pages),
        users_router(desk, pages),
        profile_router(desk, pages),
        needs_router(desk, pages),
    )


def _of_alarms(desk: Desk, pages: Pages) -> tuple[APIRouter, ...]:
    """What people do about alarms."""
    return (
        alarms_router(desk),
        incidents_router(desk),
        bell_tests_router(desk),
        drills_router(desk, pages),
        layers_router(desk, pages),
        duties_router(desk),
        roster_router(desk),
        shifts_router(desk, pages),
        duties_page_router(pages),
        zalo_router(desk),
        zalo_hook_router(desk),
        patrol_router(desk, pages),
        sirens_router(desk, pages),
        shelved_router(desk, pages),
    )


def _lifespan(desk: Desk, feed: Feed) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def alive(_app: FastAPI) -> AsyncIterator[None]:
        accounts.prepare_password_checks()
        feed.open(desk.latest_seq())
        pulse = Pulse(desk, feed)
        tasks = [asyncio.create_task(pulse.beat_for_ever()), asyncio.create_task(pulse.touch_for_ever())]
        yield
        feed.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return alive
