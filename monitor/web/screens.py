"""``/api/v1/screens``: what each duty screen says of itself, and its tone asked for from elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import Field
from starlette.exceptions import HTTPException

from monitor.journal.accounts import User
from monitor.machines.duty_screen import SoundState
from monitor.pipeline.duty_screens import ScreenWord
from monitor.web.access import ALARM_ROLES, Within, everywhere_only, only
from monitor.web.alarms import Instant
from monitor.web.ports import Desk
from monitor.web.schemas import ID_PATTERN, REFUSALS, Answer, Answers, Failure, Question

Officer = Annotated[User, Depends(only(ALARM_ROLES))]
ScreenId = Annotated[str, Path(pattern=ID_PATTERN)]
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such screen"}}


class WordGiven(Question):
    kind: Literal["desk", "wall", "page"] = Field(description="page: any other, which shows the first of several")
    is_visible: bool = Field(description="false: another tab or window is before it")
    sound: SoundState
    tone_tested_at: Instant | None = Field(default=None, description="when it last measured its own tone")


class WordHeard(Answer):
    is_tone_asked: bool = Field(description="somebody wants to hear its tone now")


def screens_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1/screens", tags=["screens"], responses=REFUSALS)

    @router.post("/{screen_id}", summary="A screen says how it is", response_model=WordHeard)
    def say(screen_id: ScreenId, given: WordGiven, officer: Officer, within: Within) -> WordHeard:
        """Every two seconds and at every change. From then on it owes the receipts of each emergency it is told of."""
        word = ScreenWord(screen_id, given.kind, given.is_visible, given.sound, given.tone_tested_at)
        return WordHeard(is_tone_asked=desk.screens.hear(word, officer.name, within))

    @router.post("/{screen_id}/leave", summary="It is closed", status_code=204)
    def leave(screen_id: ScreenId, officer: Officer) -> None:
        desk.screens.leave(screen_id, officer.name)

    @router.post(
        "/{screen_id}/tone",
        summary="Sound its tone",
        status_code=204,
        responses=_UNKNOWN,
        dependencies=[Depends(everywhere_only(ALARM_ROLES))],
    )
    def ask_for_tone(screen_id: ScreenId) -> None:
        """It sounds with its next word, and says when it has measured it."""
        if not desk.screens.ask_for_tone(screen_id):
            raise HTTPException(404, f"there is no screen {screen_id}")

    return router
