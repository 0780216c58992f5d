from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from monitor.decode import decode_lines
from monitor.errors import Refusal

BELL = {"class": "panic", "model": "TS0215A_sos"}


def _line(payload: object = None, *, topic: str = "zigbee2mqtt/nut", **more: Any) -> dict[str, Any]:
    return {"id": "x", "topic": topic, "payload": payload, "payload_encoding": "json", "context": BELL} | more


def _decode(*lines: dict[str, Any], adapter: str = "zigbee2mqtt") -> list[dict[str, Any]]:
    return [json.loads(text) for text in decode_lines(adapter, (json.dumps(line) for line in lines))]


def _classes(*lines: dict[str, Any], adapter: str = "zigbee2mqtt") -> list[list[str]]:
    return [[event["class"] for event in answer["events"]] for answer in _decode(*lines, adapter=adapter)]


def test_it_answers_in_the_promised_shape() -> None:
    (answer,) = _decode(_line({"action": "emergency", "last_seen": "2026-11-21T08:15:30.123Z"}))
    assert set(answer) == {"id", "events", "refused"}
    (event,) = answer["events"]
    assert (event["class"], event["device_ref"]) == ("alarm", "nut")
    assert event["occurred_at"] == "2026-11-21T08:15:30.123Z"


def test_it_tells_no_time_where_the_device_told_none() -> None:
    assert _decode(_line({"action": "emergency"}))[0]["events"][0]["occurred_at"] is None


def test_it_writes_vietnamese_as_it_is() -> None:
    (text,) = decode_lines("zigbee2mqtt", [json.dumps(_line({"action": "sos"}, topic="zigbee2mqtt/Chợ"))])
    assert '"Chợ"' in text


def test_it_remembers_what_came_before() -> None:
    press = _line({"action": "emergency", "last_seen": "2026-11-21T08:15:30.123Z"})
    assert _classes(press, press, {**press, "replayed": True}) == [["alarm"], ["ignore"], ["ignore"]]


def test_it_begins_afresh_each_time() -> None:
    press = _line({"action": "emergency", "last_seen": "2026-11-21T08:15:30.123Z"})
    assert _classes(press) == _classes(press)


def test_it_counts_two_presses_that_carry_no_identity() -> None:
    press = _line({"action": "emergency"})
    assert _classes(press, press) == [["alarm"], ["alarm"]]


def test_it_does_not_take_the_publishers_retain_flag_for_a_replay() -> None:
    press = _line({"action": "emergency"}, retain=True)
    assert _classes(press, press, {**press, "replayed": True}) == [["alarm"], ["alarm"], ["ignore"]]


def test_it_counts_a_condition_by_its_change() -> None:
    on, off = _line({"sos": True}), _line({"sos": False})
    assert _classes(off, on, on, off, on) == [["heartbeat"], ["alarm"], ["ignore"], ["clear"], ["alarm"]]


def test_it_takes_an_open_alarm_from_the_context() -> None:
    assert _classes(_line({"sos": True}, context={**BELL, "state": "alarm already open"})) == [["ignore"]]


def test_it_does_not_take_an_open_alarm_for_an_open_housing() -> None:
    assert _classes(_line({"tamper": True}, context={**BELL, "state": "alarm already open"})) == [["tamper"]]


@pytest.mark.parametrize(("stored", "expected"), [("2026-11-20T02:11:09.500Z", "ignore"), (None, "alarm")])
def test_it_compares_a_replay_with_what_the_context_says_is_stored(stored: str | None, expected: str) -> None:
    body = {"action": "emergency", "last_seen": "2026-11-20T02:11:09.500Z"}
    context = {**BELL, "last_event_seen": stored}
    assert _classes(_line(body, replayed=True, context=context)) == [[expected]]


def test_it_drops_an_end_of_nothing_beside_something() -> None:
    assert _classes(_line({"sos": False, "battery_low": True})) == [["low_battery"]]


def test_it_calls_the_end_of_a_tamper_a_sign_of_life() -> None:
    _, (answer) = _decode(_line({"tamper": True}), _line({"tamper": False}))
    assert [(event["class"], event["detail"]) for event in answer["events"]] == [("heartbeat", "restore:tamper")]


