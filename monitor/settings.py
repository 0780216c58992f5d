"""The settings: ``config/monitor.toml``, overridden by ``CHUONG_<NAME>``; anything unknown or wrong stops the start.

What each setting means, and why its default is what it is, stands beside it in ``config/monitor.toml``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from device_adapters.core.contract import UNSUPERVISED, DeviceClass, Session, Supervision
from monitor.desk_settings import DeskSettings
from monitor.errors import SettingsError
from monitor.panel_settings import PanelSettings
from monitor.setting_kinds import BaseTopic, Count, DatabaseUrl, HoursOrAlways, MqttUrl, RootOrTopic, Seconds
from monitor.settings_file import SettingsFile, read_settings_file
from monitor.sparkplug_settings import SparkplugSettings

PREFIX = "CHUONG_"
FILE_VARIABLE = "CHUONG_CONFIG"
FILE_NAME = "config/monitor.toml"
BASE_TOPIC = "base_topic_"
MQTT_PORTS = MappingProxyType({"mqtt": 1883, "mqtts": 8883})
Secret = Annotated[str | None, Field(repr=False)]
Place = Annotated[str, Field(min_length=1)]


class Settings(DeskSettings, PanelSettings, SparkplugSettings):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    post_name: Annotated[str, Field(min_length=1, max_length=80)] = "Trực ban"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    database_url: DatabaseUrl = "sqlite:///data/chuong.sqlite3"
    disk_free_min_mib: Count = 500

    mqtt_url: MqttUrl = "mqtt://127.0.0.1:1883"
    mqtt_alarm_user: str | None = None
    mqtt_alarm_password: Secret = None
    mqtt_state_user: str | None = None
    mqtt_state_password: Secret = None
    canary_every_s: Annotated[float, Field(ge=0.1, le=20)] = 2
    mosquitto_folder: Place | None = None
    mosquitto_pid_file: Place | None = None
    base_topic_native: BaseTopic = "anninh/v1"
    base_topic_homie: BaseTopic = "homie"
    base_topic_ha_discovery: BaseTopic = "homeassistant"
    base_topic_sparkplug: BaseTopic = "spBv1.0"
    base_topic_axis: RootOrTopic = ""
    base_topic_onvif: RootOrTopic = ""
    base_topic_chirpstack: RootOrTopic = ""
    base_topic_shelly: RootOrTopic = ""
    base_topic_tasmota: RootOrTopic = ""
    base_topic_frigate: BaseTopic = "frigate"
    base_topic_zigbee2mqtt: BaseTopic = "zigbee2mqtt"

    ingest: Literal["own", "workers"] = "own"
    queue_max_messages: Count = 10_000
    batch_max_messages: Annotated[int, Field(ge=1, le=1000)] = 200
    batch_linger_s: Annotated[float, Field(ge=0, le=1)] = 0.002
    heartbeat_flush_s: Annotated[float, Field(gt=0, le=60)] = 1

    keep_alarms_days: Annotated[int, Field(ge=1827, le=36_500)] = 1830
    keep_spans_days: Annotated[int, Field(ge=366, le=36_500)] = 1830
    merge_busy_days_after_days: Annotated[int, Field(ge=92, le=36_500)] = 100
    keep_hour_counts_days: Annotated[int, Field(ge=1, le=36_500)] = 100
    keep_steps_days: Annotated[int, Field(ge=1, le=36_500)] = 30
    keep_quarantine_days: Annotated[int, Field(ge=1, le=36_500)] = 90
    quarantine_max_rows: Annotated[int, Field(ge=100, le=10_000_000)] = 20_000

    siren_max_on_s: Annotated[int, Field(ge=5, le=1800)] = 180
    siren_wide_over: Annotated[int, Field(ge=1, le=1000)] = 3
    siren_second_within_s: Annotated[int, Field(ge=10, le=3600)] = 120

    never_seen_after_s: Seconds = 86_400
    maintenance_lasts_s: Seconds = 28_800
    supervision_bell_interval_s: Seconds = 20
    supervision_bell_deadline_s: Seconds = 85
    supervision_bell_hours: HoursOrAlways = ""
    supervision_siren_interval_s: Seconds = 20
    supervision_siren_deadline_s: Seconds = 85
    supervision_siren_hours: HoursOrAlways = ""
    supervision_camera_interval_s: Seconds = 40
    supervision_camera_deadline_s: Seconds = 170
    supervision_camera_hours: HoursOrAlways = ""
    supervision_recorder_interval_s: Seconds = 40
    supervision_recorder_deadline_s: Seconds = 170
    supervision_recorder_hours: HoursOrAlways = ""
    supervision_gateway_interval_s: Seconds = 30
    supervision_gateway_deadline_s: Seconds = 130
    supervision_gateway_hours: HoursOrAlways = ""
    supervision_probe_interval_s: Seconds = 30
    supervision_probe_deadline_s: Seconds = 130
    supervision_probe_hours: HoursOrAlways = ""

    @field_validator("*")
    @classmethod
    def _deadline_after_interval(cls, value: Any, info: ValidationInfo) -> Any:
        name = info.field_name or ""
        interval_s = info.data.get(name.replace("_deadline_s", "_interval_s"))
        if name.endswith("_deadline_s") and interval_s is not None and value <= interval_s:
            raise ValueError(f"more than the interval of {interval_s:g} s")
        return value

    @field_validator("*")
    @classmethod
    def _base_topics_apart(cls, value: Any, info: ValidationInfo) -> Any:
        """Else each message of the inner one would have two readers, and only the first would get it."""
        if not (info.field_name or "").startswith(BASE_TOPIC) or not value:
            return value
        for name, other in info.data.items():
            if (
                other
                and name.startswith(BASE_TOPIC)
                and (f"{value}/".startswith(f"{other}/") or other.startswith(f"{value}/"))
            ):
                raise ValueError(f'a topic apart from {name} = "{other}": neither the same nor one within the other')
        return value

    @property
    def supervision(self) -> Mapping[DeviceClass, Supervision]:
        """How long silence is normal, per supervised class; an adapter or a device may have its own."""
        values = self.model_dump()
        return MappingProxyType(
            {
                device_class: Supervision(
                    interval_s=values[f"supervision_{device_class}_interval_s"],
                    deadline_s=values[f"supervision_{device_class}_deadline_s"],
                )
                for device_class in DeviceClass
                if device_class not in UNSUPERVISED
            }
        )

    @property
    def supervision_hours(self) -> Mapping[DeviceClass, str]:
        """When a class is expected; one that is not there, always. A device may have its own."""
        said = {each: getattr(self, f"supervision_{each}_hours") for each in self.supervision}
        return MappingProxyType({device_class: hours for device_class, hours in said.items() if hours})

    @property
    def base_topics(self) -> Mapping[str, str]:
        """Adapter name → its base topic."""
        topics = {name.removeprefix(BASE_TOPIC): value for name, value in self if name.startswith(BASE_TOPIC)}
        return MappingProxyType(topics | {"sia_dc09": "dc09"})  # what speaks to a port of our own is called so


def load_settings(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads the file, then the environment over it.

    The file is ``path``, else the one ``CHUONG_CONFIG`` names, else ``./config/monitor.toml``, else the one shipped.
    Raises ``SettingsError`` with one line for each problem: where it is, what was found, what was expected.
    """
    file = read_settings_file(settings_file(path, environ))
    overrides = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name != FILE_VARIABLE
    }
    problems = dict(_problems(file.values, strict=True)) | dict(_problems(file.values | overrides, strict=False))
    if problems:
        in_order = sorted(problems, key=lambda key: file.line_of(key) or 0)
        raise SettingsError("\n".join(_sentence(file, overrides, key, problems[key]) for key in in_order))
    return Settings.model_validate(file.values | overrides)


