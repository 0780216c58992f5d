"""Registers the commune with the monitor, over HTTP like any other client. Run again, it changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from simulator.commune import Button, Commune, Eye, Group
from simulator.wiring import GATEWAY_ID, Probe, Wiring, ZigbeeButton, alarm_input
from simulator.zigbee2mqtt_format import MODEL

TIMEOUT_S = 30.0
ALREADY_THERE = 409
GATEWAY_ADDRESS = "bridge"
TOWN = "Đinh Văn"


class EnrolmentError(RuntimeError):
    """The monitor refuses a device or cannot be reached; the text says which and why."""


def registrations(commune: Commune, wiring: Wiring) -> Iterator[dict[str, Any]]:
    """A ``POST /api/v1/devices`` body for each device: what speaks for others first."""
    yield from map(_probe, wiring.probes)
    yield _gateway()
    yield from map(_zigbee_button, wiring.zigbee_buttons)
    yield from (_bell(bell, "native", bell.device_id) for bell in wiring.native_bells)
    yield from map(_eye, (*commune.eyes, *commune.high_mast))


def enrol(http_url: str, token: str, bodies: Iterator[dict[str, Any]]) -> int:
    """Returns how many devices are new."""
    parts = urlsplit(http_url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT_S)
    try:
        return sum(_register(connection, token, body) for body in bodies)
    except (OSError, HTTPException) as error:
        raise EnrolmentError(f"{http_url} cannot be reached: {error}") from error
    finally:
        connection.close()


def _register(connection: HTTPConnection, token: str, body: dict[str, Any]) -> bool:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/devices", json.dumps(body).encode(), headers)
    response = connection.getresponse()
    answer = response.read().decode(errors="replace")
    if response.status == ALREADY_THERE:
        return False
    if response.status != 201:
        raise EnrolmentError(f"{body['id']} was refused with {response.status}: {answer[:300]}")
    return True


def _placed(group: Group | None) -> dict[str, Any]:
    if group is None:
        return {"street_address": TOWN}
    return {"group_id": group.group_id, "group_name": group.name, "street_address": f"{group.name}, {TOWN}"}


def _probe(probe: Probe) -> dict[str, Any]:
    body = {"id": probe.probe_id, "class": "probe", "name": probe.name, "adapter": "native", "address": probe.probe_id}
    if probe.group_id is None:
        return body
    return body | {"group_id": probe.group_id, "group_name": probe.group_name}


def _gateway() -> dict[str, Any]:
    return {
        "id": GATEWAY_ID,
        "class": "gateway",
        "name": "Cổng Zigbee trụ sở",
        "adapter": "zigbee2mqtt",
        "address": GATEWAY_ADDRESS,
    }


def _zigbee_button(zigbee: ZigbeeButton) -> dict[str, Any]:
    return _bell(zigbee.button, "zigbee2mqtt", zigbee.address) | {"model": MODEL}


def _bell(button: Button, adapter: str, address: str) -> dict[str, Any]:
    return {
        "id": button.device_id,
        "class": "bell",
        "name": f"{button.establishment} – {button.position}",
        "adapter": adapter,
        "address": address,
        "alarm_kind": alarm_input(button),
        "is_silent_at_site": button.is_silent_at_site,
        "place": button.establishment,
        "position": button.position,
        "latitude": button.latitude,
        "longitude": button.longitude,
        **_placed(button.group),
    }


def _eye(eye: Eye) -> dict[str, Any]:
    return {
        "id": eye.device_id,
        "class": "camera",
        "name": f"{eye.place}, mắt {eye.eye_no}",
        "adapter": "native",
        "address": eye.device_id,
        "is_high_mast": eye.is_high_mast,
        "place": eye.place,
        "position": f"Mắt {eye.eye_no}",
        "latitude": eye.latitude,
        "longitude": eye.longitude,
        **_placed(eye.group),
    }
