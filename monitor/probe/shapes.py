"""What a probe is set to, once its file was read and found right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Login:
    """What a camera asks for. Never printed."""

    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Camera:
    """``kind``: the highest step of the ladder it can stand on."""

    id: str
    address: str
    kind: Literal["onvif", "rtsp", "tcp"]
    rtsp_port: int
    onvif_port: int
    tcp_port: int
    login: Login | None


@dataclass(frozen=True, slots=True)
class Bell:
    """A button wired to this machine. ``input``: what a press is, in the words of the contract."""

    id: str
    input: str
    source: Literal["level", "lines"]
    path: str
    is_active_low: bool


@dataclass(frozen=True, slots=True)
class Broker:
    host: str
    port: int
    is_tls: bool
    account: str
    password: str | None = field(repr=False)
    base_topic: str
    ca_file: str | None
    cert_file: str | None
    key_file: str | None


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """``check_every_s``: how often passwords and clocks are tried. ``trusts_clock``: ours, whatever the kernel says."""

    probe: str
    queue: str
    cycle_s: float
    timeout_s: float
    check_every_s: float
    at_once: int
    trusts_clock: bool
    broker: Broker
    cameras: tuple[Camera, ...]
    bells: tuple[Bell, ...]
