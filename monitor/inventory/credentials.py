"""What devices sign in with at the broker: a random secret, told once, of which only the hash is kept.

Only devices of our own contract have an account each; what speaks through a gateway is signed in by the gateway.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode, b64encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from device_adapters.core.contract import DeviceClass
from device_adapters.core.places import ID
from device_adapters.core.registry import adapters
from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.credential_tables import Credential
from monitor.inventory.edits import Edit, Row, core, put_all
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.tables import NATIVE, Device

# An eye is looked at by a probe, a recorder by whoever pulls from it, and a gong is struck by hand: none of them
# connects by itself. A camera with firmware of our contract may, and is issued a secret when somebody asks for it.
CONNECTING = frozenset({DeviceClass.BELL, DeviceClass.SIREN, DeviceClass.GATEWAY, DeviceClass.PROBE})
SECRET_BYTES = 16
# One round, not the 100,000 of a password that a person made up: rounds slow down guessing, and nobody guesses 128
# random bits. They would slow down the broker, which hashes on its only thread: once at each login, and at each reload
# once for every device that is connected. At mosquitto's own 101 rounds, 20,000 devices would stop it for seconds.
ROUNDS = 1
_AT_ONCE = 200
_DEVICE, _CREDENTIAL = core(Device), core(Credential)


@dataclass(frozen=True, slots=True)
class Issued:
    """``secret``: 26 letters and digits, in one piece; told now and never again."""

    device_id: str
    user_name: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeviceAccount:
    """What the broker is to know of a device. Without a hash it is shut out, by whatever door it comes."""

    user_name: str
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class CredentialState:
    """``standing``: valid | revoked | retired | outdated (its address has changed since) | none."""

    device_id: str
    user_name: str
    standing: str
    issued_at: datetime | None
    issued_by: str | None
    revoked_at: datetime | None


def connects_itself(device: Mapping[str, Any]) -> bool:
    """Whether registering such a device issues it a secret; one behind a gateway or probe is signed in by that."""
    return device["adapter"] == NATIVE and device["device_class"] in CONNECTING and device["parent_id"] is None


def is_reserved(name: str) -> bool:
    """Accounts of the monitor, of people who look after the broker, of gateways, as ``deploy/mosquitto/acl`` has."""
    return name.startswith("monitor-") or name == "admin" or name in adapters()


def new_secret() -> str:
    """128 random bits as 26 characters of A-Z and 2-7: no two of them look alike, on paper or on a keypad."""
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode().rstrip("=")


def password_hash(secret: str, rounds: int = ROUNDS) -> str:
    """As ``mosquitto_passwd`` writes it, ``$7$rounds$salt$hash``: PBKDF2-HMAC-SHA512, 12 B of salt, 64 B of hash."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, rounds, 64)
    return f"$7${rounds}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def issue(tx: Connection, device_id: str, by: Edit) -> Issued:
    """As ``issue_all``, to one."""
    return issue_all(tx, [device_id], by)[0]


def issue_all(tx: Connection, device_ids: Sequence[str], by: Edit) -> list[Issued]:
    """New secrets; older ones stop at once. All or none: raises as ``insist_on_issuable``."""
    return _issue(tx, insist_on_issuable(tx, device_ids), by)


def insist_on_issuable(connection: Connection, device_ids: Sequence[str]) -> list[Row]:
    """The devices. Raises ``UnknownRecord``, or ``Refusal`` where one can have no account."""
    found = [row for some in _chunks(device_ids) for row in _devices(connection, some).values()]
    devices = {row["id"]: row for row in found}
    for device_id in device_ids:
        if device_id not in devices:
            raise UnknownRecord(f"there is no device {device_id}")
        if objection := _objection(devices[device_id]):
            raise Refusal(f"{device_id} can have no account at the broker: {objection}")
    return [devices[device_id] for device_id in dict.fromkeys(device_ids)]


def issue_to_new(tx: Connection, device_id: str, by: Edit) -> Issued | None:
    """For a device registered in this transaction; None where it does not sign in by itself, or under such a name."""
    device = _devices(tx, [device_id])[device_id]
    return _issue(tx, [device], by)[0] if connects_itself(device) and not _objection(device) else None


def issue_missing(tx: Connection, by: Edit, classes: Collection[DeviceClass] = CONNECTING) -> list[Issued]:
    """To all of them who are ``without_account``."""
    return issue_all(tx, without_account(tx, classes), by)


def without_account(
    connection: Connection, classes: Collection[DeviceClass] = CONNECTING, among: Sequence[str] | None = None
) -> list[str]:
    """Devices of these classes that connect by themselves and have none; not whom somebody shut out."""
    wanted = and_(
        _DEVICE.c.adapter == NATIVE,
        _DEVICE.c.device_class.in_([str(each) for each in classes]),
        _DEVICE.c.parent_id.is_(None),
        or_(_CREDENTIAL.c.device_id.is_(None), and_(_is_stale(), _CREDENTIAL.c.revoked_at.is_(None))),
    )
    query = select(_DEVICE).select_from(_joined()).where(wanted).order_by(_DEVICE.c.id)
    if among is not None:
        query = query.where(_DEVICE.c.id.in_(among))
    return [row["id"] for row in map(dict, connection.execute(query).mappings()) if not _objection(row)]


