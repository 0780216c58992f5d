"""What a restructuring left open: where units of mixed origin belong now. A person answers; nobody guesses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, select

from monitor.errors import UnknownRecord
from monitor.inventory.area_tables import LayerMember, LayerPlan
from monitor.inventory.areas import AreaFacts, AreaTree, move_areas, read_tree
from monitor.inventory.collation import vietnamese_key
from monitor.inventory.device_moves import move_group_devices
from monitor.inventory.edits import Edit, core, put
from monitor.inventory.layers import members, relayer
from monitor.inventory.succession import Successor, plan, read_successors
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory

_DEVICE, _PLAN = core(Device), core(LayerPlan)


class About(StrEnum):
    """``PARENT``: the unit above an area; ``DEVICES``: the group a closed one's devices stand in; ``LAYER``: a ring."""

    PARENT = "parent"
    DEVICES = "devices"
    LAYER = "layer"


@dataclass(frozen=True, slots=True)
class Choice:
    """``value``: an area's id, or the number of a ring; ``name``: of that area, or the number."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """``key``: what an answer names. ``detail``: the plan of a ring, the number of devices."""

    key: str
    about: About
    area: AreaFacts
    choices: tuple[Choice, ...]
    effective_on: date
    detail: str


def open_questions(connection: Connection, within: Territory) -> list[Question]:
    """Only those whose every choice lies within: who sees half of them cannot decide."""
    successors = read_successors(connection)
    if not successors:
        return []
    tree = read_tree(connection)
    is_told: Callable[[str], bool] = lambda area_id: within.is_everywhere or within.holds(area_id)  # noqa: E731
    found = [*_places(connection, tree, successors), *_layers(connection, tree, successors)]
    told = [
        each
        for each in found
        if all(is_told(choice.value) for choice in each.choices if each.about is not About.LAYER)
        and (each.about is not About.LAYER or is_told(each.area.id))
    ]
    return sorted(told, key=lambda each: (each.effective_on, vietnamese_key(each.area.name), each.key))


def decide(tx: Connection, key: str, value: str, within: Territory, by: Edit) -> None:
    """Raises ``UnknownRecord`` for a question that is not open, or elsewhere, and for what is none of its choices."""
    question = next((each for each in open_questions(tx, within) if each.key == key), None)
    if question is None or value not in {choice.value for choice in question.choices}:
        raise UnknownRecord(f"there is no open question {key} with the answer {value}")
    if question.about is About.PARENT:
        move_areas(tx, {question.area.id: value}, question.effective_on, by)
    elif question.about is About.DEVICES:
        move_group_devices(tx, question.area.id, value, question.effective_on, by)
    else:
        plan_id = key.split(":", 2)[1]
        put(tx, LayerMember, {"plan_id": plan_id, "area_id": question.area.id, "layer": int(value)}, by)


def _places(connection: Connection, tree: AreaTree, successors: Sequence[Successor]) -> Iterator[Question]:
    for day in sorted({each.effective_on for each in successors}):
        for each in plan(tree, successors, day).undecided:
            area = tree.known(each.area_id)
            about, count = About.PARENT, 0
            if not area.is_valid(day):
                about, count = About.DEVICES, _devices_of(connection, area.id)
                if not count:
                    continue
            choices = tuple(Choice(choice, tree.known(choice).name) for choice in each.choices)
            yield Question(f"{about}:{day}:{area.id}", about, area, choices, day, str(count))


def _devices_of(connection: Connection, group_id: str) -> int:
    return len(connection.execute(select(_DEVICE.c.id).where(_DEVICE.c.group_id == group_id)).all())


def _layers(connection: Connection, tree: AreaTree, successors: Sequence[Successor]) -> Iterator[Question]:
    plans = connection.execute(select(_PLAN.c.id, _PLAN.c.name).where(_PLAN.c.valid_to.is_(None))).all()
    days = {each.new_id: each.effective_on for each in successors}
    for plan_id, name in plans:
        rings = members(connection, plan_id)
        for unit in relayer(rings, successors).mixed:
            area = tree.get(unit.area_id)
            if area is None or unit.area_id in rings:
                continue
            choices = tuple(Choice(str(layer), str(layer)) for layer in unit.layers)
            yield Question(f"layer:{plan_id}:{area.id}", About.LAYER, area, choices, days[area.id], name or plan_id)
