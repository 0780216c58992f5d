"""Whom to tell of what: the chains of ``config/escalation.toml`` and the roster of ``config/channels.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from device_adapters.core.events import AlarmKind
from monitor.errors import SettingsError
from monitor.machines.escalation import Recipient, Step, Way
from monitor.machines.quiet_hours import MAY_BE_QUIET, NEVER, Quiet, is_for_ever
from monitor.notify.chain_file import ChainFile, Name, perhaps, read_chains
from monitor.notify.channel_settings import ChannelSettings, MayBeQuiet, Zalo
from monitor.notify.layer_plan import NO_LAYERS, LayerRules, read_layers
from monitor.notify.zalo_hook import ZaloHook

_STRICT = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Plan:
    """``chains``: kind of alarm → its steps. ``roster``: role → who is told. ``elsewhere``: area → the kinds that have
    chains of their own there and below it. ``sent_out``, ``sent_out_elsewhere``: in the same shape, who is told when
    forces are sent.
    """

    chains: Mapping[AlarmKind, tuple[Step, ...]] = field(default_factory=dict)
    roster: Mapping[str, tuple[Recipient, ...]] = field(default_factory=dict)
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    zalo: Zalo | None = None
    elsewhere: Mapping[str, Mapping[AlarmKind, tuple[Step, ...]]] = field(default_factory=dict)
    layers: LayerRules = NO_LAYERS
    quiet: Quiet = NEVER
    sent_out: Mapping[AlarmKind, tuple[Step, ...]] = field(default_factory=dict)
    sent_out_elsewhere: Mapping[str, Mapping[AlarmKind, tuple[Step, ...]]] = field(default_factory=dict)

    def rings(self, kind: AlarmKind) -> bool:
        """Whether an alarm of this kind starts a chain anywhere."""
        return bool(self.chains.get(kind)) or any(kinds.get(kind) for kinds in self.elsewhere.values())

    @property
    def zalo_hook(self) -> ZaloHook | None:
        """None where no secret is given to know Zalo by."""
        secret = self.zalo.oa_secret_key.get_secret_value() if self.zalo else ""
        ours = {way.address for told in self.roster.values() for each in told for way in each.ways}
        return ZaloHook(self.zalo.app_id, secret, ours) if self.zalo and secret else None

    @property
    def roles(self) -> list[str]:
        """Whom any chain names, whoever is told first before the others."""
        chains = [*self.chains.values(), *(chain for kinds in self.elsewhere.values() for chain in kinds.values())]
        steps = sorted({(step.after_s, step.role) for chain in chains for step in chain})
        return list(dict.fromkeys(role for _, role in steps))


NOBODY = Plan()


class _Told(MayBeQuiet):
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
    chains, lists = read_chains(escalation), _read(channels, _Channels)
    roster: dict[str, tuple[Recipient, ...]] = {}
    for each in lists.told:
        ways = tuple(Way(*way.split(":", 1)) for way in each.ways)
        if lost := sorted({way.channel for way in ways} - set(lists.channels)):
            raise SettingsError(f"{channels}: {each.name}: there is no channel {', '.join(lost)}")
        roster[each.role] = (*roster.get(each.role, ()), Recipient(each.name, ways))
    _refuse_slips(chains, roster)
    for name, channel in lists.channels.items():
        if channel.kind in {"zalo_user", "zalo_group", "zns"} and lists.zalo is None:
            raise SettingsError(f"{channels}: [channels.{name}]: expected the account in [zalo]")
    return Plan(
        chains.kinds,
        MappingProxyType(roster),
        MappingProxyType(lists.channels),
        lists.zalo,
        chains.elsewhere,
        quiet=_quiet(lists, channels),
        sent_out=chains.sent_out,
        sent_out_elsewhere=chains.sent_out_elsewhere,
    )


def _quiet(lists: _Channels, path: Path) -> Quiet:
    ways = {name: each.quiet_hours for name, each in lists.channels.items()}
    people = {(each.role, each.name): each.quiet_hours for each in lists.told}
    quiet = Quiet(
        {name: hours for name, hours in ways.items() if hours}, {whom: hours for whom, hours in people.items() if hours}
    )
    for each in lists.told:
        for name in (way.split(":", 1)[0] for way in each.ways):
            both = [hours for hours in (ways[name], each.quiet_hours) if hours]
            if any(is_for_ever(both, priority) for priority in MAY_BE_QUIET):
                raise SettingsError(f"{path}: {each.name}: by {name} there is no hour that is not quiet")
    return quiet


def _refuse_slips(chains: ChainFile, roster: Mapping[str, Any]) -> None:
    """A role may be held by nobody; one that is nearly written like a role that is held is a slip of the pen."""
    for role in sorted(chains.roles - set(roster)):
        if meant := perhaps(role, [held for held in roster if not (held in role or role in held)], cutoff=0.85):
            line = next(number for number, line in enumerate(chains.file.text.splitlines(), 1) if f'"{role}"' in line)
            where = f"{chains.file.path}, line {line}: role"
            raise SettingsError(f'{where}: nobody holds "{role}" in channels.toml{meant}')


def with_layers(plan: Plan, layers: Path) -> Plan:
    """As ``read_plan``, of how rings of units are told; none are where there is no such file."""
    return plan if not layers.is_file() else replace(plan, layers=read_layers(layers, plan.channels))


def _read(path: Path, shape: Any) -> Any:
    try:
        return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None
    except ValidationError as error:
        # Never the value: it may be a secret.
        told = (f"{path}: {'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())
        raise SettingsError("\n".join(told)) from None
