"""An address as its family itself writes it, whichever way people typed it; what is no such address stays as it is."""

from __future__ import annotations

import re

_EUI, _MAC = re.compile(r"[0-9a-f]{16}"), re.compile(r"[0-9A-F]{12}")
_IEEE, _CODE = re.compile(r"0x[0-9a-f]{16}"), re.compile(r"0x[0-9a-f]{1,16}", re.IGNORECASE)
_BETWEEN = re.compile(r"[-:\s]")


def eui(typed: str) -> str:
    """A DevEUI or a gateway's id: printed in capitals and groups, spoken in small letters."""
    bare = _BETWEEN.sub("", typed).lower()
    return bare if _EUI.fullmatch(bare) else typed


def ieee(typed: str) -> str:
    return typed.lower() if _IEEE.fullmatch(typed.lower()) else typed


def serial(typed: str) -> str:
    """A serial number that is a hardware address in capitals; the name of an input behind it stays."""
    box, slash, name = typed.partition("/")
    bare = _BETWEEN.sub("", box).upper()
    return f"{bare}{slash}{name}" if _MAC.fullmatch(bare) else typed


def code(typed: str) -> str:
    """Behind the topic of a bridge the code of a radio button, or the short address of a Zigbee one: 0x7028D2."""
    box, slash, name = typed.rpartition("/")
    return f"{box}{slash}0x{name[2:].upper()}" if slash and _CODE.fullmatch(name) else typed


def account(typed: str) -> str:
    """A panel's account in capitals; a zone behind it without its leading zeros."""
    panel, slash, zone = typed.upper().partition("/")
    return f"{panel}{slash}{zone.lstrip('0') or zone}"
