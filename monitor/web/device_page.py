"""``/devices/{id}``: everything there is to know of one device, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request
from sqlalchemy import Connection
from starlette.responses import Response

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind
from device_adapters.core.registry import adapters
from monitor.inventory.credentials import CONNECTING, CredentialState, credential_states
from monitor.inventory.kinds import Conformity, Consent, Funding, Lifecycle, OwnerKind, WatchMethod
from monitor.journal.accounts import User
from monitor.journal.device_dossier import AROUND_M, MOST_EDITS, Dossier, dossier
from monitor.journal.gaps import gaps_of
from monitor.journal.set_aside import out_of_service
from monitor.web.access import INVENTORY_ROLES, Within, identity_of
from monitor.web.device_facts import fits, history, sheets
from monitor.web.device_past import pasts
from monitor.web.device_watch import watch_of
from monitor.web.devices import with_life
from monitor.web.pages import Pages, chosen_language
from monitor.web.people import AUDIT_ROLES, CONTACT_ROLES
from monitor.web.ports import Desk
from monitor.web.schemas import ID_PATTERN
from monitor.web.shelved import OUT_ROLES

DeviceId = Annotated[str, Path(pattern=ID_PATTERN)]
# What the window for changing it asks for, sheet by sheet. A list: one of these words; "": nobody has said.
YES_NO = ("true", "false")
EDITED: Mapping[str, Mapping[str, tuple[str, ...] | None]] = {
    "what": {
        "name": None, "maker": None, "model": None, "serial": None, "firmware": None,
        "alarm_kind": ("", *AlarmKind), "is_silent_at_site": YES_NO, "is_high_mast": YES_NO, "eye_no": None,
        "button_no": None, "rings_at": None, "watch_method": ("", *WatchMethod), "adapter": tuple(adapters()),
        "address": None, "supervision_interval_s": None, "supervision_hours": None, "test_interval_days": None,
    },
    "where": {
        "group_id": None, "place": None, "position": None, "street_address": None, "latitude": None,
        "longitude": None, "bearing_deg": None,
    },
    "keeping": {
        "custodian_id": None, "owner_kind": ("", *OwnerKind), "funding": ("", *Funding), "recorder": None,
        "retention_days": None,
    },
    "supply": {"power_feeder": None, "network_provider": None, "parent_id": None},
    "rules": {
        "qcvn135": tuple(Conformity), "has_own_password": ("", *YES_NO), "consent": tuple(Consent),
        "is_notice_posted": ("", *YES_NO),
    },
    "life": {"installed_on": None, "note": None},
}  # fmt: skip
NUMBERS = frozenset(
    {"eye_no", "button_no", "supervision_interval_s", "test_interval_days", "latitude", "longitude", "bearing_deg",
     "retention_days"}
)  # fmt: skip
# Where it may go from here, as `device_records` allows.
_STEPS = {
    Lifecycle.PLANNED: (Lifecycle.ACTIVE, Lifecycle.RETIRED),
    Lifecycle.ACTIVE: (Lifecycle.MAINTENANCE, Lifecycle.RETIRED),
    Lifecycle.MAINTENANCE: (Lifecycle.ACTIVE, Lifecycle.RETIRED),
    Lifecycle.RETIRED: (),
}


def device_page_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/devices/{device_id}")
    def device(request: Request, device_id: DeviceId, within: Within) -> Response:
        user, words = identity_of(request).user, pages.words_for(request)
        with desk.read() as connection:
            found = dossier(connection, device_id, within)
            credential = _credential(connection, found, user)
            out = out_of_service(connection, within, device_id)
            gaps = gaps_of(connection, device_id, desk.clock.now())
            past = pasts(connection, device_id, desk.clock.now(), chosen_language(request), words)
        values = {
            **_shown(desk, found),
            "sheets": sheets(found.device, words),
            "history": history(found.edits, words) if user.role in AUDIT_ROLES | INVENTORY_ROLES else None,
            "most_edits": MOST_EDITS,
            "pasts": past,
            "gaps": gaps,
            "out": out[0] if out else None,
            "can_take_out": user.role in OUT_ROLES and found.device["lifecycle"] != Lifecycle.RETIRED,
            "credential": credential,
            "can_call": user.role in CONTACT_ROLES,
            "steps": _STEPS[Lifecycle(found.device["lifecycle"])],
            "edited": _edited(found.device["class"]),
            "numbers": NUMBERS,
        }
        return pages.framed(request, "device/device.html", "/devices", values)

    return router


def _shown(desk: Desk, found: Dossier) -> dict[str, Any]:
    device = with_life(found.device, desk.lives_of([found.device["id"]]).get(found.device["id"]))
    parents = [found.parent] if found.parent else []
    lives = desk.lives_of(each["id"] for each in (*found.beside, *found.hanging, *parents))
    heard = (found.parent, lives[found.parent["id"]]) if found.parent and found.parent["id"] in lives else None
    return {
        "device": dict(device),
        "kind": "mast" if device["is_high_mast"] else device["class"],
        "is_watched": device["class"] != DeviceClass.GONG,
        "watch": watch_of(device, heard, desk.settings.supervision_hours, desk.clock.now()),
        "dossier": found,
        "lives": lives,
        "around": orjson.dumps([_dot(each) for each in found.around]).decode(),
        "around_m": round(AROUND_M),
    }


def _dot(row: Mapping[str, Any]) -> dict[str, Any]:
    """As the sketch wants it."""
    at = {"latitude": row["latitude"], "longitude": row["longitude"]}
    return {"class": row["device_class"], "is_high_mast": bool(row["is_high_mast"]), "at": at}


def _credential(connection: Connection, found: Dossier, user: User) -> CredentialState | None:
    """None: it has none and can have none, or who asks may not know."""
    device = found.device
    can_have = device["adapter"] == "native" and device["class"] in CONNECTING | {DeviceClass.CAMERA}
    if user.role not in INVENTORY_ROLES or not can_have:
        return None
    return credential_states(connection, device["id"])[0]


def _edited(device_class: str) -> dict[str, dict[str, tuple[str, ...] | None]]:
    return {
        sheet: {field: words for field, words in fields.items() if fits(field, device_class)}
        for sheet, fields in EDITED.items()
    }
