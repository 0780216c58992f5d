"""Whether a press can be taken now, and what stands in the way: for ``/readyz``, the desk and the figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from monitor import metrics
from monitor.broker_keeper import BrokerKeeper
from monitor.ingest.intake import Intake
from monitor.ingest.mqtt import BrokerSession
from monitor.journal.times import iso
from monitor.machines.own_fault import Cause
from monitor.pipeline.flow import Pipeline
from monitor.self_watch import LONGEST_TURN_S, SelfWatch


class Readiness:
    """May be asked from any thread."""

    def __init__(
        self,
        sessions: Sequence[BrokerSession],
        intake: Intake,
        watch: SelfWatch,
        pipeline: Pipeline,
        keeper: BrokerKeeper,
    ) -> None:
        self._sessions, self._intake, self._watch = sessions, intake, watch
        self._pipeline, self._keeper = pipeline, keeper

    def show(self) -> dict[str, Any]:
        is_linked = all(session.is_connected for session in self._sessions)
        fault = self._watch.store_fault
        reasons = [*self._of_broker(is_linked), *([f"store: {fault}"] if fault else []), *self._of_writer()]
        if not reasons:
            blind = self._watch.look().troubles
            reasons += [
                f"{each}: {blind[each].note}" for each in (Cause.WORKER, Cause.ROUND_TRIP, Cause.SWEEP) if each in blind
            ]
        is_ready = not reasons
        if Cause.PANELS in (troubles := self._watch.look().troubles):  # a press of everybody else still comes in
            reasons.append(f"{Cause.PANELS}: {troubles[Cause.PANELS].note}")
        if self._keeper.fault:  # a press still comes in; who was registered or shut out does not reach the broker
            reasons.append(f"broker accounts: {self._keeper.fault}")
        metrics.QUEUE_DEPTH.set(self._intake.depth)
        metrics.BROKER_CONNECTED.set(is_linked)
        return {
            "ready": is_ready,
            "broker": "connected" if is_linked else "disconnected",
            "broker_since_at": iso(max(session.changed_at for session in self._sessions)),
            "broker_anonymous": all(session.is_anonymous for session in self._sessions),
            "store": "failing" if fault else "ok",
            "queue": self._intake.depth,
            "quarantined": self._pipeline.quarantined,
            "reasons": reasons,
            **self._watch.show(),
        }

    def _of_broker(self, is_linked: bool) -> Iterator[str]:
        refusals = dict.fromkeys(session.refusal for session in self._sessions if session.refusal)
        yield from (f"broker: {refusal}" for refusal in refusals)
        if not is_linked and not refusals:
            silent_s = max(session.silent_s for session in self._sessions)
            yield f"broker: not connected, or silent for {silent_s:.0f} s"

    def _of_writer(self) -> Iterator[str]:
        if self._intake.fault or not self._intake.is_alive:
            yield f"writer: {self._intake.fault or 'its thread has ended'}"
        elif self._intake.turn_s > LONGEST_TURN_S:
            yield f"writer: stuck for {self._intake.turn_s:.0f} s"
        elif untaken := sum(session.untaken for session in self._sessions):
            yield f"writer: {untaken} messages could not be taken; see the log"
