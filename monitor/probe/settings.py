"""``probe.toml`` → what the probe is set to, or every problem of it with its line and key."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from monitor.errors import SettingsError
from monitor.probe.setting_rules import BOXES, LISTS, RULES, Key, problems
from monitor.probe.shapes import Bell, Box, Broker, Camera, Login, ProbeSettings
from monitor.settings_file import SettingsFile, read_settings_file
from simulator.scenario.text_lines import line_of

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_FILES = ("password_file", "ca_file", "cert_file", "key_file", "credentials_file")


def read_probe_settings(path: Path) -> ProbeSettings:
    """Raises ``SettingsError`` with one line for each problem; it tells no password."""
    if not path.is_file():
        raise SettingsError(f"{path}: there is no such settings file")
    file = read_settings_file(path)
    found = sorted((line_of(file.text, key), said) for key, said in (problems(file.values)))
    if not found:
        found = sorted((line_of(file.text, key), said) for key, said in _unreadable(file))
    if found:
        raise SettingsError("\n".join(f"{path}, line {line}: {said}" for line, said in found))
    return _Reader(path.parent, file.values).settings()


def _unreadable(file: SettingsFile) -> Iterator[tuple[Key, str]]:
    """Files that are named and cannot be used; each is looked at once."""
    seen: dict[str, str | None] = {}
    tables: list[tuple[Key, Mapping[str, Any]]] = [(("broker",), file.values["broker"])]
    tables += [((kind, number), each) for kind in LISTS for number, each in enumerate(file.values.get(kind, []))]
    for place, table in tables:
        for key in _FILES:
            if (name := table.get(key)) is None:
                continue
            if name not in seen:
                seen[name] = _objection(file.path.parent / name, key)
            if objection := seen[name]:
                yield (*place, key), f'{key} = "{name}": {objection}'
    if (broker := file.values["broker"]).get("cert_file") is not None and broker.get("key_file") is None:
        yield ("broker", "cert_file"), "cert_file: key_file is missing"


def _objection(path: Path, key: str) -> str | None:
    try:
        is_open = stat.S_IMODE(path.stat().st_mode) & 0o077
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return getattr(error, "strerror", None) or "it is no text"
    if key in ("password_file", "credentials_file", "key_file") and is_open:
        return f"others may read it: chmod 600 {path}"
    first = text.partition("\n")[0].strip()
    if key == "credentials_file" and not first.partition(":")[2]:
        return "expected user:password in its first line"
    return None if first else "it is empty"


@dataclass(slots=True)
class _Reader:
    """Builds the shapes of values that were found right."""

    folder: Path
    values: Mapping[str, Any]
    _logins: dict[str, Login] = field(default_factory=dict)

    def settings(self) -> ProbeSettings:
        head = _filled("", self.values)
        return ProbeSettings(
            probe=head["probe"],
            queue=str(self.folder / head["queue"]),
            cycle_s=head["cycle_s"],
            timeout_s=head["timeout_s"],
            check_every_s=head["check_every_s"],
            at_once=head["at_once"],
            trusts_clock=head["trust_clock"],
            broker=self._broker(head["probe"]),
            cameras=tuple(self._camera(_filled("cameras", each)) for each in self.values.get("cameras", [])),
            bells=tuple(self._bell(_filled("bells", each)) for each in self.values.get("bells", [])),
        )

    def _broker(self, probe: str) -> Broker:
        told = _filled("broker", self.values["broker"])
        parts = urlsplit(told["url"])
        return Broker(
            host=parts.hostname or "",
            port=parts.port or _PORTS[parts.scheme],
            is_tls=parts.scheme == "mqtts",
            account=told["account"] or probe,
            password=self._first_line(told["password_file"]) if told["password_file"] else None,
            base_topic=told["base_topic"],
            ca_file=self._path(told["ca_file"]),
            cert_file=self._path(told["cert_file"]),
            key_file=self._path(told["key_file"]),
        )

    def _camera(self, told: Mapping[str, Any]) -> Camera:
        return Camera(
            id=told["id"],
            address=told["address"],
            kind=told["kind"],
            rtsp_port=told["rtsp_port"],
            onvif_port=told["onvif_port"],
            tcp_port=told["tcp_port"],
            login=self._login(told["credentials_file"]) if told["credentials_file"] else None,
        )

    def _bell(self, told: Mapping[str, Any]) -> Bell:
        if told["source"] in BOXES:
            login = self._login(told["credentials_file"]) if told["credentials_file"] else None
            box = Box(told["source"], told["address"], told["http_port"], login)
            path = f"{told['address']} input {told['number']}"
            return Bell(told["id"], told["input"], told["source"], path, told["active_low"], box, told["number"])
        path = told["path"] if told["path"] == "-" else str(self.folder / told["path"])
        return Bell(told["id"], told["input"], told["source"], path, told["active_low"])

    def _login(self, name: str) -> Login:
        if name not in self._logins:
            user, _, password = self._first_line(name).partition(":")
            self._logins[name] = Login(user, password)
        return self._logins[name]

    def _first_line(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8").partition("\n")[0].strip()

    def _path(self, name: str | None) -> str | None:
        return str(self.folder / name) if name else None


def _filled(table: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: given.get(key, rule.default) for key, rule in RULES[table].items()}
