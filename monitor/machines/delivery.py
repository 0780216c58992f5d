"""What becomes of a duty when its channel has answered: done, again, by another way, or a person must see to it.

No answer is no proof of anything: the message may have arrived. Then it is sent again and says so, for people can
tell two copies of one alarm, and nobody can hear one that was lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 60.0
# A server that is down must not hold the message back while another way is open; nor for ever where none is.
SWITCH_AFTER_TRIES, GIVE_UP_AFTER_TRIES = 3, 15
# What is left of a quota, and which part of it, that a person should know of in time.
LOW_QUOTA, LOW_SHARE = 20, 0.1


class DutyState(StrEnum):
    WAITING = "WAITING"  # for its deadline, or for the next try
    SENDING = "SENDING"
    SENT = "SENT"
    BY_HAND = "BY_HAND"  # a person copies the text and says when it is done
    STOPPED = "STOPPED"  # somebody acknowledged first
    SWITCHED = "SWITCHED"  # goes on as another duty, by another way
    DEAD = "DEAD"  # reached nobody: a person must see to it


class Outcome(StrEnum):
    DELIVERED = "delivered"
    BY_HAND = "by_hand"
    UNKNOWN = "unknown"  # time ran out, an error of the server, no JSON: it may have arrived
    RETRY = "retry"  # refused for now
    SWITCH = "switch"  # not by this way now: at night, out of the window
    PERMANENT = "permanent"  # this recipient is never reached so
    OPERATOR = "operator"  # the account or its contract: somebody must act


@dataclass(frozen=True, slots=True)
class Quota:
    """How many messages the account may still send, of how many."""

    remain: int
    total: int

    @property
    def is_low(self) -> bool:
        return self.remain < max(LOW_QUOTA, self.total * LOW_SHARE)


@dataclass(frozen=True, slots=True)
class Answer:
    """``said``: in the channel's words, without a secret. ``cause``: a word of ours, for what people are told.
    ``quota``: where the channel was asked for it, and told it.
    """

    outcome: Outcome
    said: str
    cause: str = ""
    retry_after_s: float = 0.0
    quota: Quota | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """The duty as it was tried. ``is_stopped``: somebody acknowledged while it was on its way."""

    attempts: int
    is_repeat: bool
    has_other_way: bool
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    state: DutyState
    next_at: datetime
    is_repeat: bool


def settle(trial: Trial, answer: Answer, now: datetime) -> Settlement:
    is_repeat = trial.is_repeat or answer.outcome is Outcome.UNKNOWN
    next_at = now
    if answer.outcome is Outcome.DELIVERED:
        state, is_repeat = DutyState.SENT, trial.is_repeat
    elif trial.is_stopped:
        state = DutyState.STOPPED  # a text that nobody has copied yet has reached nobody either
    elif answer.outcome is Outcome.BY_HAND:
        state, is_repeat = DutyState.BY_HAND, trial.is_repeat
    elif answer.outcome in (Outcome.UNKNOWN, Outcome.RETRY):
        state = _tried(trial, answer)
        # Not as long as a server may ask for: somebody waits for help, or a person sees sooner that nobody was told.
        asked_s = min(LONGEST_RETRY_S, answer.retry_after_s)
        next_at = now + timedelta(seconds=max(asked_s, wait_s(trial.attempts)))
    else:
        state = DutyState.SWITCHED if trial.has_other_way else DutyState.DEAD
    return Settlement(state, next_at, is_repeat)


def _tried(trial: Trial, answer: Answer) -> DutyState:
    is_away = trial.attempts >= SWITCH_AFTER_TRIES or answer.retry_after_s > LONGEST_RETRY_S
    if trial.has_other_way and is_away:
        return DutyState.SWITCHED
    return DutyState.DEAD if trial.attempts >= GIVE_UP_AFTER_TRIES else DutyState.WAITING


def wait_s(attempts: int) -> float:
    """After so many tries in vain."""
    return min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(attempts - 1, 10))
