"""The inventory as the two files mosquitto reads: who may sign in, and who may say what. Pure: rows → bytes.

What the post itself has written, accounts of the monitor and of gateways and the rules for everybody, comes first and
stays as it is; what the inventory holds is added. A device can add nothing to it but its own account.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from device_adapters.core.places import ID
from monitor.inventory.credentials import DeviceAccount

NOTICE = "# Written by the monitor, which writes it anew after each change: edit {own} instead.\n"
OWN_ACCOUNTS, OWN_RULES = "post.passwd", "post.acl"
PASSWORDS, RULES = "passwd", "acl"
_HASH = re.compile(r"\$7\$[1-9][0-9]*\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+")


@dataclass(frozen=True, slots=True)
class PostFiles:
    """What people have written for the broker: its accounts, as ``mosquitto_passwd`` makes them, and its rules."""

    accounts: str = field(repr=False)
    rules: str

    @property
    def names(self) -> frozenset[str]:
        """Accounts that are the post's own, by either file."""
        signing_in = {line.split(":", 1)[0] for line in _lines(self.accounts)}
        ruled = {line[len("user ") :].strip() for line in _lines(self.rules) if line.startswith("user ")}
        return frozenset(signing_in | ruled)


@dataclass(frozen=True, slots=True)
class BrokerFiles:
    """``left_out``: names of devices that are names of the post's own accounts too, or that no file could hold."""

    passwords: bytes = field(repr=False)
    rules: bytes = field(repr=False)
    left_out: tuple[str, ...] = ()


def broker_files(post: PostFiles, devices: Iterable[DeviceAccount]) -> BrokerFiles:
    """The same rows in any order come to the same bytes."""
    own, passwords, rules, left_out = post.names, [], [], []
    for device in sorted(devices, key=lambda each: each.user_name):
        if device.user_name in own or not _is_writable(device):
            left_out.append(device.user_name)
        elif device.password_hash is None:
            # It has no line of its own among the passwords; this is for the one that comes with a certificate.
            rules.append(f"user {device.user_name}\ntopic deny #\n")
        else:
            passwords.append(f"{device.user_name}:{device.password_hash}\n")
    return BrokerFiles(
        _file(OWN_ACCOUNTS, post.accounts, passwords), _file(OWN_RULES, post.rules, rules), tuple(left_out)
    )


def device_lines(passwords: bytes, post: PostFiles) -> dict[str, str]:
    """User name → line, of a password file as it stands: what is in it beside the post's own accounts."""
    own = post.names
    named = ((line.partition(":")[0], line) for line in _lines(passwords.decode("utf-8", "replace")))
    return {name: line for name, line in named if name not in own}


def _is_writable(device: DeviceAccount) -> bool:
    """Nothing that could end a line, or be read as another field, ever gets into a file."""
    is_hash = device.password_hash is None or bool(_HASH.fullmatch(device.password_hash))
    return bool(ID.fullmatch(device.user_name)) and is_hash


def _file(own: str, text: str, added: Iterable[str]) -> bytes:
    ended = text if not text or text.endswith("\n") else f"{text}\n"
    return "".join([NOTICE.format(own=own), ended, *added]).encode()


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
