"""What people do in a story, each until it is done: what is not done when the story ends is told in the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from monitor.errors import StoreUnavailable
from monitor.scenario.officers import NothingToDo, NotRefused
from simulator.scenario.acts import AnyAct
from simulator.scenario.durations import iso_8601
from simulator.scenario.shapes import Scenario

AGAIN_S, MOST_TRIES = 1.0, 60
DONE, REFUSED = "done", "refused"


@dataclass
class Deed:
    """``seen``: what came of it. ``tries``: how often he will try yet."""

    act: AnyAct
    tries: int = MOST_TRIES
    seen: str = "never tried"
    is_met: bool = False
    is_unanswered: bool = False

    def is_to_be_tried_again(self, once: Callable[[], str]) -> bool:
        """A hand that does not come through tries again: the desk is gone for a moment, or the alarm not yet there."""
        try:
            self.seen, self.is_met = once(), True
            return False
        except NotRefused as why:
            self.seen = str(why)
            return False
        except NothingToDo as why:
            if self.is_unanswered:  # and there is nothing left to do: he had done it
                self.seen, self.is_met = DONE, True
                return False
            self.seen = f"not done: {why}"
        except StoreUnavailable as why:
            self.seen = f"not done: {why}"
        return self.has_another_try()

    def has_another_try(self) -> bool:
        self.tries -= 1
        return self.tries >= 0 and not self.act.may_be_refused

    @property
    def what(self) -> str:
        return f"{self.act.do} at {iso_8601(self.act.at)}"

    @property
    def wanted(self) -> str:
        of = f" for {self.act.device}" if self.act.device else ""
        return f"{REFUSED if getattr(self.act, 'is_refused', False) else DONE}, by {self.act.by}{of}"


def deeds_of(scenario: Scenario) -> list[Deed]:
    return [Deed(step) for step in scenario.step if isinstance(step, get_args(AnyAct))]
