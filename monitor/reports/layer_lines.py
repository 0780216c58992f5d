"""Plans of rings as they stand on a day, and in one line each unit of which nobody can say where it belongs now."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from monitor.inventory.area_names import short_name
from monitor.inventory.areas import read_tree
from monitor.inventory.layers import StandingPlan, Unit, standing_plans
from monitor.inventory.territory import Territory

WORDS = Path(__file__).with_name("layer_lines.toml")


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def mixed_line(unit: Unit, lang: str) -> str:
    """``P. An Bình: lớp 1 và lớp 2 – cần phân lớp lại``."""
    words = _words()[lang]
    layers = words["and"].join(words["layer"].format(n=layer) for layer in unit.layers)
    return words["gone" if unit.is_gone else "line"].format(unit=short_name(unit.name), layers=layers)


def plans_told(connection: Connection, day: date, within: Territory) -> list[dict[str, Any]]:
    """Those with a unit inside, and of each only the units inside."""
    plans = standing_plans(connection, read_tree(connection), day)
    return [told for plan in plans if (told := _told(plan, within))["units"]]


def _told(plan: StandingPlan, within: Territory) -> dict[str, Any]:
    inside = [unit for unit in plan.units if within.is_everywhere or within.holds(unit.area_id)]
    return {
        "id": plan.id,
        "name": plan.name,
        "valid_from": plan.valid_from.isoformat(),
        "valid_to": plan.valid_to.isoformat() if plan.valid_to else None,
        "units": [_unit(unit) for unit in inside],
        "restructured": {
            lang: [mixed_line(unit, lang) for unit in inside if unit.is_undecided] for lang in ("vi", "en")
        },
    }


def _unit(unit: Unit) -> dict[str, Any]:
    layer = None if unit.is_undecided else unit.layers[0]
    return {"area_id": unit.area_id, "name": unit.name, "layer": layer, "layers": list(unit.layers)}
