"""Finds the adapters by looking: every module directly in ``device_adapters`` that defines ``ADAPTER``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import device_adapters
from device_adapters.core.contract import Adapter


class RegistryError(RuntimeError):
    """An adapter file that breaks the rules; the monitor must not start with it."""


@cache
def adapters() -> Mapping[str, Adapter]:
    """Name → adapter, in order of name. Raises ``RegistryError`` where a file and its adapter disagree."""
    found: dict[str, Adapter] = {}
    bases: dict[str, str] = {}
    for module_info in pkgutil.iter_modules(device_adapters.__path__):
        if module_info.ispkg:
            continue
        adapter = _adapter_of(module_info.name)
        other = bases.get(adapter.default_base)
        if other and adapter.default_base:  # many speak at the root, each below names of its own
            raise RegistryError(f"{adapter.name} and {other} both claim the base topic {adapter.default_base!r}")
        bases[adapter.default_base] = adapter.name
        found[adapter.name] = adapter
    return MappingProxyType(found)


def _adapter_of(module_name: str) -> Adapter:
    module = importlib.import_module(f"device_adapters.{module_name}")
    adapter = getattr(module, "ADAPTER", None)
    if not isinstance(adapter, Adapter):
        raise RegistryError(f"device_adapters/{module_name}.py defines no ADAPTER")
    if adapter.name != module_name:
        raise RegistryError(f"device_adapters/{module_name}.py names its adapter {adapter.name!r}")
    return adapter
