"""Bell tests: which press is a trial, when a trial and its session are over, and who has waited too long for one.

A session is a short-lived promise between an officer and whoever stands at the buttons. It covers these buttons only,
from its opening to its end, and each of them only until it has rung and been quiet for a minute: whatever else is
pressed, and whoever presses later, calls for help.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Longer, and nobody remembers that the bank next door is not ringing for real.
LONGEST_SESSION = timedelta(minutes=30)
# People who try a button press it more than once; after so long without a press they have gone.
QUIET_AFTER = timedelta(seconds=60)
# As AES receivers judge a check-in that did not come: a tenth of the interval more, and two minutes.
GRACE_SHARE = 0.1
GRACE = timedelta(minutes=2)
SOON = timedelta(days=7)


class Result(StrEnum):
    WAITING = "waiting"
    PASSED = "passed"
    FAILED = "failed"  # an officer's word: it was pressed in vain, or did not sound where it should
    UNPRESSED = "unpressed"  # the session ended, and no press had come


class Ending(StrEnum):
    EXPIRED = "expired"
    DONE = "done"  # every button was pressed, and has been quiet since
    ENDED = "ended"  # by an officer


@dataclass(frozen=True, slots=True)
class Trial:
    """One button in a session. ``is_over``: it is on duty again."""

    device_id: str
    last_press_at: datetime | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    opened_at: datetime
    expires_at: datetime
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What a moment makes of a session: the buttons that are on duty again, and why all of it ends, if it does."""

    over: tuple[str, ...] = ()
    ending: Ending | None = None


def is_on_test(session: Session, trial: Trial, *, pressed_at: datetime, received_at: datetime) -> bool:
    """Whether a press is the trial that was agreed. A press of before the session, that came late, is none."""
    is_agreed = session.opened_at <= pressed_at and received_at < session.expires_at
    return is_agreed and not trial.is_over and not _is_quiet(trial, received_at)


def look(session: Session, now: datetime) -> Look:
    running = [trial for trial in session.trials if not trial.is_over]
    if now >= session.expires_at:
        return Look(tuple(trial.device_id for trial in running), Ending.EXPIRED)
    over = tuple(trial.device_id for trial in running if _is_quiet(trial, now))
    return Look(over, Ending.DONE if len(over) == len(running) else None)


def due_at(tested_at: datetime, interval_days: int) -> datetime:
    """``tested_at``: the last test, or when the button was registered."""
    return tested_at + timedelta(days=interval_days)


def overdue_at(tested_at: datetime, interval_days: int) -> datetime:
    """From here on it is an alarm."""
    return tested_at + timedelta(days=interval_days * (1 + GRACE_SHARE)) + GRACE


def days_overdue(tested_at: datetime, interval_days: int, now: datetime) -> int:
    """Whole days since it was due, at least 1; 0 while it is not overdue."""
    if now < overdue_at(tested_at, interval_days):
        return 0
    return max(1, (now - due_at(tested_at, interval_days)).days)


def _is_quiet(trial: Trial, now: datetime) -> bool:
    return trial.last_press_at is not None and now - trial.last_press_at >= QUIET_AFTER
