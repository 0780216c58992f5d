from __future__ import annotations

import types

import pytest

from device_adapters.core import registry
from device_adapters.core.contract import Adapter, Decoded
from device_adapters.core.registry import RegistryError, adapters


def _module(monkeypatch: pytest.MonkeyPatch, **named: object) -> None:
    modules = {name: types.SimpleNamespace(ADAPTER=adapter) for name, adapter in named.items()}
    infos = [types.SimpleNamespace(name=name, ispkg=False) for name in modules]
    monkeypatch.setattr(registry.pkgutil, "iter_modules", lambda _: infos)
    monkeypatch.setattr(registry.importlib, "import_module", lambda name: modules[name.rpartition(".")[2]])


def _adapter(name: str, base: str) -> Adapter:
    return Adapter(name=name, default_base=base, subscriptions=(), decode=lambda *_: Decoded())


@pytest.fixture(autouse=True)
def fresh() -> object:
    adapters.cache_clear()
    yield
    adapters.cache_clear()


def test_it_finds_the_adapters_by_looking() -> None:
    assert {"native", "zigbee2mqtt"} <= set(adapters())


def test_it_refuses_a_file_without_an_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    _module(monkeypatch, tasmota=None)
    with pytest.raises(RegistryError, match=r"tasmota\.py defines no ADAPTER"):
        adapters()


def test_it_refuses_an_adapter_named_otherwise_than_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    _module(monkeypatch, tasmota=_adapter("shelly", "shellies"))
    with pytest.raises(RegistryError, match="names its adapter 'shelly'"):
        adapters()


def test_it_refuses_two_adapters_on_one_base_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    _module(monkeypatch, one=_adapter("one", "here"), two=_adapter("two", "here"))
    with pytest.raises(RegistryError, match="both claim the base topic 'here'"):
        adapters()
