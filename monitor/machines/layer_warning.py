"""Rings of a plan that are warned one after the other, each with a clock of its own; the outermost on a person's order.

Inner rings come first: whoever stands next to it closes the roads before whoever stands further away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.errors import Refusal

CENTRE = 3


@dataclass(frozen=True, slots=True)
class Ring:
    """``layer``: 3 the centre, 1 the outermost. ``after_s``: from the beginning; None: only when a person says so."""

    layer: int
    after_s: float | None
    answer_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A warning so far. ``told_at``: layer → when its units were told; ``raised``: layers known to be late."""

    begun_at: datetime
    told_at: Mapping[int, datetime] = field(default_factory=dict)
    raised: Collection[int] = ()


def inner_first(rings: Sequence[Ring]) -> list[Ring]:
    return sorted(rings, key=lambda ring: -ring.layer)


def due(rings: Sequence[Ring], warned: Warned, now: datetime) -> Iterator[Ring]:
    """Those to be told now, the inner first; none before those inside it."""
    for ring in inner_first(rings):
        if ring.layer in warned.told_at:
            continue
        if ring.after_s is None or now < warned.begun_at + timedelta(seconds=ring.after_s):
            return
        yield ring


def ordered(rings: Sequence[Ring], warned: Warned, layer: int) -> Ring:
    """The ring a person orders. Raises ``Refusal`` where it is told already, or one inside it is not."""
    for ring in inner_first(rings):
        if ring.layer in warned.told_at:
            if ring.layer == layer:
                raise Refusal(f"layer {layer} was told already", "layer_told")
        elif ring.layer == layer:
            return ring
        else:
            raise Refusal(f"layer {ring.layer} comes before layer {layer}", "inner_first")
    raise Refusal(f"the plan has no layer {layer}", "no_layer")


def late(rings: Sequence[Ring], warned: Warned, unanswered: Mapping[int, int], now: datetime) -> Iterator[Ring]:
    """Those whose time is up while units have not answered (``unanswered``: layer → how many), each once."""
    for ring in inner_first(rings):
        told_at = warned.told_at.get(ring.layer)
        if told_at is None or ring.layer in warned.raised or not unanswered.get(ring.layer):
            continue
        if now >= answer_by(ring, told_at):
            yield ring


def answer_by(ring: Ring, told_at: datetime) -> datetime:
    return told_at + timedelta(seconds=ring.answer_s)
