"""SIA DC-09 by two others' code: what siadc09 sends is understood, and what we answer is what both would.

Each only where it is right: siadc09 1.0.1 has another restore than everybody, pysiaalarm 3.2.2 loses what is not ASCII.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pysiaalarm import SIAAccount
from pysiaalarm.event import SIAEvent
from siadc09.account import Account
from siadc09.message import AckMessage, DuhMessage, EventMessage, ExtendedNullMessage, NullMessage, parse_frame
from siadc09.xdata import Data, XData

from device_adapters.core.contract import Decoded, DeviceClass, DeviceFacts, Known, Message
from device_adapters.core.events import EventClass
from device_adapters.sia_dc09 import ADAPTER
from tests.panels import KEY, Panel

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
SEALED = pytest.mark.parametrize("key", [None, KEY, KEY + KEY], ids=["plain", "AES-128", "AES-256"])


def answered(frame: bytes, key: bytes | None) -> Decoded:
    facts = DeviceFacts(device_id="1234", device_class=DeviceClass.GATEWAY)
    known = Known(
        device=lambda address: facts if address == "1234" else None,
        recall=lambda _: None,
        agreed=lambda address: {"key_ascii": key.decode()} if key and address == "1234" else {},
    )
    return ADAPTER.decode(Message("dc09/tcp", frame, NOW), "dc09", known)


@SEALED
@pytest.mark.parametrize(
    ("family", "data", "told"),
    [
        ("ADM-CID", b"#1234|1122 01 005", EventClass.ALARM),
        ("SIA-DCS", b"#1234|Nri1/HA5", EventClass.ALARM),
        ("SIA-DCS", b"#1234|Nri1/HH5", EventClass.CLEAR),
    ],
)
def test_it_takes_what_siadc09_sends_and_answers_as_it_reads(
    key: bytes | None, family: str, data: bytes, told: EventClass
) -> None:
    account = Account(acct=0x1234, rcvr=1, key=key)
    text = XData(prefix="I", value="Quầy 2", label="", encoding="utf_8")
    said = {"idtoken": family, "seqno": 17, "data": Data(content=data), "xdata": [text]}
    decoded = answered(EventMessage(account, said).encode(timestamp=NOW), key)
    assert decoded.events[0].event_class is told
    assert "Quầy 2" in str(decoded.events[0].detail)
    answer = parse_frame(decoded.reply, key)
    assert isinstance(answer, AckMessage)
    assert (answer.seq, answer.account.acct, answer.account.rcvr, answer.encrypted) == (17, 0x1234, 1, bool(key))
    assert answer.timestamp == (NOW if key else None)


@SEALED
@pytest.mark.parametrize("link_test", [NullMessage, ExtendedNullMessage])
def test_it_takes_its_link_tests(key: bytes | None, link_test: type[NullMessage]) -> None:
    decoded = answered(link_test(Account(acct=0x1234, key=key)).encode(timestamp=NOW), key)
    assert [each.event_class for each in decoded.events] == [EventClass.HEARTBEAT]
    assert isinstance(parse_frame(decoded.reply, key), AckMessage)


def test_it_refuses_as_it_reads() -> None:
    assert isinstance(parse_frame(answered(Panel(now=lambda: NOW).event("??"), None).reply), DuhMessage)


@pytest.mark.parametrize(("family", "data"), [("ADM-CID", "1122 01 005"), ("SIA-DCS", "Nri1/HA005")])
def test_it_answers_a_whole_frame_as_pysiaalarm_does(family: str, data: str) -> None:
    frame = Panel().event(data, family)
    other = SIAEvent.from_line(frame[1:-1].decode(), {"1234": SIAAccount("1234")})
    assert other.valid_message
    now = datetime.now(UTC)
    known = Known(device=lambda _: DeviceFacts(device_id="1", device_class=DeviceClass.BELL), recall=lambda _: None)
    assert ADAPTER.decode(Message("dc09/tcp", frame, now), "dc09", known).reply == other.create_response()
