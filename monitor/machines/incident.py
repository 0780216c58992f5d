"""The life of an incident: from the first press to the disposition, every step with its moment.

An alarm is a signal and knows whether somebody has seen it; an incident is what people do about it. Steps go forward,
and one may be left out, for an officer may stand on the scene before anybody wrote down that he went. The last step
can be taken back, for a hand slips; the journal keeps both. Nothing ends without a word on what it was.

Verification levels are those of ANSI/TMA-AVS-01 (0: nothing known … 4: somebody was seen in danger).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from monitor.errors import Refusal


class Stage(StrEnum):
    NEW = "NEW"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    VERIFYING = "VERIFYING"
    DISPATCHED = "DISPATCHED"
    EN_ROUTE = "EN_ROUTE"
    ON_SCENE = "ON_SCENE"
    CLOSED = "CLOSED"
    MERGED = "MERGED"  # into another, which goes on for both


class Disposition(StrEnum):
    """What it was. Whoever pressed by mistake is ``ACCIDENTAL``: malice is a claim at law, and wants proof."""

    GENUINE_CRIME = "genuine_crime"
    GENUINE_OTHER = "genuine_other"
    ACCIDENTAL = "accidental"
    MALICIOUS = "malicious"
    UNANNOUNCED_TEST = "unannounced_test"
    EQUIPMENT = "equipment"
    UNKNOWN = "unknown"


HIGHEST_VERIFICATION = 4
STEPS = (Stage.ACKNOWLEDGED, Stage.VERIFYING, Stage.DISPATCHED, Stage.EN_ROUTE, Stage.ON_SCENE)
_ORDER = {stage: place for place, stage in enumerate((Stage.NEW, *STEPS))}
ENDED = frozenset({Stage.CLOSED, Stage.MERGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """``reached``: the steps taken so far and when, in UTC."""

    stage: Stage = Stage.NEW
    version: int = 1
    reached: Mapping[Stage, datetime] = field(default_factory=dict)
    verification: int = 0
    disposition: Disposition | None = None

    @property
    def is_over(self) -> bool:
        return self.stage in ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What an officer says at the end. ``evidence``: where the proof of malice is kept."""

    disposition: Disposition
    note: str
    evidence: str = ""
    is_commander: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StillOpen:
    """What stands in the way of an end: alarms nobody has seen, and steps of the plan that must be done."""

    unseen: int = 0
    undone: Collection[str] = ()


def advance(incident: Incident, stage: Stage, at: datetime) -> Incident:
    """The incident after that step; the very same object where it is there already. Raises ``Refusal``."""
    _insist_on_open(incident)
    if stage not in STEPS:
        raise Refusal(f"{stage.lower()} is no step on the way")
    if incident.stage is stage:
        return incident
    if incident.stage is Stage.NEW and stage is not Stage.ACKNOWLEDGED:
        raise Refusal("acknowledge the incident first: somebody must answer for it", "not_acknowledged")
    if _ORDER[stage] < _ORDER[incident.stage]:
        raise Refusal(f"it is {incident.stage.lower()} already; take that step back first", "out_of_order")
    return _changed(incident, stage, {**incident.reached, stage: at})


def take_back(incident: Incident) -> Incident:
    """Without its last step. The acknowledgement stays: whoever heard the alarm has heard it. Raises ``Refusal``."""
    _insist_on_open(incident)
    if _ORDER[incident.stage] <= _ORDER[Stage.ACKNOWLEDGED]:
        raise Refusal("there is no step to take back", "nothing_to_take_back")
    reached = {stage: at for stage, at in incident.reached.items() if stage is not incident.stage}
    return _changed(incident, max(reached, key=_ORDER.__getitem__), reached)


def assess(incident: Incident, level: int) -> Incident:
    """How sure we are now. Raises ``Refusal``."""
    _insist_on_open(incident)
    if not 0 <= level <= HIGHEST_VERIFICATION:
        raise Refusal(f"a level of verification is 0 to {HIGHEST_VERIFICATION}")
    return replace(incident, verification=level, version=incident.version + 1)


def close(incident: Incident, closing: Closing, open_yet: StillOpen, at: datetime) -> Incident:
    """Raises ``Refusal`` with everything that is missing at once."""
    _insist_on_open(incident)
    if incident.stage is Stage.NEW or open_yet.unseen:
        raise Refusal("acknowledge its alarms before closing it", "not_acknowledged")
    if open_yet.undone:
        raise Refusal(f"the plan wants these steps first: {', '.join(open_yet.undone)}", "plan_not_done")
    if not closing.note.strip():
        raise Refusal("say in a note what was done", "note_required")
    if closing.disposition is Disposition.MALICIOUS:
        _insist_on_proof(closing)
    closed = _changed(incident, Stage.CLOSED, {**incident.reached, Stage.CLOSED: at})
    return replace(closed, disposition=closing.disposition)


def end_drill(incident: Incident, at: datetime) -> Incident:
    """Its drill is over, whatever was done: nobody has to say what it was, for it was nothing. Raises ``Refusal``."""
    _insist_on_open(incident)
    return _changed(incident, Stage.CLOSED, {**incident.reached, Stage.CLOSED: at})


def merge(incident: Incident, into: Incident) -> tuple[Incident, Incident]:
    """Both afterwards: what is known of the one is told by the other. Raises ``Refusal``."""
    _insist_on_open(incident)
    _insist_on_open(into)
    return _changed(incident, Stage.MERGED, incident.reached), replace(into, version=into.version + 1)


def unmerge(incident: Incident, answered_at: datetime | None = None) -> Incident:
    """As it was before it was merged; acknowledged where somebody has answered all its own alarms meanwhile
    (``answered_at``), for nobody could do that again. Raises ``Refusal``."""
    if incident.stage is not Stage.MERGED:
        raise Refusal("it is not merged into another")
    reached = dict(incident.reached)
    if answered_at is not None:
        reached.setdefault(Stage.ACKNOWLEDGED, answered_at)
    return _changed(incident, max(reached, key=_ORDER.__getitem__, default=Stage.NEW), reached)


def joined(incident: Incident) -> Incident:
    """One more alarm is part of it: whoever acts must have seen that."""
    return replace(incident, version=incident.version + 1)


def _changed(incident: Incident, stage: Stage, reached: Mapping[Stage, datetime]) -> Incident:
    return replace(incident, stage=stage, reached=reached, version=incident.version + 1)


def _insist_on_open(incident: Incident) -> None:
    if incident.is_over:
        raise Refusal(f"the incident is {incident.stage.lower()}", "incident_over")


def _insist_on_proof(closing: Closing) -> None:
    """Decree 144/2021, article 7: 2 to 3 million dong. Nobody is accused in passing."""
    if not closing.is_commander:
        raise Refusal("only a commander may call an alarm malicious", "commander_only")
    if not closing.evidence.strip():
        raise Refusal("a malicious alarm wants evidence: say where it is kept", "evidence_required")
