"""Whom to tell of what: the chains of ``config/escalation.toml`` and the roster of ``config/channels.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from device_adapters.core.events import AlarmKind
from monitor.errors import SettingsError
from monitor.machines.escalation import Recipient, Step, Way
from monitor.notify.channel_settings import ChannelSettings, Zalo

Name = Annotated[str, Field(min_length=1, max_length=24)]
_STRICT = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Plan:
    """``chains``: kind of alarm → its steps. ``roster``: role → who is told."""

    chains: Mapping[AlarmKind, tuple[Step, ...]] = field(default_factory=dict)
    roster: Mapping[str, tuple[Recipient, ...]] = field(default_factory=dict)
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    zalo: Zalo | None = None


NOBODY = Plan()


class _Step(BaseModel):
    model_config = _STRICT

    after_s: Annotated[float, Field(ge=0, le=86_400)]
    role: Name
    until_acknowledged: bool = True


class _Escalation(BaseModel):
    model_config = _STRICT

    chains: dict[Name, list[_Step]]
    kinds: dict[AlarmKind, Name] = {}


class _Told(BaseModel):
    model_config = _STRICT

    role: Name
    name: Annotated[str, Field(min_length=1, max_length=200)]
    ways: Annotated[list[Annotated[str, Field(pattern=r"^[^:\s]+:\S.*$")]], Field(min_length=1)]


class _Channels(BaseModel):
    model_config = _STRICT

    zalo: Zalo | None = None
    channels: dict[Name, ChannelSettings] = {}
    told: list[_Told] = []


def read_plan(escalation: Path, channels: Path) -> Plan:
    """Raises ``SettingsError`` with the file, the place and what was expected."""
    chains, lists = _read(escalation, _Escalation), _read(channels, _Channels)
    if unknown := sorted(set(chains.kinds.values()) - set(chains.chains)):
        raise SettingsError(f"{escalation}: [kinds] names chains that are not there: {', '.join(unknown)}")
    roster: dict[str, tuple[Recipient, ...]] = {}
    for told in lists.told:
        ways = tuple(Way(*way.split(":", 1)) for way in told.ways)
        if lost := sorted({way.channel for way in ways} - set(lists.channels)):
            raise SettingsError(f"{channels}: {told.name}: there is no channel {', '.join(lost)}")
        roster[told.role] = (*roster.get(told.role, ()), Recipient(told.name, ways))
    for name, channel in lists.channels.items():
        if channel.kind in {"zalo_user", "zalo_group", "zns"} and lists.zalo is None:
            raise SettingsError(f"{channels}: [channels.{name}]: expected the account in [zalo]")
    steps = {
        name: tuple(Step(step.after_s, step.role, step.until_acknowledged) for step in chain)
        for name, chain in chains.chains.items()
    }
    return Plan(
        MappingProxyType({kind: steps[name] for kind, name in chains.kinds.items()}),
        MappingProxyType(roster),
        MappingProxyType(lists.channels),
        lists.zalo,
    )


def _read(path: Path, shape: Any) -> Any:
    try:
        return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None
    except ValidationError as error:
        # Never the value: it may be a secret.
        told = (f"{path}: {'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())
        raise SettingsError("\n".join(told)) from None