def settings_file(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The settings file that counts. Raises ``SettingsError`` where one is asked for and is not there."""
    asked_for = path or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
    if asked_for is None:
        here = Path(FILE_NAME)
        return here if here.is_file() else shipped(FILE_NAME)
    if not asked_for.is_file():
        raise SettingsError(f"{asked_for}: there is no such settings file")
    return asked_for


def broker_address(settings: Settings) -> tuple[str, int]:
    """Host and port of the broker; without a port, the one registered for its scheme."""
    parts = urlsplit(settings.mqtt_url)
    return parts.hostname or "", parts.port or MQTT_PORTS[parts.scheme]


@dataclass(frozen=True, slots=True)
class BrokerAccount:
    """``name`` is None where the broker asks for no account."""

    name: str | None
    password: str | None = field(repr=False)


def broker_accounts(settings: Settings) -> Mapping[Session, BrokerAccount]:
    """Each session's own account, else the one in the address of the broker."""
    parts = urlsplit(settings.mqtt_url)
    shared = BrokerAccount(*(unquote(word) if word else None for word in (parts.username, parts.password)))
    own = {
        Session.ALARM: BrokerAccount(settings.mqtt_alarm_user, settings.mqtt_alarm_password),
        Session.STATE: BrokerAccount(settings.mqtt_state_user, settings.mqtt_state_password),
    }
    return {session: account if account.name else shared for session, account in own.items()}


def alarm_classes_file(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The ``alarm_classes.toml`` beside the settings file that counts, else the one shipped."""
    return _beside_or_shipped(settings_file(path, environ), "alarm_classes.toml")


def action_plans_file(classes_file: Path) -> Path:
    """The ``action_plans.toml`` beside the alarm classes, else the one shipped."""
    return _beside_or_shipped(classes_file, "action_plans.toml")


def layers_file(channels_file: Path) -> Path:
    """The ``layers.toml`` beside the channels it names; where a post has channels of its own it may be missing."""
    return channels_file.with_name("layers.toml")


def discipline_file(classes_file: Path) -> Path:
    """The ``alarm_discipline.toml`` beside the alarm classes, else the one shipped."""
    return _beside_or_shipped(classes_file, "alarm_discipline.toml")


def plan_files(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> tuple[Path, Path]:
    """``escalation.toml`` and ``channels.toml``, found alike: who is told, and by which ways."""
    file = settings_file(path, environ)
    return _beside_or_shipped(file, "escalation.toml"), _beside_or_shipped(file, "channels.toml")


def _beside_or_shipped(counts: Path, name: str) -> Path:
    return beside if (beside := counts.with_name(name)).is_file() else shipped(f"config/{name}")


def gong_codes_file(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """As ``alarm_classes_file``, of ``gong_codes.toml``."""
    return _beside_or_shipped(settings_file(path, environ), "gong_codes.toml")


def shipped(name: str) -> Path:
    """A file or folder of ``config/`` or ``deploy/``: the package's copy, or the source tree's own."""
    package = Path(__file__).parent
    copy = package / "shipped" / name
    return copy if copy.exists() else package.parent / name


def _problems(values: Mapping[str, Any], *, strict: bool) -> Iterator[tuple[str, str | None]]:
    """Key → what was expected (None: there is no such setting), for each wrong one.

    Strict for the file, which has types of its own; text from the environment is converted. What compares
    two settings is left to the second look, when the environment has been laid over the file.
    """
    try:
        Settings.model_validate(values, strict=strict)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            key = str(problem["loc"][0])
            if problem["type"] == "extra_forbidden":
                yield key, None
            elif not (strict and problem["type"] == "value_error"):
                yield key, re.sub(r"^(Input should be|Value error,) ", "", problem["msg"])


def _sentence(file: SettingsFile, overrides: dict[str, str], key: str, expected: str | None) -> str:
    if key in overrides:
        place, name = "environment", f"{PREFIX}{key.upper()}"
    else:
        line, name = file.line_of(key), key
        place = f"{file.path}, line {line}" if line else f"{file.path}, default"
    if expected is not None:
        default = Settings.model_fields[key].default
        return f"{place}: {name} = {_shown(key, (file.values | overrides).get(key, default))}: expected {expected}"
    hint = f"all are listed in {FILE_NAME}"
    for likely in get_close_matches(key, Settings.model_fields, n=1):
        hint = f"did you mean {name.replace(key, likely).replace(key.upper(), likely.upper())}?"
    return f"{place}: {name}: there is no such setting; {hint}"


def _shown(key: str, value: object) -> str:
    """The value as found, without its secrets: the sentence goes to the console and the log."""
    if key.endswith("_password"):
        return '"***"'
    if isinstance(value, str):
        return '"' + re.sub(r"(//[^:]*):.*@", r"\1:***@", value) + '"'
    return str(value).lower() if isinstance(value, bool) else str(value)
