"""Declared figures → rows: the file of facts, a district's table, and a plan of rings. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from monitor.errors import Refusal
from monitor.inventory.area_search import area_named
from monitor.inventory.areas import ONE_DAY, AreaFacts, AreaTree, area_row
from monitor.inventory.declared import EYES
from monitor.inventory.folding import fold
from monitor.inventory.kinds import Level, Qualifier
from monitor.inventory.seeding_lines import Line
from monitor.inventory.succession import Successor

ROLL_UP_COLUMNS = ("ward_code", "name", "eyes_declared")
LAYER_COLUMNS = ("ward_code", "name", "layer", "plan_id", "valid_from", "valid_to")
_OWN = {"src", "area", "indicator", "value", "qualifier", "of", "unit", "as_of", "period"}


def fact_rows(data: bytes, tree: AreaTree) -> list[dict[str, Any]]:
    """``[[fact]]`` tables; further figures of a fact (members, suspects …) stay with it."""
    try:
        content = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(f"not TOML: {error}") from None
    sources: Mapping[str, str] = content.get("meta", {}).get("sources", {})
    return [_fact(fact, sources, tree) for fact in content.get("fact", [])]


def _fact(fact: Mapping[str, Any], sources: Mapping[str, str], tree: AreaTree) -> dict[str, Any]:
    source = sources.get(fact["src"], fact["src"])
    as_of = date.fromisoformat(fact["as_of"]) if "as_of" in fact else None
    period_from, period_to = _period(fact.get("period"))
    area = area_named(tree, fact["area"], as_of or period_to or _day_in(source))
    value = fact["value"]
    is_figure = isinstance(value, int | float)
    when = fact.get("as_of") or fact.get("period") or ""
    return {
        "id": f"{fact['src']}/{fold(fact['area'])}/{fact['indicator']}/{when}",
        "source": source,
        "area_name": fact["area"],
        "area_id": area.id if area else None,
        "indicator": fact["indicator"],
        "value": float(value) if is_figure else None,
        "value_text": None if is_figure else str(value),
        "qualifier": Qualifier(fact.get("qualifier", Qualifier.EXACT)).value,
        "base_value": float(fact["of"]) if "of" in fact else None,
        "unit": fact.get("unit"),
        "as_of": as_of,
        "period_from": period_from,
        "period_to": period_to,
        "parts": orjson.dumps({key: fact[key] for key in sorted(set(fact) - _OWN)}).decode(),
    }


def _period(text: str | None) -> tuple[date | None, date | None]:
    """``2023`` or ``2022-01-01/2022-09-07``: first and last day."""
    if text is None:
        return None, None
    if text.isdecimal():
        return date(int(text), 1, 1), date(int(text), 12, 31)
    first, _, last = text.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last)


def _day_in(source: str) -> date:
    """The day a source's title ends with, where only a month or a year is said its first."""
    found = re.search(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?$", source)
    if found is None:
        return date.min
    return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))


def roll_up_rows(lines: Iterable[Line], tree: AreaTree, as_of: date, source: str) -> list[dict[str, Any]]:
    """A district's table of declared eyes, a line for each commune."""
    rows = []
    for line in lines:
        code = line.need("ward_code")
        area = _with_code(tree, code, as_of)
        is_about = "khoang" in fold(line.text("source") or "")
        row = {"id": f"{source}/{code}/{EYES}/{as_of}", "source": source, "area_name": line.need("name")}
        figure = {"value": float(line.whole("eyes_declared")), "as_of": as_of, "unit": "mat"}
        meant = {"indicator": EYES, "qualifier": (Qualifier.ABOUT if is_about else Qualifier.EXACT).value}
        rows.append({**row, **figure, **meant, "area_id": area.id if area else None})
    return rows


@dataclass(frozen=True, slots=True)
class LayerLines:
    """A plan of rings; ``areas`` are those the tree did not know."""

    plans: list[dict[str, Any]]
    members: list[dict[str, Any]]
    areas: list[dict[str, Any]]
    successors: tuple[Successor, ...]


def layer_lines(lines: Sequence[Line], tree: AreaTree) -> LayerLines:
    plans: dict[str, dict[str, Any]] = {}
    members, areas, successors = [], [], []
    for line in lines:
        plan_id, first = line.need("plan_id"), line.day("valid_from") or date.min
        plans.setdefault(plan_id, {"id": plan_id, "name": plan_id, "valid_from": first, "valid_to": None})
        area = _with_code(tree, line.need("ward_code"), first)
        area_id = area.id if area else f"{line.need('ward_code')}@legacy"
        if area is None:
            areas.append(_unknown_area(area_id, line, tree, first))
        if line.text("layer"):
            members.append({"plan_id": plan_id, "area_id": area_id, "layer": line.whole("layer")})
        if (heir := _heir(line, tree)) is not None:
            successors.append(Successor(area_id, heir.id, heir.valid_from))
    return LayerLines(list(plans.values()), members, areas, tuple(successors))


def _heir(line: Line, tree: AreaTree) -> AreaFacts | None:
    code, last = line.text("successor_code_2025"), line.day("valid_to")
    return _with_code(tree, code, last + ONE_DAY) if code and last else None


def _unknown_area(area_id: str, line: Line, tree: AreaTree, day: date) -> dict[str, Any]:
    district = area_named(tree, line.text("district_until_2025") or "", day)
    return area_row(
        area_id,
        Level.COMMUNE,
        line.need("name"),
        official_code=line.need("ward_code"),
        parent_id=district.id if district else None,
        valid_to=line.day("valid_to"),
    )


def _with_code(tree: AreaTree, code: str, day: date) -> AreaFacts | None:
    """A code alone names nothing; a code on a day does."""
    found = [area for area in tree if area.official_code == code and area.is_valid(day)]
    return found[0] if len(found) == 1 else None