@pytest.mark.parametrize(("context", "expected"), [(BELL, "alarm"), ({"class": "switch"}, "heartbeat")])
def test_it_reads_a_plain_press_by_the_class_of_its_device(context: dict[str, str], expected: str) -> None:
    assert _classes(_line({"action": "single"}, context=context)) == [[expected]]


@pytest.mark.parametrize("device", ["b7", None])
def test_it_takes_the_context_for_that_of_one_device(device: str | None) -> None:
    line = _line({"v": 1, "cams": {"c1": {"s": "up"}}}, topic="anninh/v1/probe/p1/heartbeat", device=device)
    (answer,) = _decode(line | {"context": {"class": "probe"}}, adapter="native")
    assert [event["device_ref"] for event in answer["events"]] == ["p1", "c1"]


def test_it_names_the_device_as_the_line_does() -> None:
    (answer,) = _decode(_line({"state": "online"}, topic="zigbee2mqtt/bridge/state", device="gateway"))
    assert (answer["events"][0]["device_ref"], answer["events"][0]["address"]) == ("gateway", "bridge")


@pytest.mark.parametrize(
    ("more", "late_s"),
    [({"received_at": "2026-11-21T08:25:41Z"}, 10.1), ({"event_time": "2026-11-21T08:25:30.900Z"}, None), ({}, None)],
)
def test_it_measures_lateness_against_the_lines_own_time(more: dict[str, str], late_s: float | None) -> None:
    body = {"v": 1, "id": "a", "kind": "alarm", "ts": 1_795_249_530_900}
    (answer,) = _decode(_line(body, topic="anninh/v1/bell/b1/alarm", **more), adapter="native")
    event = answer["events"][0]
    assert (event.get("late_s"), event.get("flags")) == (late_s, None)


@pytest.mark.parametrize(
    ("payload", "encoding"),
    [
        ({"action": "sos"}, "json"),
        ('{"action":"sos"}', "text"),
        (base64.b64encode(b'{"action":"sos"}').decode(), "base64"),
    ],
)
def test_it_reads_each_encoding(payload: object, encoding: str) -> None:
    assert _classes(_line(payload, payload_encoding=encoding)) == [["alarm"]]


@pytest.mark.parametrize("payload", [None, ""])
def test_it_reads_a_message_of_zero_bytes(payload: object) -> None:
    assert _classes(_line(payload)) == [["ignore"]]


def test_it_gives_the_adapters_reason_for_a_refusal() -> None:
    (answer,) = _decode(_line([1]))
    assert answer == {"id": "x", "events": [], "refused": "not a JSON object"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "expected a JSON object"),
        ('{"id":"x"}', 'expected "topic"'),
        ('{"topic":"t","payload":1,"payload_encoding":"hex"}', "payload_encoding"),
        ('{"topic":"t","payload":"*","payload_encoding":"base64"}', "not base64"),
        ('{"topic":"t","context":5}', 'expected "context"'),
        ('{"topic":"t","received_at":"gestern"}', 'expected "received_at"'),
        ("[" * 20_000, ""),
    ],
)
def test_it_says_what_is_wrong_with_a_line_and_goes_on(text: str, reason: str) -> None:
    first, second = (
        json.loads(answer) for answer in decode_lines("zigbee2mqtt", [text, "", json.dumps(_line({"action": "sos"}))])
    )
    assert (first["id"], first["events"]) == (None, [])
    assert first["refused"].startswith("line 1: ")
    assert reason in first["refused"]
    assert second["events"][0]["class"] == "alarm"


def test_it_names_the_adapters_it_knows() -> None:
    with pytest.raises(Refusal, match=r"frigate, .*native, .*zigbee2mqtt"):
        decode_lines("pigeon", [])


def test_it_takes_the_lines_a_line_is_given_for_all_that_was_heard() -> None:
    press = {"topic": "zigbee2mqtt/b", "payload": {"sos": True}, "context": {"class": "bell"}}
    over = press | {"id": "over", "payload": {"sos": False}}
    lines = [press | {"id": "press"}, over, press | {"id": "again", "given": ["press"]}]
    told = [json.loads(text) for text in decode_lines("zigbee2mqtt", map(json.dumps, lines))]
    assert [each["events"][0]["class"] for each in told] == ["alarm", "clear", "ignore"]
