"""How every route is called by somebody who has no business with it.

A new route: add its line to CALLS, or the walk fails. Give it every id of the other commune it can take, in the path,
the query and the body, and a word to look for where it searches. An id in the path is also tried as one that does not
exist: both must be answered alike.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.monitor.web.walk.call import Call
from tests.monitor.web.walk.calls_of_ourselves import CALLS_OF_OURSELVES
from tests.monitor.web.walk.marked import (
    COMMUNE,
    DEVICE,
    GROUP,
    OTHER_COMMUNE,
    OTHER_DEVICE,
    OTHER_GROUP,
    OTHER_MAST,
    OTHER_SHIFT,
    OTHER_SIREN,
)

# Put in by the walk, which knows the number.
OTHER_ALARM = "<an alarm of the other commune>"
OTHER_INCIDENT, OWN_INCIDENT = "<an incident of the other commune>", "<an incident of his own group>"


def _of(device_id: str) -> dict[str, str]:
    """The version that a change must name; put in by the walk too."""
    return {"version": f"<version of {device_id}>"}


PLAIN = (Call(),)
OTHER_DUTIES = ("5", "6")  # of the other commune's alarm: one waits for a person, one reached nobody
OTHER_BATCH = "1"  # a list that waits in the other commune
PHOTO = bytes.fromhex("ffd8 ffc0000b080010001001011100 ffda0002 00 ffd9")  # 16 × 16, the least that is one
_ALARM = {"alarm_id": OTHER_ALARM}
_INCIDENT, _OWN_INCIDENT = {"incident_id": OTHER_INCIDENT}, {"incident_id": OWN_INCIDENT}
_DEVICES = ({"device_id": OTHER_DEVICE}, {"device_id": OTHER_MAST})
_SEARCHES = tuple(Call(query={"q": word}) for word in ("zxqnut", "zxqpho", OTHER_DEVICE, "zxqserial"))
_AREAS = (Call(query={"area": OTHER_COMMUNE}), Call(query={"area": OTHER_GROUP}))
_A_DEVICE = {"id": "NEW-1", "class": "bell", "name": "Nút", "adapter": "native", "address": "NEW-1", "group_id": GROUP}
_HOLDERS = {"person": "zxq-person", "custodian": "zxq-keeper", "establishment": "zxq-shop"}
_NAMED_ELSEWHERE = {
    "site_id": "zxq-site",
    "establishment_id": "zxq-shop",
    "custodian_id": "zxq-keeper",
    "parent_id": OTHER_DEVICE,
    "area_id": OTHER_COMMUNE,
    "group_id": OTHER_GROUP,
}

_BATCH = {"batch_id": OTHER_BATCH}
_SESSION = {"session_id": "1"}
_SHIFT = {"shift_id": str(OTHER_SHIFT)}
_TAKING = {"has_read_back": True, "is_heard": True, "screen": "screen-1", "reason": "ca"}
_WATCH = {
    "role": "commander", "name": "Ca", "starts_at": "2026-03-14T11:00:00Z", "ends_at": "2026-03-14T23:00:00Z",
}  # fmt: skip
_LISTS = (
    f"device_id,group_id,location_note\n{OTHER_DEVICE},{OTHER_GROUP},Ngã ba\nNEW-2,{OTHER_GROUP},Ngã tư\n",
    f"device_id,group_id,site_id,location_note\nNEW-3,{GROUP},zxq-site,Ngã ba\n",
    "person_id,name,role,scope\nzxq-person,Tổ trưởng,group_head,zxq-beat\n",
    f"group_id,name,area_id,beat_id,board_id\n{OTHER_GROUP},Tổ khác,{OTHER_COMMUNE},zxq-beat,zxq-keeper\n",
    f"area_id,level,name\n{OTHER_COMMUNE},commune,Xã khác\n",
)

CALLS: Mapping[tuple[str, str], tuple[Call, ...]] = {
    **CALLS_OF_OURSELVES,
    ("GET", "/"): PLAIN,
    ("GET", "/devices"): (*PLAIN, *_SEARCHES, *_AREAS),
    ("GET", "/devices/{device_id}"): tuple(Call(path) for path in _DEVICES),
    ("GET", "/groups"): (*PLAIN, *_AREAS, Call(query={"level": "commune"})),
    ("GET", "/groups/{area_id}"): (Call({"area_id": OTHER_GROUP}), Call({"area_id": OTHER_COMMUNE})),
    ("GET", "/api/v1/areas/questions"): PLAIN,
    ("POST", "/api/v1/areas/questions"): (
        Call(json={"key": f"parent:2025-07-01:{OTHER_GROUP}", "value": OTHER_COMMUNE}),
        Call(json={"key": f"devices:2025-07-01:{OTHER_GROUP}", "value": GROUP}),
    ),
    ("GET", "/api/v1/areas/{area_id}"): (Call({"area_id": OTHER_GROUP}), Call({"area_id": OTHER_COMMUNE})),
    ("GET", "/bell-tests"): PLAIN,
    ("GET", "/shift"): PLAIN,
    ("GET", "/shift/{shift_id}"): (Call(_SHIFT),),
    ("GET", "/api/v1/shift"): PLAIN,
    ("GET", "/api/v1/shift/officer"): PLAIN,
    ("GET", "/api/v1/shifts"): PLAIN,
    ("GET", "/api/v1/duty-log"): (*PLAIN, Call(query={"shift": OTHER_SHIFT})),
    ("POST", "/api/v1/shift/take"): (
        Call(json={**_TAKING, "seen": None}),
        Call(json={**_TAKING, "seen": {"id": OTHER_SHIFT, "version": 1}}),
    ),
    ("POST", "/api/v1/shifts/{shift_id}/handover"): (Call(_SHIFT, json={"version": 1, "note": "Bàn giao"}),),
    ("POST", "/api/v1/shifts/{shift_id}/take-back"): (Call(_SHIFT, json={"version": 1}),),
    ("POST", "/api/v1/shifts/{shift_id}/notes"): (Call(_SHIFT, json={"text": "Ghi"}),),
    ("GET", "/api/v1/roster"): (Call(query={"from": "2026-03-14", "days": 62}),),
    ("POST", "/api/v1/roster"): (
        Call(json={**_WATCH, "area_id": OTHER_COMMUNE}),
        Call(json={**_WATCH, "area_id": COMMUNE, "person_id": "zxq-person"}),
    ),
    ("POST", "/api/v1/roster/{watch_id}/removal"): (Call({"watch_id": "1"}, json={"is_removed": True}),),
    ("POST", "/api/v1/roster/table"): (
        Call(json={"text": f"14/03\t18:00\t06:00\tcommander\tCa\t{OTHER_COMMUNE}", "is_dry_run": False}),
        Call(json={"text": "14/03\t18:00\t06:00\tcommander\tTổ trưởng\tXã zxqten", "is_dry_run": False}),
    ),
    ("GET", "/reported"): PLAIN,
    ("GET", "/shelved"): PLAIN,
    ("GET", "/api/v1/gong-codes"): PLAIN,
    ("GET", "/api/v1/gong-signals"): PLAIN,
    ("POST", "/api/v1/gong-signals"): tuple(
        Call(json={"code": "emergency", "area_id": area, "place": "Nhà văn hóa"})
        for area in (OTHER_GROUP, OTHER_COMMUNE)
    ),
    ("GET", "/api/v1/tips"): (*PLAIN, Call(query={"unrated": "true"})),
    ("GET", "/api/v1/tips/report"): PLAIN,
    ("POST", "/api/v1/tips"): (Call(json={"source": "phone", "text": "Tin", "area_id": OTHER_GROUP}),),
    ("POST", "/api/v1/tips/{tip_id}/area"): (Call({"tip_id": "1"}, json={"area_id": GROUP}),),
    ("POST", "/api/v1/tips/{tip_id}/rating"): (Call({"tip_id": "1"}, json={"is_valuable": True}),),
    ("GET", "/register"): PLAIN,
    ("GET", "/import"): PLAIN,
    ("GET", "/login"): PLAIN,
    ("POST", "/login"): (Call(form={"name": "group_board-G-OWN", "password": "wrong"}),),
    ("POST", "/logout"): PLAIN,
    ("GET", "/healthz"): PLAIN,
    ("GET", "/readyz"): PLAIN,
    ("GET", "/metrics"): PLAIN,
    ("GET", "/api/docs"): PLAIN,
    ("GET", "/api/openapi.json"): PLAIN,
    ("GET", "/api/v1/alarms"): (*PLAIN, Call(query={"device": OTHER_DEVICE}), Call(query={"state": "UNACKNOWLEDGED"})),
    ("GET", "/api/v1/alarms/{alarm_id}"): (Call(_ALARM),),
    ("POST", "/api/v1/alarms/{alarm_id}/acknowledge"): (
        Call(_ALARM, json={"version": 1}),
        Call(_ALARM, json={"version": 9}),  # a conflict would tell of the alarm
    ),
    ("POST", "/api/v1/alarms/{alarm_id}/close"): (Call(_ALARM, json={"version": 1}), Call(_ALARM, json={"version": 9})),
    ("POST", "/api/v1/alarms/{alarm_id}/shelve"): (
        Call(_ALARM, json={"version": 1, "minutes": 5, "reason": "x"}),
        Call(_ALARM, json={"version": 9, "minutes": 5, "reason": "x"}),
    ),
    ("GET", "/api/v1/shelved"): PLAIN,
    ("GET", "/api/v1/flood"): PLAIN,
    ("POST", "/api/v1/shelves/{shelf_id}/end"): (Call({"shelf_id": "1"}),),
    ("POST", "/api/v1/devices/{device_id}/out-of-service"): tuple(
        Call(path, json={"reason": "x"}) for path in _DEVICES
    ),
    ("POST", "/api/v1/devices/{device_id}/in-service"): tuple(Call(path) for path in _DEVICES),
    ("POST", "/api/v1/alarms/{alarm_id}/receipts"): (
        Call(_ALARM, json={"screen_id": "s-1", "version": 1, "kind": "shown"}),
    ),
    ("GET", "/incidents"): PLAIN,
    ("GET", "/incidents/{incident_id}"): (Call(_INCIDENT),),
    ("GET", "/patrol/{incident_id}"): (Call(_INCIDENT),),
    ("POST", "/api/v1/incidents/{incident_id}/patrol"): (Call(_INCIDENT, json={"word": "there"}),),
    ("GET", "/api/v1/incidents"): (*PLAIN, Call(query={"is_open": True})),
    ("GET", "/api/v1/incidents/{incident_id}"): (Call(_INCIDENT),),
    **{
        ("POST", f"/api/v1/incidents/{{incident_id}}/{act}"): tuple(
            Call(_INCIDENT, json={"version": version, **body})
            for version in (1, 9)  # a conflict would tell of the incident
        )
        for act, body in {
            "steps": {"step": "ON_SCENE"},
            "take-back": {},
            "verification": {"level": 2},
            "close": {"disposition": "accidental", "note": "x"},
            "unmerge": {},
        }.items()
    },
    ("POST", "/api/v1/incidents/{incident_id}/merge"): (
        Call(_INCIDENT, json={"version": 1, "into": 1}),
        Call(_OWN_INCIDENT, json={"version": 1, "into": OTHER_INCIDENT}),
    ),
    ("POST", "/api/v1/incidents/{incident_id}/notes"): (Call(_INCIDENT, json={"text": "x"}),),
    ("POST", "/api/v1/incidents/{incident_id}/calls"): (Call(_INCIDENT, json={"whom": "x", "result": "busy"}),),
    ("POST", "/api/v1/incidents/{incident_id}/plan"): (Call(_INCIDENT, json={"step": "commander"}),),
    ("POST", "/api/v1/incidents/{incident_id}/tips"): (
        Call(_INCIDENT, json={"tip": 1}),
        Call(_OWN_INCIDENT, json={"tip": 1}),
    ),
    ("POST", "/api/v1/incidents/{incident_id}/layers/order"): (Call(_INCIDENT, json={"layer": 1}),),
    ("POST", "/api/v1/incidents/{incident_id}/layers/cancel"): (Call(_INCIDENT),),
    ("POST", "/api/v1/layer-posts/{post_id}/acknowledge"): (Call({"post_id": "1"}),),
    ("POST", "/api/v1/layers/plans"): (Call(json={"content": "ward_code\n"}),),
    ("GET", "/api/v1/layers"): (*PLAIN, Call(query={"as_of": "2026-03-14"})),
    ("GET", "/layers"): (*PLAIN, Call(query={"as_of": "2026-03-14"})),
    ("GET", "/api/v1/bell-tests"): (*PLAIN, Call(query={"status": "unscheduled"})),
    ("GET", "/api/v1/bell-tests/sessions"): PLAIN,
    ("GET", "/api/v1/bell-tests/sessions/{session_id}"): (Call(_SESSION),),
    ("POST", "/api/v1/bell-tests/sessions"): tuple(
        Call(json={"device_ids": ids, "code_word": "hoa sen"}) for ids in ([OTHER_DEVICE], [DEVICE, OTHER_DEVICE])
    ),
    ("POST", "/api/v1/bell-tests/sessions/{session_id}/end"): (Call(_SESSION),),
    ("POST", "/api/v1/bell-tests/sessions/{session_id}/failed"): (
        Call(_SESSION, json={"device_id": OTHER_DEVICE, "reason": "im lặng"}),
    ),
    ("GET", "/api/v1/duties"): (
        *PLAIN,
        Call(query={"alarm": 3}),
        Call(query={"state": "dead"}),
        Call(query={"incident": 3}),
    ),
    ("POST", "/api/v1/zalo/authorise"): PLAIN,
    ("GET", "/api/v1/zalo/heard"): PLAIN,
    ("POST", "/hooks/zalo"): (Call(json={"event_name": "user_send_text", "sender": {"id": "zxq-user"}}),),
    ("GET", "/zalo/callback"): (Call(query={"code": "x", "state": "y"}),),
    ("POST", "/api/v1/duties/{duty_id}/done"): tuple(Call({"duty_id": each}) for each in OTHER_DUTIES),
    ("POST", "/api/v1/duties/{duty_id}/again"): tuple(Call({"duty_id": each}) for each in OTHER_DUTIES),
    ("GET", "/api/v1/sirens"): PLAIN,
    ("GET", "/api/v1/siren-calls"): (*PLAIN, Call(query={"incident": 1})),
    ("POST", "/api/v1/siren-calls"): (
        Call(json={"device_ids": [OTHER_SIREN], "reason": "cướp"}),
        Call(json={"area_id": OTHER_COMMUNE, "reason": "cướp"}),
        Call(json={"area_id": OTHER_GROUP, "reason": "cướp"}),
    ),
    ("POST", "/api/v1/siren-calls/{call_id}/second"): (Call({"call_id": "1"}),),
    ("POST", "/api/v1/siren-calls/{call_id}/stop"): (Call({"call_id": "1"}),),
    ("POST", "/api/v1/sirens/{device_id}/stop"): (Call({"device_id": OTHER_SIREN}),),
    ("GET", "/sirens"): PLAIN,
    ("GET", "/api/v1/channels"): PLAIN,
    ("POST", "/api/v1/channels/{name}/test"): (Call({"name": "zxq-channel"}),),
    ("GET", "/api/v1/devices"): (*PLAIN, *_SEARCHES, *_AREAS),
    ("GET", "/api/v1/devices/{device_id}"): tuple(Call(path) for path in _DEVICES),
    ("POST", "/api/v1/devices"): (
        Call(json=_A_DEVICE | {"id": OTHER_DEVICE}),
        Call(json=_A_DEVICE | {"address": OTHER_DEVICE}),
        Call(json=_A_DEVICE | {"group_id": None}),
        *(Call(json=_A_DEVICE | {name: value}) for name, value in _NAMED_ELSEWHERE.items()),
    ),
    ("PATCH", "/api/v1/devices/{device_id}"): (
        *(Call(path, json=_of(path["device_id"]) | {"name": "Tên khác"}) for path in _DEVICES),
        Call({"device_id": OTHER_DEVICE}, json=_of(OTHER_DEVICE) | {"group_id": GROUP}),
        *(Call({"device_id": DEVICE}, json=_of(DEVICE) | {name: value}) for name, value in _NAMED_ELSEWHERE.items()),
        Call({"device_id": DEVICE}, json=_of(DEVICE) | {"address": OTHER_DEVICE}),
    ),
    ("POST", "/api/v1/devices/{device_id}/lifecycle/undo"): tuple(
        Call(path, json=_of(path["device_id"])) for path in _DEVICES
    ),
    ("GET", "/api/v1/devices/near"): (Call(query={"class": "bell", "lat": 11.5, "lon": 108.5}),),
    ("GET", "/api/v1/devices/{device_id}/credential"): tuple(Call(path) for path in _DEVICES),
    ("POST", "/api/v1/devices/{device_id}/credential"): tuple(Call(path) for path in _DEVICES),
    ("DELETE", "/api/v1/devices/{device_id}/credential"): tuple(Call(path) for path in _DEVICES),
    ("GET", "/api/v1/devices/{device_id}/photo"): tuple(Call(path) for path in _DEVICES),
    ("PUT", "/api/v1/devices/{device_id}/photo"): tuple(Call(path, content=PHOTO) for path in _DEVICES),
    ("GET", "/api/v1/labels"): (Call(query={"ids": OTHER_DEVICE}), Call(query={"ids": OTHER_MAST})),
    ("POST", "/api/v1/labels"): (Call(form={"id": OTHER_DEVICE}), Call(form={"id": OTHER_MAST})),
    ("GET", "/api/v1/inventory"): (*PLAIN, *_SEARCHES, *_AREAS),
    ("GET", "/api/v1/inventory/facets"): (*PLAIN, *_SEARCHES, *_AREAS),
    ("POST", "/api/v1/devices/changes"): (
        *(
            Call(json={"devices": [_of(each) | {"id": each, "name": "Tên khác"}]})
            for each in (OTHER_DEVICE, OTHER_MAST)
        ),
        *(
            Call(json={"devices": [_of(DEVICE) | {"id": DEVICE, name: value}], "is_trial": is_trial})
            for name, value in _NAMED_ELSEWHERE.items()
            for is_trial in (False, True)
        ),
    ),
    ("GET", "/api/v1/views"): PLAIN,
    ("POST", "/api/v1/views"): (Call(json={"name": "Của tôi", "question": f"area={OTHER_GROUP}"}),),
    ("DELETE", "/api/v1/views/{view_id}"): (Call({"view_id": "1"}),),
    ("GET", "/api/v1/areas"): (*PLAIN, Call(query={"q": "zxqten"}), Call(query={"q": "zxqto"})),
    ("GET", "/api/v1/custodians"): (*PLAIN, Call(query={"q": "zxqban"}), Call(query={"group_id": OTHER_GROUP})),
    ("GET", "/api/v1/places"): (Call(query={"lat": 11.5, "lon": 108.5}),),
    ("GET", "/api/v1/people"): tuple(Call(query={"holder": holder}) for holder in _HOLDERS),
    ("POST", "/api/v1/people/{holder}/{holder_id}/contacts"): tuple(
        Call({"holder_id": holder_id, "holder": holder}) for holder, holder_id in _HOLDERS.items()
    ),
    ("GET", "/api/v1/audit"): (
        *PLAIN,
        *(Call(query={"entity": entity}) for entity in ("device", "site", "area", "person", "contact", "user_account")),
        Call(query={"entity_id": OTHER_DEVICE}),
        Call(query={"actor": "operator"}),
    ),
    ("GET", "/api/v1/availability"): (*PLAIN, *_AREAS, Call(query={"area": "P-1"}), Call(query={"level": "commune"})),
    ("GET", "/api/v1/strips"): tuple(Call(query={"id": each["device_id"]}) for each in _DEVICES),
    ("GET", "/api/v1/devices/{device_id}/history"): tuple(Call(each) for each in _DEVICES),
    ("GET", "/api/v1/devices/{device_id}/gaps"): tuple(Call(each) for each in _DEVICES),
    ("GET", "/api/v1/coverage"): (*PLAIN, *_AREAS, Call(query={"area": "P-1"}), Call(query={"level": "commune"})),
    ("GET", "/api/v1/exports"): tuple(
        Call(query={"kind": kind, "form": "csv"}) for kind in ("cameras", "bells", "groups", "people", "areas")
    ),
    ("POST", "/api/v1/imports"): tuple(
        Call(query={"name": "list.csv"}, content=content.encode()) for content in _LISTS
    ),
    ("GET", "/api/v1/imports"): PLAIN,
    ("GET", "/api/v1/imports/{batch_id}"): (Call(_BATCH),),
    ("GET", "/api/v1/imports/{batch_id}/map"): (Call(_BATCH),),
    ("GET", "/api/v1/imports/{batch_id}/rows"): (Call(_BATCH),),
    ("GET", "/api/v1/imports/{batch_id}/corrected"): (Call(_BATCH),),
    ("POST", "/api/v1/imports/{batch_id}/decisions"): (
        Call(_BATCH, json={"decisions": [{"row": 1, "choice": "skip"}]}),
    ),
    ("POST", "/api/v1/imports/{batch_id}/commit"): (Call(_BATCH, json={"version": "0" * 32}),),
    ("POST", "/api/v1/imports/{batch_id}/undo"): (Call(_BATCH),),
    ("GET", "/api/v1/snapshot"): (*PLAIN, Call(query={"devices": "false"})),
    ("GET", "/api/v1/stream"): (),  # never ends: test_it_tells_a_live_screen_only_of_its_own
}
