"""As ``calls``: routes that tell of the monitor itself, its screens and its accounts."""

from __future__ import annotations

from collections.abc import Mapping

from tests.monitor.web.walk.call import Call

PLAIN = (Call(),)

CALLS_OF_OURSELVES: Mapping[tuple[str, str], tuple[Call, ...]] = {
    ("POST", "/api/v1/screens/{screen_id}"): (
        Call({"screen_id": "zxq-screen"}, json={"kind": "desk", "is_visible": True, "sound": "on"}),
    ),
    ("POST", "/api/v1/screens/{screen_id}/leave"): (Call({"screen_id": "zxq-screen"}),),
    ("POST", "/api/v1/screens/{screen_id}/tone"): (Call({"screen_id": "zxq-screen"}),),
    ("GET", "/api/v1/system"): PLAIN,
    ("GET", "/system"): PLAIN,
    ("GET", "/patrol"): PLAIN,
    ("GET", "/duties"): PLAIN,
    ("GET", "/drills"): PLAIN,
    ("GET", "/drills/{drill_id}"): (Call({"drill_id": "99771"}),),
    ("GET", "/api/v1/drills"): PLAIN,
    ("GET", "/api/v1/drills/{drill_id}"): (Call({"drill_id": "99771"}),),
    ("POST", "/api/v1/drills"): (Call(json={"scenario": "zxq = 1"}),),
    ("POST", "/api/v1/drills/{drill_id}/end"): (Call({"drill_id": "99771"}),),
    ("GET", "/needs"): PLAIN,
    ("GET", "/api/v1/needs"): PLAIN,
    ("POST", "/login/screen"): PLAIN,
    ("GET", "/profile"): PLAIN,
    ("GET", "/api/v1/profile"): PLAIN,
    ("POST", "/api/v1/profile"): (Call(json={"theme": "dark"}),),
    ("POST", "/api/v1/profile/password"): (Call(json={"current": "zxq words", "password": "long enough"}),),
    ("GET", "/users"): PLAIN,
    ("GET", "/audit"): PLAIN,
    ("GET", "/api/v1/audit/chain"): PLAIN,
    ("GET", "/api/v1/users"): PLAIN,
    ("POST", "/api/v1/users"): (Call(json={"name": "zxq-new", "role": "reader", "password": "long enough"}),),
    ("POST", "/api/v1/users/{name}/role"): (Call({"name": "zxq-user"}, json={"role": "reader"}),),
    ("POST", "/api/v1/users/{name}/password"): (Call({"name": "zxq-user"}, json={"password": "long enough"}),),
    ("POST", "/api/v1/users/{name}/revoke"): (Call({"name": "zxq-user"}),),
    ("POST", "/api/v1/users/{name}/close"): (Call({"name": "zxq-user"}),),
    ("GET", "/api/v1/quarantine"): PLAIN,
    ("GET", "/api/v1/strangers"): PLAIN,
    ("GET", "/strangers"): PLAIN,
    ("GET", "/falls"): (*PLAIN, Call(query={"days": 365})),
    ("GET", "/api/v1/falls"): (*PLAIN, Call(query={"days": 365})),
    ("GET", "/wall"): PLAIN,
    ("GET", "/api/v1/map"): PLAIN,
    ("GET", "/api/v1/map/base"): PLAIN,
}
