"""``/api/v1/areas/questions``: what a restructuring left open, and a person's answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import Connection

from monitor.inventory.edits import Edit
from monitor.journal.accounts import User
from monitor.reports.open_questions import About, decide, open_questions
from monitor.web.access import INVENTORY_ROLES, Within, only
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer, Answers, Failure, Question

Registrar = Annotated[User, Depends(only(INVENTORY_ROLES))]
SOURCE = "decision"  # the way it came, in the journal of edits


class AnswerGiven(Question):
    key: str = Field(max_length=200, description="of the question")
    value: str = Field(max_length=64, description="of one of its choices")


class ChoiceShown(Answer):
    value: str
    name: str


class QuestionShown(Answer):
    key: str
    about: About
    area_id: str
    area: str
    effective_on: date
    detail: str = Field(description="the plan of a ring; how many devices")
    choices: list[ChoiceShown]


class Questions(Answer):
    items: list[QuestionShown]


def decisions_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1/areas", tags=["inventory"], responses=REFUSALS)
    unknown: Answers = {404: {"model": Failure, "description": "No such question is open, or no such choice"}}

    @router.get("/questions", summary="What a restructuring left open", response_model=Questions)
    def questions(within: Within) -> Mapping[str, Any]:
        with desk.read() as connection:
            found = open_questions(connection, within)
        return {
            "items": [
                {
                    **{name: getattr(each, name) for name in ("key", "about", "effective_on", "detail")},
                    "area_id": each.area.id,
                    "area": each.area.name,
                    "choices": [{"value": choice.value, "name": choice.name} for choice in each.choices],
                }
                for each in found
            ]
        }

    @router.post("/questions", summary="Decide one of them", status_code=204, responses=unknown)
    async def answer(given: AnswerGiven, registrar: Registrar, within: Within) -> None:
        """From the day of the restructuring on; reports of the days before stay as they are."""

        def work(tx: Connection, now: datetime) -> None:
            decide(tx, given.key, given.value, within, Edit(registrar.name, now, SOURCE))

        await desk.change(work, registrar.name)

    return router
