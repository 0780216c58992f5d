"""What every step of a scenario has, and the words steps are written in."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from simulator.scenario.durations import Duration

STRICT = ConfigDict(extra="forbid", frozen=True)
Id = Annotated[str, Field(min_length=1, max_length=64)]
Ids = Annotated[tuple[Id, ...], Field(min_length=1)]


class Step(BaseModel):
    """``at``: from the start of the story."""

    model_config = STRICT

    at: Duration


class OfDevice(Step):
    device: Id


class OfDevices(Step):
    devices: Ids


class Lasting(Step):
    """``lasts``: until what it does is over by itself."""

    lasts: Duration
