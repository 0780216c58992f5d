"""What an officer does about an alarm, step by step, read from ``config/action_plans.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from device_adapters.core.events import CALLS_FOR_HELP, AlarmKind
from monitor.errors import SettingsError
from monitor.inventory.kinds import EstablishmentKind

Words = Annotated[str, Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class PlanStep:
    """``only_at``: the kinds of establishment it is for; none: everywhere."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    vi: Words
    en: Words
    blocks_closing: bool
    only_at: tuple[EstablishmentKind, ...] = ()


ActionPlans: TypeAlias = Mapping[AlarmKind, Sequence[PlanStep]]
NO_PLANS: ActionPlans = MappingProxyType({})
_FILE = TypeAdapter(dict[AlarmKind, list[PlanStep]])


def read_action_plans(path: Path) -> ActionPlans:
    """Kind → its steps in order. Raises ``SettingsError`` with the file, the place and what was expected."""
    try:
        plans = _FILE.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None
    except ValidationError as error:
        told = (f"{path}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise SettingsError("\n".join(told)) from None
    for kind, steps in plans.items():
        if kind not in CALLS_FOR_HELP:
            raise SettingsError(
                f"{path}: [[{kind}]]: no incident is opened for it: {', '.join(sorted(CALLS_FOR_HELP))}"
            )
        ids = [step.id for step in steps]
        if twice := {each for each in ids if ids.count(each) > 1}:
            raise SettingsError(f"{path}: [[{kind}]]: two steps are called {', '.join(sorted(twice))}")
    return plans


def steps_for(plans: ActionPlans, kind: AlarmKind, establishment: EstablishmentKind | None) -> list[PlanStep]:
    """In order."""
    return [step for step in plans.get(kind, ()) if not step.only_at or establishment in step.only_at]
