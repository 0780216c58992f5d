"""How the rings of a plan are told: ``config/layers.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from device_adapters.core.events import AlarmKind
from monitor.errors import SettingsError
from monitor.machines.escalation import Way
from monitor.machines.layer_warning import Ring

_STRICT = ConfigDict(extra="forbid", frozen=True)
_Way = Annotated[str, Field(pattern=r"^[^:\s]+:\S.*$")]
_Ways = Annotated[list[_Way], Field(min_length=1)]
UNIT = "{unit}"


@dataclass(frozen=True, slots=True)
class LayerRules:
    """``posts``: ways of single units, by area; ``ways``: of all others. ``UNIT`` in an address: the unit's name."""

    kinds: frozenset[AlarmKind] = frozenset()
    from_level: int = 3
    rings: tuple[Ring, ...] = ()
    ways: tuple[Way, ...] = ()
    posts: Mapping[str, tuple[Way, ...]] = field(default_factory=dict)

    def ways_of(self, area_id: str, name: str) -> list[Way]:
        ways = self.posts.get(area_id, self.ways)
        return [Way(way.channel, way.address.replace(UNIT, name)) for way in ways]


NO_LAYERS = LayerRules()


class _Ring(BaseModel):
    model_config = _STRICT

    layer: Annotated[int, Field(ge=1, le=9)]
    after_s: Annotated[float, Field(ge=0, le=86_400)] | None = None
    on_order: bool = False
    answer_s: Annotated[float, Field(gt=0, le=86_400)]

    @model_validator(mode="after")
    def _one_of_both(self) -> _Ring:
        if self.on_order is (self.after_s is not None):
            raise ValueError("either after_s or on_order = true")
        return self


class _Told(BaseModel):
    model_config = _STRICT

    ways: _Ways


class _Layers(BaseModel):
    model_config = _STRICT

    kinds: list[AlarmKind]
    from_level: Annotated[int, Field(ge=1, le=4)]
    ring: list[_Ring]
    told: _Told
    posts: dict[str, _Ways] = {}


def read_layers(path: Path, channels: Collection[str]) -> LayerRules:
    """``channels``: those there are. Raises ``SettingsError`` with the file, the place and what was expected."""
    try:
        given = _Layers.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None
    except ValidationError as error:
        told = (f"{path}: {'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())
        raise SettingsError("\n".join(told)) from None
    rules = LayerRules(
        frozenset(given.kinds),
        given.from_level,
        tuple(Ring(each.layer, each.after_s, each.answer_s) for each in given.ring),
        _ways(given.told.ways),
        MappingProxyType({area_id: _ways(ways) for area_id, ways in given.posts.items()}),
    )
    named = {way.channel for ways in (rules.ways, *rules.posts.values()) for way in ways}
    if lost := sorted(named - set(channels)):
        raise SettingsError(f"{path}: there is no channel {', '.join(lost)}")
    if len({ring.layer for ring in rules.rings}) != len(rules.rings):
        raise SettingsError(f"{path}: a layer has two rings")
    return rules


def _ways(told: Sequence[str]) -> tuple[Way, ...]:
    return tuple(Way(*way.split(":", 1)) for way in told)
