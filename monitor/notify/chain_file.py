"""``config/escalation.toml``: which chain an alarm of a kind starts, and where a place has one of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from device_adapters.core.events import AlarmKind
from monitor.errors import SettingsError
from monitor.machines.escalation import Step
from monitor.settings_file import SettingsFile, read_settings_file

Name = Annotated[str, Field(min_length=1, max_length=24)]
Chains: TypeAlias = Mapping[AlarmKind, tuple[Step, ...]]
_Spot: TypeAlias = Sequence[str | int]
_STRICT = ConfigDict(extra="forbid", frozen=True)
_KNOWN = ("chains", "kinds", "dispatched", "places", "after_s", "role", "until_acknowledged", "area", *AlarmKind)


@dataclass(frozen=True, slots=True)
class ChainFile:
    """``elsewhere``: area → the kinds that have chains of their own there and below it. ``sent_out``: who is told when
    forces are sent, in the same shape.
    """

    kinds: Chains
    elsewhere: Mapping[str, Chains]
    sent_out: Chains
    sent_out_elsewhere: Mapping[str, Chains]
    file: SettingsFile

    @property
    def roles(self) -> frozenset[str]:
        everywhere = (self.kinds, self.sent_out, *self.elsewhere.values(), *self.sent_out_elsewhere.values())
        return frozenset(step.role for kinds in everywhere for chain in kinds.values() for step in chain)


class _Step(BaseModel):
    model_config = _STRICT

    after_s: Annotated[float, Field(ge=0, le=86_400)]
    role: Name
    until_acknowledged: bool = True


class _Place(BaseModel):
    model_config = _STRICT

    area: Annotated[str, Field(min_length=1, max_length=64)]
    kinds: dict[AlarmKind, Name] = {}
    dispatched: dict[AlarmKind, list[Name]] = {}


class _Escalation(BaseModel):
    model_config = _STRICT

    chains: dict[Name, list[_Step]]
    kinds: dict[AlarmKind, Name] = {}
    dispatched: dict[AlarmKind, list[Name]] = {}
    places: list[_Place] = []


def read_chains(path: Path) -> ChainFile:
    """Raises ``SettingsError``: each mistake with its line, its key, and what may have been meant."""
    file = read_settings_file(path)
    try:
        given = _Escalation.model_validate(file.values)
    except ValidationError as error:
        wrong = ((each["loc"], _reason(each)) for each in error.errors())
        raise SettingsError("\n".join(told(file, spot, reason) for spot, reason in wrong)) from None
    if wrong_names := list(_wrong_names(file, given)):
        raise SettingsError("\n".join(wrong_names))
    steps = {
        name: tuple(Step(step.after_s, step.role, step.until_acknowledged) for step in chain)
        for name, chain in given.chains.items()
    }
    elsewhere = {place.area: _chains(place.kinds, steps) for place in given.places}
    sent_out = {place.area: _at_once(place.dispatched) for place in given.places}
    return ChainFile(
        _chains(given.kinds, steps),
        MappingProxyType(elsewhere),
        _at_once(given.dispatched),
        MappingProxyType(sent_out),
        file,
    )


def told(file: SettingsFile, spot: _Spot, reason: str) -> str:
    """``escalation.toml, line 12: chains.call.0.role: …``"""
    line = _line_of(file.text, spot)
    place = f"{file.path}, line {line}" if line else f"{file.path}"
    return f"{place}: {'.'.join(map(str, spot))}: {reason}"


def perhaps(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """What may have been meant, as the end of a sentence."""
    close = get_close_matches(word, sorted(set(known) - {word}), n=1, cutoff=cutoff)
    return f'; did you mean "{close[0]}"?' if close else ""


def _chains(kinds: Mapping[AlarmKind, str], steps: Mapping[str, tuple[Step, ...]]) -> Chains:
    return MappingProxyType({kind: steps[name] for kind, name in kinds.items()})


def _at_once(dispatched: Mapping[AlarmKind, Sequence[str]]) -> Chains:
    told = {kind: tuple(Step(0, role, is_stopped=False) for role in roles) for kind, roles in dispatched.items()}
    return MappingProxyType(told)


def _wrong_names(file: SettingsFile, given: _Escalation) -> Iterator[str]:
    named: list[tuple[_Spot, str]] = [(("kinds", kind), name) for kind, name in given.kinds.items()]
    for number, place in enumerate(given.places):
        named += [(("places", number, "kinds", kind), name) for kind, name in place.kinds.items()]
        if place.area in [other.area for other in given.places[:number]]:
            yield told(file, ("places", number, "area"), f'"{place.area}" has chains of its own already, further up')
    for spot, name in named:
        if name not in given.chains:
            yield told(file, spot, f'there is no chain "{name}"{perhaps(name, given.chains)}')


def _reason(error: Mapping[str, Any]) -> str:
    word = str(error["loc"][-2] if error["loc"][-1] == "[key]" else error["loc"][-1])
    if error["type"] == "extra_forbidden":
        return f"nothing is called so here{perhaps(word, _KNOWN)}"
    if error["type"] == "enum" and error["loc"][-1] == "[key]":
        return f"there is no such kind of alarm{perhaps(word, AlarmKind)}"
    return str(error["msg"])


def _line_of(text: str, spot: _Spot) -> int | None:
    """Where a key stands: each part of its way is looked for below the one before it; ``n`` is the nth piece."""
    found: int | None = None
    lines = text.splitlines()
    for part in spot:
        if part == "[key]":
            continue
        nth = part if isinstance(part, int) else 0
        is_piece = isinstance(part, int)
        here = _PIECE if is_piece else re.compile(rf"""^[^#]*?(?<![\w"]){re.escape(str(part))}["']?\s*[]=.]""")
        after = found or 1
        hits = [number for number, line in enumerate(lines[after - 1 :], after) if here.search(line)]
        if nth < len(hits):
            found = hits[nth]
    return found


_PIECE = re.compile(r"^[^#]*\{|^\s*\[\[")
