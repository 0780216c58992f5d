"""What officers do about an incident. Each act is one transaction on the writer thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, RowMapping, select, update

from device_adapters.core.events import AlarmKind
from monitor.clock import Clock
from monitor.errors import Refusal, UnknownRecord, VersionConflict
from monitor.inventory.action_plans import ActionPlans, PlanStep, steps_for
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.edits import core
from monitor.inventory.kinds import EstablishmentKind
from monitor.inventory.place_tables import Establishment
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.database import Store
from monitor.journal.incidents import incident_json, incident_row, plan_done, timeline_of
from monitor.journal.queries import alarms_by_ids
from monitor.journal.report_rows import tip
from monitor.machines import incident as machine
from monitor.machines.alarm import AlarmState, Given
from monitor.machines.drill import PREFIX
from monitor.machines.incident import Closing, Stage, StillOpen
from monitor.pipeline.alarm_log import AlarmChange, OfficerAct, apply_act
from monitor.pipeline.duty_log import Acts, Told
from monitor.pipeline.incident_log import INCIDENT, IncidentChange, Said, incident_of, journal, save
from monitor.pipeline.record import Record

_UNSEEN = frozenset({AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED})
_ESTABLISHMENT = "establishment:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """``version``: the one the officer had on the screen; ``within``: where he may act, what is outside is unknown."""

    incident_id: int
    version: int
    by: str
    within: Territory = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Called:
    """A telephone call and what came of it. ``whom``: the role or unit, never a number."""

    whom: str
    result: str
    note: str | None = None


class Followers(Protocol):
    """The pipeline, or what stands in for it."""

    def follow(self, tx: Connection, changes: Sequence[AlarmChange], rows: Told, acts: Acts = ()) -> None: ...

    def tell(self, record: Record) -> None: ...


class IncidentCommands:
    """Each gives the incident as it is afterwards, or raises ``UnknownRecord``, ``VersionConflict`` or ``Refusal``.

    ``after``: what follows from what they did.
    """

    def __init__(
        self,
        store: Store,
        after: Followers,
        classes: Mapping[AlarmKind, AlarmClass],
        plans: ActionPlans,
        clock: Clock,
    ) -> None:
        self._store, self._after, self._classes = store, after, classes
        self._plans, self._clock = plans, clock

    def advance(self, act: Act, stage: Stage, text: str | None = None) -> dict[str, Any]:
        """Taken twice, a step is noted once."""
        if stage is Stage.ACKNOWLEDGED:
            raise Refusal("an incident is acknowledged by acknowledging its alarm")

        def work(tx: Connection, row: RowMapping) -> list[IncidentChange]:
            before = incident_of(row)
            after = machine.advance(before, stage, self._clock.now())
            return [] if after is before else [save(tx, row, after, self._said(act, stage.lower(), text))]

        return self._do(act, work)

    def take_back(self, act: Act, text: str | None = None) -> dict[str, Any]:
        def work(tx: Connection, row: RowMapping) -> list[IncidentChange]:
            said = self._said(act, "taken_back", text, stage=row["stage"])
            return [save(tx, row, machine.take_back(incident_of(row)), said)]

        return self._do(act, work)

    def assess(self, act: Act, level: int, text: str | None = None) -> dict[str, Any]:
        def work(tx: Connection, row: RowMapping) -> list[IncidentChange]:
            said = self._said(act, "assessed", text, level=level)
            return [save(tx, row, machine.assess(incident_of(row), level), said)]

        return self._do(act, work)

    def close(self, act: Act, closing: Closing) -> dict[str, Any]:
        """Ends its alarms too: for a button that only tells of presses, nobody else can."""
        ended: list[AlarmChange] = []

        def work(tx: Connection, row: RowMapping) -> list[IncidentChange]:
            alarms = incident_json(tx, row, EVERYWHERE)["alarms"]
            live = [alarm for alarm in alarms if alarm["state"] != AlarmState.NORMAL]
            undone = [step.vi for step in self._blocking(tx, row)]
            unseen = sum(alarm["state"] in _UNSEEN for alarm in live)
            now = self._clock.now()
            after = machine.close(incident_of(row), closing, StillOpen(unseen=unseen, undone=undone), now)
            for alarm in live:
                end = OfficerAct(alarm["id"], alarm["version"], Given.RESTORE, now, act.by)
                ended.append(apply_act(tx, end, self._classes))
            said = self._said(act, "closed", closing.note, disposition=closing.disposition)
            more = {"closed_by": act.by, "note": closing.note, "evidence": closing.evidence or None}
            return [save(tx, row, after, said, **more)]

        return self._do(act, work, ended)

    def merge(self, act: Act, into_id: int) -> dict[str, Any]:
        """The other incident afterwards, which goes on for both."""
        if into_id == act.incident_id:
            raise Refusal("an incident cannot be merged into itself")

        def work(tx: Connection, row: RowMapping) -> list[IncidentChange]:
            into = incident_row(tx, into_id, act.within)
            if into["drill_id"] != row["drill_id"]:
                raise Refusal("a drill and what is real stay apart", "drill")
            one, other = machine.merge(incident_of(row), incident_of(into))
            left = save(tx, row, one, self._said(act, "merged", None, into=into["code"]), merged_into=into_id)
            return [left, save(tx, into, other, self._said(act, "took_in", None, code=row["code"]))]

        self._do(act, work)
        return self._shown(replace(act, incident_id=into_id))

    def unmerge(self, act: Act) -> dict[str, Any]:
        def work(tx: Connection, row: RowMapping) -> list[IncidentChange]:
            answered_at, by = _answered(tx, row)
            after = machine.unmerge(incident_of(row), answered_at)
            root = tx.execute(select(INCIDENT).where(INCIDENT.c.id == row["merged_into"])).mappings().one()
            tx.execute(update(INCIDENT).where(INCIDENT.c.id == row["id"]).values(merged_into=None))
            gone = self._said(act, "let_go", None, code=row["code"])
            said = self._said(act, "unmerged", None, out_of=root["code"])
            changes = [save(tx, row, after, said, acknowledged_by=row["acknowledged_by"] or by)]
            if not incident_of(root).is_over:
                changes.append(save(tx, root, machine.joined(incident_of(root)), gone))
            return changes

        return self._do(act, work)

    # -- what is only written down, whatever the version --------------------------------------------------------------

    def note(self, act: Act, text: str) -> dict[str, Any]:
        return self._write_down(act, lambda _tx, _row: self._said(act, "note", text))

    def called(self, act: Act, call: Called) -> dict[str, Any]:
        return self._write_down(
            act, lambda _tx, _row: self._said(act, "call", call.note, whom=call.whom, result=call.result)
        )

    def take_tip(self, act: Act, tip_id: int) -> dict[str, Any]:
        """What a caller told belongs to this case. Raises ``UnknownRecord``, or ``Refusal`` for what it has already."""

        def work(tx: Connection, row: RowMapping) -> Said:
            told = tip(tx, tip_id, act.within)
            taken = [line["data"]["tip"] for line in timeline_of(tx, row["id"], EVERYWHERE) if line["kind"] == "tip"]
            if tip_id in taken:
                raise Refusal(f"{row['code']} has this tip already", "tip_taken")
            return self._said(act, "tip", told["text"], tip=tip_id, source=told["source"])

        return self._write_down(act, work)

    def note_siren(self, act: Act, did: str, call: Mapping[str, Any]) -> dict[str, Any]:
        """``did``: asked, sounded or stopped."""
        said = {"call": call["id"], "sirens": len(call["orders"])}
        return self._write_down(act, lambda _tx, _row: self._said(act, f"siren_{did}", call["reason"], **said))

    def plan_step(self, act: Act, step_id: str, *, is_done: bool, text: str | None) -> dict[str, Any]:
        """A step that is waived wants a reason (``text``); one that was ticked by mistake is taken back."""

        def work(tx: Connection, row: RowMapping) -> Said:
            if step_id not in [step.id for step in self.steps(tx, row)]:
                raise UnknownRecord(f"the plan of {row['code']} has no step {step_id}")
            return self._said(act, "plan_step", text, step=step_id, is_done=is_done)

        return self._write_down(act, work)

    def steps(self, connection: Connection, row: Mapping[Any, Any]) -> list[PlanStep]:
        """The plan of the incident, in order."""
        kind = None
        where = row["place_key"].removeprefix(f"{PREFIX}:{row['drill_id']}:")
        if where.startswith(_ESTABLISHMENT):
            place = core(Establishment)
            wanted = select(place.c.kind).where(place.c.id == where.removeprefix(_ESTABLISHMENT))
            kind = connection.execute(wanted).scalar()
        return steps_for(self._plans, AlarmKind(row["kind"]), EstablishmentKind(kind) if kind else None)

    def _blocking(self, tx: Connection, row: RowMapping) -> list[PlanStep]:
        done = plan_done(timeline_of(tx, row["id"], EVERYWHERE))
        return [step for step in self.steps(tx, row) if step.blocks_closing and step.id not in done]

    def _write_down(self, act: Act, say: Callable[[Connection, RowMapping], Said]) -> dict[str, Any]:
        with self._store.transaction() as tx:
            row = incident_row(tx, act.incident_id, act.within)
            change = journal(tx, act.incident_id, incident_of(row), say(tx, row), before=row["stage"])
            rows = alarms_by_ids(tx, change.alarm_ids)
        self._after.tell(Record(incidents=[change], rows=rows, last_seq=change.seq))
        return self._shown(act)

    def _do(
        self,
        act: Act,
        work: Callable[[Connection, RowMapping], list[IncidentChange]],
        ended: list[AlarmChange] | None = None,
    ) -> dict[str, Any]:
        with self._store.transaction() as tx:
            row = incident_row(tx, act.incident_id, act.within)
            if row["version"] != act.version:
                raise VersionConflict(f"{row['code']} is at version {row['version']}, you saw {act.version}")
            changes = work(tx, row)
            rows = alarms_by_ids(tx, [alarm_id for change in changes for alarm_id in change.alarm_ids])
            self._after.follow(tx, ended or [], rows, changes)
        if changes:
            self._after.tell(Record(alarms=ended or [], incidents=changes, rows=rows, last_seq=changes[-1].seq))
        return self._shown(act)

    def _shown(self, act: Act) -> dict[str, Any]:
        with self._store.read() as connection:
            row = incident_row(connection, act.incident_id, act.within)
            return incident_json(connection, row, act.within)

    def _said(self, act: Act, kind: str, text: str | None, **data: Any) -> Said:
        return Said(kind, self._clock.now(), act.by, text, data or None)


def _answered(tx: Connection, row: RowMapping) -> tuple[datetime | None, str | None]:
    """When the last of its own alarms was acknowledged, and by whom; nothing where one still waits for it."""
    alarms = incident_json(tx, row, EVERYWHERE)["alarms"]
    if any(alarm["state"] in _UNSEEN for alarm in alarms):
        return None, None
    said = [(alarm["acknowledged_at"], alarm["acknowledged_by"]) for alarm in alarms if alarm["acknowledged_at"]]
    at, by = max(said, default=(None, None))
    return (datetime.fromisoformat(at), by) if at else (None, None)
