"""Three layers: a hold-up that was verified in the centre of a plan warns its rings in order, and a cancel those told.

It looks once a second at what is stored, so whatever a restart interrupts goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, RowMapping, false, literal, or_, select
from sqlalchemy.exc import OperationalError

from monitor.clock import Clock
from monitor.errors import Refusal, StoreUnavailable, UnknownRecord
from monitor.inventory.prepared import AnyRow, Prepared, Row
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal import layer_warnings as rows
from monitor.journal.database import Store
from monitor.journal.incidents import alarm_ids_of, family_of, incident_row, root_of
from monitor.journal.layer_warnings import WARNING
from monitor.journal.queries import alarms_by_ids
from monitor.machines import layer_warning as machine
from monitor.machines.incident import ENDED, Stage
from monitor.notify.layer_plan import LayerRules
from monitor.notify.plan import Plan
from monitor.pipeline import layer_log
from monitor.pipeline.incident_commands import Act, Followers
from monitor.pipeline.incident_log import INCIDENT, IncidentChange, incident_of
from monitor.pipeline.layer_log import MONITOR, Moment
from monitor.pipeline.record import Record

log = structlog.get_logger()

LOOK_EVERY_S = 1.0


class LayerWatch:
    """Lives on the writer thread. ``failed_at``: when a warning could last not be written."""

    def __init__(self, store: Store, after: Followers, telling: Plan, clock: Clock) -> None:
        self._store, self._after, self._rules, self._telling = store, after, telling.layers, telling
        self._clock, self._looked_s = clock, 0.0
        self._verified_ones = _verified_ones(self._rules)
        self._no_plan: set[int] = set()  # verified incidents in the centre of none: a person may order it all the same
        self.failed_at: datetime | None = None

    def turn(self) -> None:
        """Once a second. A mistake in here must not take the ring with it. Raises ``StoreUnavailable``."""
        now_s = self._clock.monotonic_s()
        if not self._rules.rings or now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        self._guarded(self._turn)

    # -- what people do -----------------------------------------------------------------------------------------------

    def order(self, act: Act, layer: int) -> None:
        """The next ring is told now. Raises ``UnknownRecord`` or ``Refusal``."""
        moment = Moment(act.by, self._clock.now())

        def work(tx: Connection) -> list[IncidentChange]:
            found = self._running(tx, act)
            if not found:
                found = self._begin(tx, self._verified(tx, act), moment)
            if not found:
                raise Refusal("it stands in the centre of no plan", "no_plan")
            for warning in found:
                machine.ordered(*layer_log.rings_of(tx, warning), layer)
            return [layer_log.tell_ring(tx, warning, layer, self._rules, moment) for warning in found]

        self._do(work)

    def cancel(self, act: Act) -> None:
        """Every warning of the incident. Raises ``UnknownRecord`` or ``Refusal``."""

        def work(tx: Connection) -> list[IncidentChange]:
            running = self._running(tx, act)
            if not running:
                raise Refusal("no layer is warned", "nothing_to_cancel")
            return [layer_log.cancel(tx, each, Moment(act.by, self._clock.now())) for each in running]

        self._do(work)

    def answer(self, post_id: int, by: str, within: Territory) -> None:
        """The post of a unit has the warning. Raises ``UnknownRecord`` or ``Refusal``."""

        def work(tx: Connection) -> list[IncidentChange]:
            post, warning = _post_of(tx, post_id, within)
            ring = next((each for each in rows.rings_of(tx, warning["id"]) if each["layer"] == post["layer"]), None)
            if ring is None or ring["told_at"] is None:
                raise Refusal("it was not told yet", "not_told")
            if post["acknowledged_at"] is not None:
                return []
            return [layer_log.note_answer(tx, warning, post, Moment(by, self._clock.now()))]

        self._do(work)

    # -- what time does -----------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        moment = Moment(MONITOR, self._clock.now())
        with self._store.read() as connection:
            fresh = self._fresh(connection)
            going_on = rows.open_warnings(connection)
        for incident in fresh:
            self._guarded(partial(self._do, partial(self._begin_and_tell, incident=incident, moment=moment)))
        for warning in going_on:
            self._guarded(partial(self._go_on_if_due, warning, moment))

    def _guarded(self, work: Callable[[], None]) -> None:
        """What cannot be written of one incident keeps nobody from being warned, or called off, for another."""
        try:
            work()
        except (OperationalError, StoreUnavailable):
            raise
        except Exception:
            self.failed_at = self._clock.now()
            log.exception("layers_not_warned")

    def _fresh(self, connection: Connection) -> list[Row]:
        """Verified, open, and never warned of, not as an incident that was merged into it either."""
        found = self._verified_ones.all(connection)
        self._no_plan &= {row["id"] for row in found}
        unwarned = [row for row in found if row["id"] not in self._no_plan]
        return [row for row in unwarned if not rows.warnings_of(connection, family_of(connection, row["id"]))]

    def _begin_and_tell(self, tx: Connection, incident: AnyRow, moment: Moment) -> list[IncidentChange]:
        begun = self._begin(tx, incident, moment)
        if not begun:
            self._no_plan.add(incident["id"])
        return [change for warning in begun for change in self._go_on(tx, warning, moment)]

    def _begin(self, tx: Connection, incident: AnyRow, moment: Moment) -> list[RowMapping]:
        alarm_id = alarm_ids_of(tx, incident["id"])[0]
        for plan in layer_log.plans_around(tx, alarm_id, moment.at):
            layer_log.begin(tx, incident, alarm_id, plan, (self._rules, moment))
        return [each for each in rows.warnings_of(tx, [incident["id"]]) if each["cancelled_at"] is None]

    def _go_on_if_due(self, warning: AnyRow, moment: Moment) -> None:
        if self._is_due(warning, moment.at):
            self._do(partial(self._go_on, warning=warning, moment=moment))

    def _is_due(self, warning: AnyRow, now: datetime) -> bool:
        with self._store.read() as connection:
            if warning["cancelled_at"] is not None or _is_over(connection, warning):
                return True
            rings, warned = layer_log.rings_of(connection, warning)
            waiting = {layer: len(units) for layer, units in layer_log.unanswered(connection, warning).items()}
        return any(machine.due(rings, warned, now)) or any(machine.late(rings, warned, waiting, now))

    def _go_on(self, tx: Connection, warning: AnyRow, moment: Moment) -> list[IncidentChange]:
        if warning["cancelled_at"] is not None:
            layer_log.cancel_on(tx, warning, moment.at)
            return []
        if _is_over(tx, warning):
            return [layer_log.cancel(tx, warning, moment)]
        rings, warned = layer_log.rings_of(tx, warning)
        due = list(machine.due(rings, warned, moment.at))
        changes = [layer_log.tell_ring(tx, warning, ring.layer, self._rules, moment) for ring in due]
        waiting = {layer: len(units) for layer, units in layer_log.unanswered(tx, warning).items()}
        late = machine.late(rings, warned, waiting, moment.at)
        return changes + [layer_log.raise_late(tx, warning, ring, self._telling, moment) for ring in late]

    # -- both ---------------------------------------------------------------------------------------------------------

    def _running(self, tx: Connection, act: Act) -> list[RowMapping]:
        incident_row(tx, act.incident_id, act.within)
        found = rows.warnings_of(tx, family_of(tx, act.incident_id))
        return [warning for warning in found if warning["cancelled_at"] is None]

    def _verified(self, tx: Connection, act: Act) -> RowMapping:
        row = incident_row(tx, act.incident_id, act.within)
        if row["drill_id"] is not None:
            raise Refusal("it is a drill: nobody outside is warned", "drill")
        if (
            incident_of(row).is_over
            or row["verification"] < self._rules.from_level
            or row["kind"] not in self._rules.kinds
        ):
            raise Refusal("only a verified hold-up that goes on warns the layers", "not_verified")
        return row

    def _do(self, work: Callable[[Connection], list[IncidentChange]]) -> None:
        with self._store.transaction() as tx:
            changes = work(tx)
            alarms: dict[int, dict[str, Any]] = {}
            if changes:
                alarms = alarms_by_ids(tx, [alarm_id for change in changes for alarm_id in change.alarm_ids])
        if changes:
            self._after.tell(Record(incidents=changes, rows=alarms, last_seq=changes[-1].seq))


def _verified_ones(rules: LayerRules) -> Prepared:
    """Open, and never warned of. Asked once a second."""
    kinds, over = [literal(str(each)) for each in rules.kinds], map(literal, (Stage.NEW, *ENDED))
    verified = (INCIDENT.c.verification >= rules.from_level, or_(false(), *(INCIDENT.c.kind == each for each in kinds)))
    unknown = INCIDENT.c.id.not_in(select(WARNING.c.incident_id)), INCIDENT.c.drill_id.is_(None)
    return Prepared(
        select(INCIDENT).where(*verified, INCIDENT.c.stage.not_in(list(over)), *unknown).order_by(INCIDENT.c.id)
    )


def _is_over(connection: Connection, warning: AnyRow) -> bool:
    incident = root_of(connection, incident_row(connection, warning["incident_id"], EVERYWHERE))
    return incident_of(incident).is_over


def _post_of(tx: Connection, post_id: int, within: Territory) -> tuple[RowMapping, RowMapping]:
    """One's own, or one of an incident inside. Raises ``UnknownRecord``."""
    post = rows.post_row(tx, post_id)
    warning = tx.execute(select(WARNING).where(WARNING.c.id == post["warning_id"])).mappings().one()
    if not within.is_everywhere and not within.holds(post["area_id"]):
        try:
            incident_row(tx, warning["incident_id"], within)
        except UnknownRecord:
            raise UnknownRecord(f"no post {post_id} was told") from None
    return post, warning