def revoke(tx: Connection, device_ids: Iterable[str], by: Edit) -> list[str]:
    """Their accounts stop at once. Returns the devices that had one."""
    holders = [
        device_id
        for chunk in _chunks(sorted(set(device_ids)))
        for device_id in tx.execute(
            select(_CREDENTIAL.c.device_id).where(
                _CREDENTIAL.c.device_id.in_(chunk), _CREDENTIAL.c.revoked_at.is_(None)
            )
        ).scalars()
    ]
    put_all(tx, Credential, [{"device_id": each, "revoked_at": by.at} for each in holders], by)
    return holders


def device_accounts(connection: Connection) -> list[DeviceAccount]:
    """Every device that the broker must know of, in order of its name there: let in, or shut out for good."""
    shut_out = or_(_DEVICE.c.lifecycle == str(Lifecycle.RETIRED), _CREDENTIAL.c.revoked_at.is_not(None))
    query = (
        select(
            _DEVICE.c.address, _CREDENTIAL.c.password_hash, shut_out.label("is_shut_out"), _is_stale().label("stale")
        )
        .select_from(_joined())
        .where(_DEVICE.c.adapter == NATIVE, or_(_CREDENTIAL.c.device_id.is_not(None), shut_out))
        .order_by(_DEVICE.c.address)
    )
    return [
        DeviceAccount(address, None if is_shut_out else hash_)
        for address, hash_, is_shut_out, is_stale in connection.execute(query)
        # A retired device may have given its address up to another, and has none that anybody could speak under.
        if (ID.fullmatch(address) if is_shut_out else not is_stale)
    ]


def credential_states(connection: Connection, device_id: str | None = None) -> list[CredentialState]:
    """Of every device that connects by itself or has been issued a secret, in order of id; or of one device."""
    columns = (*_CREDENTIAL.c, _is_stale().label("stale"))
    known = (_DEVICE.c.id, _DEVICE.c.address, _DEVICE.c.device_class, _DEVICE.c.adapter, _DEVICE.c.parent_id)
    query = select(*known, _DEVICE.c.lifecycle, *columns).select_from(_joined()).order_by(_DEVICE.c.id)
    chosen = query.where(_DEVICE.c.adapter == NATIVE if device_id is None else _DEVICE.c.id == device_id)
    rows = [dict(row) for row in connection.execute(chosen).mappings()]
    return [_state(row) for row in rows if device_id or row["issued_at"] or connects_itself(row)]


def _state(row: Mapping[str, Any]) -> CredentialState:
    if row["lifecycle"] == Lifecycle.RETIRED:
        standing = "retired"
    elif row["issued_at"] is None:
        standing = "none"
    elif row["revoked_at"] is not None:
        standing = "revoked"
    else:
        standing = "outdated" if row["stale"] else "valid"
    return CredentialState(row["id"], row["address"], standing, row["issued_at"], row["issued_by"], row["revoked_at"])


def _joined() -> Any:
    """A credential older than the registration was another device's, of the same id, that has been removed since."""
    is_its_own = and_(_CREDENTIAL.c.device_id == _DEVICE.c.id, _CREDENTIAL.c.issued_at >= _DEVICE.c.registered_at)
    return _DEVICE.outerjoin(_CREDENTIAL, is_its_own)


def _is_stale() -> ColumnElement[bool]:
    return _CREDENTIAL.c.user_name != _DEVICE.c.address


def _objection(device: Mapping[str, Any]) -> str | None:
    """Why the broker can have no account of this name."""
    if device["adapter"] != NATIVE:
        return f"it speaks {device['adapter']}, where its gateway signs in"
    if device["device_class"] not in CONNECTING | {DeviceClass.CAMERA}:
        return f"a {device['device_class']} does not connect by itself"
    if device["lifecycle"] == Lifecycle.RETIRED:
        return "it is retired"
    if is_reserved(device["address"]):
        return "its address is the name of an account of the post's own"
    if not ID.fullmatch(device["address"]):
        return "its address must be 1 to 64 letters, digits, dots, dashes or underscores"
    return None


def _issue(tx: Connection, devices: Sequence[Row], by: Edit) -> list[Issued]:
    issued = [Issued(device["id"], device["address"], new_secret()) for device in devices]
    rows = [
        {
            "device_id": each.device_id,
            "user_name": each.user_name,
            "password_hash": password_hash(each.secret),
            "issued_at": by.at,
            "issued_by": by.actor,
            "revoked_at": None,
        }
        for each in issued
    ]
    put_all(tx, Credential, rows, by)
    return issued


def _devices(tx: Connection, device_ids: Sequence[str]) -> dict[str, Row]:
    query = select(_DEVICE).where(_DEVICE.c.id.in_(device_ids))
    return {row["id"]: dict(row) for row in tx.execute(query).mappings()}


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
