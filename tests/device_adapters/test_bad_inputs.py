"""What a hostile or broken sender may publish: it rings, it is flagged, or it is kept aside; it never breaks."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from device_adapters.core.contract import Decoded, Known, Message, Refused
from device_adapters.core.events import LAST_WILL, Event, EventClass
from device_adapters.native import ADAPTER
from monitor.machines.admission import Admission, Seen, Verdict, admit
from tests.device_adapters.corpus import bad_inputs

NOW = datetime.fromtimestamp(1_700_000_000, UTC)
ROWS = bad_inputs()
NOBODY = Known(device=lambda _: None, recall=lambda _: None)


def _expecting(*expectations: str) -> pytest.MarkDecorator:
    rows = [pytest.param(row, id=row["id"]) for row in ROWS if row["expect"] in expectations]
    assert rows
    return pytest.mark.parametrize("row", rows)


def _message(row: dict[str, Any]) -> Message:
    return Message(row["topic"], row["payload"], NOW)


def _event(row: dict[str, Any]) -> Event:
    decoded = ADAPTER.decode(_message(row), ADAPTER.default_base, NOBODY)
    return decoded.events[0]


def _admission(row: dict[str, Any], **seen: Any) -> Admission:
    digest = hashlib.sha256(row["payload"]).digest()
    return admit(_event(row), _message(row), digest, Seen(**seen), NOW)


@_expecting("alarm_degraded")
def test_it_rings_though_it_cannot_be_read(row: dict[str, Any]) -> None:
    event = _event(row)
    assert event.event_class is EventClass.ALARM
    assert event.degraded
    assert (event.source_event_id is None) is (event.receipt_id is None)


@_expecting("accept", "dedupe", "rate_limit")
def test_it_takes_what_is_good_without_a_remark(row: dict[str, Any]) -> None:
    event = _event(row)
    assert event.event_class is not EventClass.IGNORE
    assert event.degraded is None
    assert set(event.flags) <= {LAST_WILL}


@_expecting("accept_flagged")
def test_it_takes_what_is_odd_with_a_remark(row: dict[str, Any]) -> None:
    event = _event(row)
    is_late = event.event_class is EventClass.ALARM and _admission(row).verdict is Verdict.LATE
    assert event.degraded is None
    assert event.flags or is_late


@_expecting("quarantine")
def test_it_keeps_aside_what_means_nothing(row: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        _event(row)
    assert refused.value.reason
    assert refused.value.address == "bell-0001"


@_expecting("dedupe")
def test_it_knows_the_same_press_again(row: dict[str, Any]) -> None:
    assert _event(row).source_event_id == _event(row).source_event_id
    assert _admission(row, is_identity_known=True).verdict is Verdict.DUPLICATE


@_expecting("broker_deny", "broker_reject")
def test_it_survives_what_the_broker_should_have_stopped(row: dict[str, Any]) -> None:
    with suppress(Refused):
        assert isinstance(ADAPTER.decode(_message(row), ADAPTER.default_base, NOBODY), Decoded)


def test_it_tells_a_reused_id_from_a_resent_press() -> None:
    first = next(row for row in ROWS if row["id"] == "B089")
    second = {**first, "payload": first["payload"].replace(b"first", b"second")}
    assert _event(first).source_event_id != _event(second).source_event_id


def test_it_shows_a_press_three_days_late_as_late() -> None:
    row = next(row for row in ROWS if row["id"] == "B093")
    admission = _admission(row)
    assert admission.verdict is Verdict.LATE
    assert admission.late_s == 3 * 86_400
