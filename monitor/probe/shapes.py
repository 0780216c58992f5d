"""What a probe is set to, once its file was read and found right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from monitor.clock import Clock


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
class Box:
    """A camera or recorder with alarm inputs. Those of one box are heard over one line."""

    make: str
    address: str
    port: int
    login: Login | None


@dataclass(frozen=True, slots=True)
class Bell:
    """A button wired to this machine, or to a box: then ``number`` is that of its input there, from 1.

    ``input``: what a press is, in the words of the contract.
    """

    id: str
    input: str
    source: Literal["level", "lines", "hikvision", "dahua"]
    path: str
    is_active_low: bool
    box: Box | None = None
    number: int = 1


@dataclass(frozen=True, slots=True)
class Timing:
    """Of boxes. ``again_s``: after which a password that was refused is said again."""

    timeout_s: float
    again_s: float
    clock: Clock
    ask_every_s: float = 10
    ask_while_on_s: float = 2
    line_again_s: float = 1


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
