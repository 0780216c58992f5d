"""``/api/v1/system``, ``/system``: the monitor watches itself: broker, adapters, store, messages, screens, clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field

from monitor.journal.accounts import User
from monitor.journal.times import iso
from monitor.machines.duty_screen import SoundState
from monitor.pipeline.duty_screens import ScreenShown
from monitor.web.access import ALARM_ROLES, CHANNEL_ROLES, everywhere_only
from monitor.web.pages import Pages
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer, Moment

Watcher = Annotated[User, Depends(everywhere_only(ALARM_ROLES))]


class StoreFigures(Answer):
    kind: Literal["sqlite", "server"]
    size_mib: float
    log_mib: float = Field(description="committed, and not yet in its place")
    commits: int = Field(description="since the start")
    commit_s: float = Field(description="how long all of them took")


class DiskFigures(Answer):
    free_mib: float
    total_mib: float
    least_mib: float


class AdapterFigures(Answer):
    name: str
    decoded: int = Field(description="since the start")
    refused: int
    refused_at: Moment | None = Field(description="of the newest message that could not be read")
    reason: str | None


class DutyFigures(Answer):
    waiting: int
    sending: int
    by_hand: int
    dead: int


class ClockFigures(Answer):
    is_kept: bool = Field(description="something keeps this machine's clock, such as NTP")
    off_ms: float
    error_ms: float


class ScreenFigures(Answer):
    id: str
    kind: Literal["desk", "wall", "page"]
    user: str
    is_open: bool = Field(description="false: it has said nothing for 8 s")
    is_visible: bool
    sound: SoundState
    tone_tested_at: Moment | None
    opened_at: Moment
    heard_at: Moment
    shown_at: Moment | None = Field(description="its newest receipt of that kind")
    sounded_at: Moment | None


class SystemShown(Answer):
    now: Moment
    version: str
    health: dict[str, Any] = Field(description="as in the snapshot")
    store: StoreFigures
    disk: DiskFigures | None
    adapters: list[AdapterFigures]
    duties: DutyFigures
    time: ClockFigures | None = Field(description="null: the machine does not say")
    screens: list[ScreenFigures]
    screen_trouble: str | None


def system_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(responses=REFUSALS)

    @router.get("/api/v1/system", tags=["health"], summary="How the monitor itself is", response_model=SystemShown)
    def system(_watcher: Watcher) -> Mapping[str, Any]:
        return {
            "now": iso(desk.clock.now()),
            "health": desk.health(),
            **desk.own_figures(),
            "screens": [_screen(each) for each in desk.screens.all()],
            "screen_trouble": desk.screens.trouble(),
        }

    @router.get("/system", include_in_schema=False)
    def page(request: Request, watcher: Watcher) -> Response:
        return pages.framed(request, "system.html", "/system", {"may_test": watcher.role in CHANNEL_ROLES})

    return router


def _screen(shown: ScreenShown) -> dict[str, Any]:
    word = shown.word
    return {
        "id": word.screen_id,
        "kind": word.kind,
        "user": shown.user,
        "is_open": shown.is_open,
        "is_visible": word.is_visible,
        "sound": word.sound,
        "tone_tested_at": iso(word.tone_tested_at),
        "opened_at": iso(shown.opened_at),
        "heard_at": iso(shown.heard_at),
        "shown_at": iso(shown.receipts.get("shown")),
        "sounded_at": iso(shown.receipts.get("sounded")),
    }
