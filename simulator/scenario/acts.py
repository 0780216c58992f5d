"""What people do in a scenario."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.scenario.durations import Duration
from simulator.scenario.step import Id, Step

# As the story's author thinks of it, in words that no release of the monitor has changed.
Classification = Literal[
    "true_alarm", "other_help", "accidental", "malicious_false", "test", "technical_fault", "unknown"
]


class OfficerStep(Step):
    """``device``: the one whose alarm or incident is meant; left out, the most urgent one that waits for this act.

    ``may_be_refused``: tried once, whatever comes of it.
    """

    by: Id = "duty"
    device: Id | None = None
    may_be_refused: bool = False


class Acknowledge(OfficerStep):
    """``version``: what he had on his screen, where that is not what is so now; it is then to be refused."""

    do: Literal["ack"]
    version: Annotated[int, Field(ge=1)] | None = None
    is_refused: bool = False


class Verify(OfficerStep):
    do: Literal["verify"]


class Dispatch(OfficerStep):
    """``units``: said to whoever reads; whom the post tells is written in its own plan."""

    do: Literal["dispatch"]
    units: tuple[Id, ...] = ()


class EnRoute(OfficerStep):
    do: Literal["en_route"]


class OnScene(OfficerStep):
    do: Literal["on_scene"]


class Resolve(OfficerStep):
    """The incident is closed with what it was; all steps of its plan are ticked before."""

    do: Literal["resolve"]
    classification: Classification = "true_alarm"
    note: str = "theo kịch bản"


class Shelve(OfficerStep):
    """``is_refused``: calls for help can never be shelved, and a story may say so."""

    do: Literal["shelve"]
    lasts: Duration = 3600.0
    why: str = "theo kịch bản"
    is_refused: bool = False


AnyAct = Acknowledge | Verify | Dispatch | EnRoute | OnScene | Resolve | Shelve
