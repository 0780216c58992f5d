from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest

from monitor.doctor import examine
from monitor.errors import SettingsError
from monitor.panel_settings import panel_accounts
from monitor.settings import Settings, load_settings, shipped
from tests.brokers import free_port

KEYS = '["1234"]\nkey_ascii = "0123456789ABCDEF"\nutc_offset_h = 7.0\n["A1-5678"]\nkey_hex = "%s"\n' % ("ab" * 32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "dc09.toml"
    file.write_text(KEYS)
    file.chmod(0o600)
    return file


def found(**settings: object) -> tuple[bool, str]:
    """What the doctor says of the door for panels."""
    plan = shipped("config/escalation.toml"), shipped("config/channels.toml")
    given = Settings.model_validate({"http_port": free_port(), "mqtt_url": "mqtt://127.0.0.1:1"} | settings)
    (finding,) = [
        each for each in examine(given, shipped("config/alarm_classes.toml"), plan) if each.subject == "alarm panels"
    ]
    return finding.is_well, finding.said


def test_it_reads_what_was_agreed_with_each_panel(file: Path) -> None:
    accounts = panel_accounts(str(file))
    assert (accounts["1234"]["key_ascii"], accounts["1234"]["utc_offset_h"]) == ("0123456789ABCDEF", 7)
    assert len(bytes.fromhex(accounts["A1-5678"]["key_hex"])) == 32
    assert panel_accounts(None) == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('["1234"]\nkey_ascii = "secret, but short"', "16, 24, 32 bytes"),
        ('["1234"]\nkey_hex = "secret, not hexadecimal, 32 long"', "16, 24, 32 bytes"),
        ('["1234"]\nkey_ascii = "secret secret se"\nkey_hex = "%s"' % ("ab" * 16), "one key"),
        ('["1234"]\nkeyascii = "secret secret se"', "Extra inputs"),
        ('["panel one"]\nkey_ascii = "secret secret se"', "panel one"),
        ('["1234"\nkey_ascii = "secret secret se"', "not TOML"),
    ],
)
def test_it_says_what_is_wrong_and_never_a_key(file: Path, text: str, why: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as refused:
        panel_accounts(str(file))
    assert why in str(refused.value)
    assert "secret" not in str(refused.value)


def test_it_refuses_keys_that_others_may_read(file: Path) -> None:
    file.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        panel_accounts(str(file))
    is_well, said = found(dc09_listen="127.0.0.1:10600", dc09_accounts=str(file))
    assert (is_well, "chmod 600" in said) == (False, True)


@pytest.mark.parametrize("place", ["10600", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", ":10600"])
def test_it_refuses_a_place_that_is_none(place: str) -> None:
    with pytest.raises(SettingsError, match="expected host:port"):
        load_settings(environ={"CHUONG_DC09_LISTEN": place})


def test_it_tells_whether_the_door_is_open(file: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        assert found(dc09_listen=place, dc09_accounts=str(file)) == (True, f"{place}: answers; 2 accounts with a key")
        desk = server.getsockname()[1]
        place = f"127.0.0.1:{free_port()}"
        assert found(dc09_listen=place, http_port=desk) == (
            False,
            f"{place}: nothing listens there yet; 0 accounts with a key",
        )


def test_it_wants_a_certificate_for_a_port_within_tls(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="or dc09_tls_key is not set"):
        load_settings(environ={"CHUONG_DC09_LISTEN": "127.0.0.1:1060", "CHUONG_DC09_TLS_LISTEN": "127.0.0.1:1061"})
    given = {"dc09_listen": "127.0.0.1:1", "dc09_tls_listen": "127.0.0.1:2", "dc09_tls_cert": str(tmp_path / "gone")}
    plan = shipped("config/escalation.toml"), shipped("config/channels.toml")
    settings = Settings.model_validate(
        {"http_port": free_port(), "mqtt_url": "mqtt://127.0.0.1:1", "dc09_tls_key": "k"} | given
    )
    said = {each.subject: each for each in examine(settings, shipped("config/alarm_classes.toml"), plan)}
    assert not said["alarm panels within TLS"].is_well
