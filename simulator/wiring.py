"""Who speaks for whom: one probe per group and one for the masts, one Zigbee gateway, and bells of our own.

Silent bells are Zigbee SOS buttons behind the gateway; audible and community bells speak our contract
themselves. Each sender is one connection with its own account, as in the field.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.commune import Button, Commune, Eye

ZIGBEE_BASE = "zigbee2mqtt"
NATIVE_BASE = "anninh/v1"
GATEWAY_ID = "GW-DV-01"
GATEWAY_ACCOUNT = "zigbee2mqtt"
# For presses by hand beside the running gateway: a broker that binds client ids to accounts
# would throw the gateway out if both used one account.
HAND_ACCOUNT = "hand"


@dataclass(frozen=True, slots=True)
class Probe:
    """An edge probe and the eyes it watches."""

    probe_id: str
    name: str
    group_id: str | None
    group_name: str | None
    eyes: tuple[Eye, ...]


@dataclass(frozen=True, slots=True)
class ZigbeeButton:
    """A button behind the gateway. ``address`` is its friendly name there, ``ieee_address`` its hardware's."""

    address: str
    ieee_address: str
    button: Button


@dataclass(frozen=True, slots=True)
class Wiring:
    probes: tuple[Probe, ...]
    zigbee_buttons: tuple[ZigbeeButton, ...]
    native_bells: tuple[Button, ...]

    def device_accounts(self) -> tuple[str, ...]:
        """Accounts named like their device, each confined to the topics below its own id."""
        return (*(probe.probe_id for probe in self.probes), *(bell.device_id for bell in self.native_bells))


def wire(commune: Commune) -> Wiring:
    silent = [button for button in commune.buttons if button.is_silent_at_site]
    audible = [button for button in commune.buttons if not button.is_silent_at_site]
    return Wiring(
        probes=(*_group_probes(commune), _mast_probe(commune)),
        zigbee_buttons=tuple(_zigbee(number, button) for number, button in enumerate(silent, start=1)),
        native_bells=tuple(audible),
    )


def alarm_input(button: Button) -> str:
    """The kind of help a button calls for, in our contract's words."""
    return "hold_up" if "robbery" in button.alarm_types else "intrusion"


def _group_probes(commune: Commune) -> list[Probe]:
    return [
        Probe(
            probe_id=f"PROBE-{group.group_id}",
            name=f"Bộ dò camera – {group.name}",
            group_id=group.group_id,
            group_name=group.name,
            eyes=tuple(eye for eye in commune.eyes if eye.group == group),
        )
        for group in commune.groups
    ]


def _mast_probe(commune: Commune) -> Probe:
    return Probe("PROBE-HM-01", "Bộ dò camera tầm cao", None, None, commune.high_mast)


def _zigbee(number: int, button: Button) -> ZigbeeButton:
    address = f"sos-{button.establishment_id.lower()}-{button.button_no}"
    return ZigbeeButton(address, f"0x00158d00d1a1{number:04x}", button)
