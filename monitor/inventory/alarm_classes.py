"""What each kind of alarm means for the desk, read from ``config/alarm_classes.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import CALLS_UNDER_THREAT, NEVER_SHELVED, AlarmKind
from monitor.errors import SettingsError

Priority = Annotated[int, Field(ge=1, le=4)]


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class AlarmClass:
    """One kind's rules. ``priority`` 1 (most urgent) … 4 (list only)."""

    priority: Priority
    is_latching: bool
    can_be_shelved: bool
    priority_of: Mapping[DeviceClass, Priority] = Field(default_factory=dict)

    def priority_for(self, device_class: DeviceClass | None) -> int:
        """The priority for a device of this class; None is a device nobody registered."""
        return self.priority if device_class is None else self.priority_of.get(device_class, self.priority)


_FILE = TypeAdapter(dict[AlarmKind, AlarmClass])


def read_alarm_classes(path: Path) -> Mapping[AlarmKind, AlarmClass]:
    """Every kind → its class. Raises ``SettingsError`` with the file, the kind and what was expected."""
    try:
        classes = _FILE.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None
    except ValidationError as error:
        raise SettingsError("\n".join(f"{path}: {_told(problem)}" for problem in error.errors())) from None
    if missing := [kind for kind in AlarmKind if kind not in classes]:
        raise SettingsError(
            f"{path}: expected a section for each kind of alarm; there is none for {', '.join(missing)}"
        )
    for kind in sorted(CALLS_UNDER_THREAT):
        if not _is_untouched(classes[kind]):
            raise SettingsError(
                f"{path}: [{kind}]: expected priority = 1, is_latching = true, can_be_shelved = false "
                "and no priority_of: a call for help cannot be switched off"
            )
    if shelved := sorted(kind for kind in NEVER_SHELVED if classes[kind].can_be_shelved):
        raise SettingsError(
            f"{path}: [{shelved[0]}]: expected can_be_shelved = false: a call for help is never shelved"
        )
    return MappingProxyType(classes)


def _is_untouched(rules: AlarmClass) -> bool:
    return rules.priority == 1 and rules.is_latching and not rules.can_be_shelved and not rules.priority_of


def _told(problem: Mapping[str, object]) -> str:
    place = problem["loc"]
    path = ".".join(str(part) for part in place if part != "[key]") if isinstance(place, tuple) else str(place)
    return f"[{path}]: {problem['msg']}, found {problem['input']!r}"
