"""The probe's settings file: what it says, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.errors import SettingsError
from monitor.probe.settings import read_probe_settings
from monitor.probe.shapes import Bell, Box, Camera, Login
from monitor.settings import shipped

RIGHT = """\
probe = "pi-3"
queue = "queue"

[broker]
url = "mqtts://post.example:8884"
password_file = "password"

[[cameras]]
id = "cam-1"
address = "192.0.2.11"
credentials_file = "camera.login"

[[bells]]
id = "chuong-7"
path = "/sys/class/gpio/gpio17/value"
"""
SECRET = "a secret"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"password": f"{SECRET}\n", "camera.login": f"admin:{SECRET}\n", "probe.toml": RIGHT}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    return tmp_path


def complaint(folder: Path, text: str) -> str:
    file = folder / "probe.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_probe_settings(file)
    assert SECRET not in refused.value.reason
    return refused.value.reason.replace(f"{file}, ", "")


def test_it_reads_a_right_one(folder: Path) -> None:
    settings = read_probe_settings(folder / "probe.toml")
    assert (settings.broker.host, settings.broker.port, settings.broker.is_tls) == ("post.example", 8884, True)
    assert (settings.broker.account, settings.broker.password) == ("pi-3", SECRET)
    assert settings.cameras == (Camera("cam-1", "192.0.2.11", "onvif", 554, 80, 554, Login("admin", SECRET)),)
    assert settings.bells == (Bell("chuong-7", "panic", "level", "/sys/class/gpio/gpio17/value", is_active_low=False),)
    assert settings.queue == str(folder / "queue")


def test_it_shows_no_secret(folder: Path) -> None:
    assert SECRET not in repr(read_probe_settings(folder / "probe.toml"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"cam-1"', '"cam 1"', 'line 9: id = "cam 1": expected a name'),
        ('"192.0.2.11"', '"camera.local"', 'line 10: address = "camera.local": expected an IP address'),
        ("address", "adress", "line 8: address: it is missing"),
        ("address", "adress", "line 10: adress: there is no such setting; did you mean address?"),
        ('queue = "queue"', "cycle_s = true", "line 2: cycle_s = true: expected a number from 1 to 3600"),
        ('queue = "queue"', "cycle_s = 0", "line 2: cycle_s = 0: expected a number"),
        ('queue = "queue"', "at_once = 501", "line 2: at_once = 501: expected a whole number from 1 to 500"),
        ('"chuong-7"', '"cam-1"', 'line 14: id = "cam-1": it is given to another already'),
        ("post.example", f"pi:{SECRET}@post.example", 'line 5: url = "mqtts://pi:***@post.example:8884": expected'),
        ('"password"', '"missing"', 'line 6: password_file = "missing": No such file'),
        ("[broker]", "[brokers]", "broker: a table [broker] is missing"),
        ("[[bells]]", "[bells]", "line 13: bells: expected tables [[bells]]"),
    ],
)
def test_it_says_where_and_what_is_wrong(folder: Path, old: str, new: str, said: str) -> None:
    assert said in complaint(folder, RIGHT.replace(old, new, 1))


AT_BOX = 'id = "chuong-8"\nsource = "dahua"\naddress = "192.0.2.11"\ncredentials_file = "camera.login"\n'


def test_it_reads_a_bell_at_a_box(folder: Path) -> None:
    (folder / "probe.toml").write_text(f"{RIGHT}[[bells]]\n{AT_BOX}number = 3\n")
    bell = read_probe_settings(folder / "probe.toml").bells[1]
    assert (bell.box, bell.number) == (Box("dahua", "192.0.2.11", 80, Login("admin", SECRET)), 3)


@pytest.mark.parametrize(
    ("bells", "said"),
    [
        (f"[[bells]]\n{AT_BOX}".replace('"192.0.2.11"', '"box"'), 'line 19: address = "box": expected an IP address'),
        ('[[bells]]\nid = "b"\nsource = "dahua"\n', "address: it is missing; expected an IP address"),
        ('[[bells]]\nid = "b"\n', "path: it is missing; expected the path of a file"),
        (f'[[bells]]\n{AT_BOX}path = "x"\n', 'line 21: path: source = "dahua" has none'),
        ('[[bells]]\nid = "b"\npath = "x"\nnumber = 1\n', 'number: source = "level" has none'),
        (f"[[bells]]\n{AT_BOX}" * 2, "address: input 1 of 192.0.2.11 is another bell's already"),
        (f"[[bells]]\n{AT_BOX}".replace("camera.login", "gone"), 'credentials_file = "gone": No such file'),
    ],
)
def test_it_says_what_is_wrong_with_the_source_of_a_bell(folder: Path, bells: str, said: str) -> None:
    assert said in complaint(folder, RIGHT + bells)


def test_it_refuses_a_secret_that_others_may_read(folder: Path) -> None:
    (folder / "camera.login").chmod(0o644)
    assert "line 11: credentials_file" in complaint(folder, RIGHT)
    assert "chmod 600" in complaint(folder, RIGHT)


def test_it_refuses_credentials_that_are_none(folder: Path) -> None:
    (folder / "camera.login").write_text(f"{SECRET}\n")
    assert "expected user:password" in complaint(folder, RIGHT)


def test_it_says_what_is_no_toml(folder: Path) -> None:
    assert "line 1: not TOML" in complaint(folder, "probe = \n")


@pytest.mark.parametrize("text", ["", "broker = 1", "cameras = [1]", '[[broker]]\nurl = ""', "cameras = [{id = 1}]"])
def test_it_bears_what_is_no_settings_file_of_its_kind(folder: Path, text: str) -> None:
    assert complaint(folder, text)


def test_it_is_asked_by_a_command(folder: Path) -> None:
    asked = CliRunner().invoke(app, ["probe", "--check", "--config", str(folder / "probe.toml")])
    assert (asked.exit_code, asked.output) == (0, f"{folder}/probe.toml: in order; 1 cameras, 1 bells\n")


def test_it_answers_a_wrong_one_with_a_sentence(folder: Path) -> None:
    (folder / "probe.toml").write_text(RIGHT.replace("queue", "queu", 1))
    asked = CliRunner().invoke(app, ["probe", "--check", "--config", str(folder / "probe.toml")])
    assert asked.exit_code == 2
    assert "line 2: queu: there is no such setting; did you mean queue?" in asked.output


def test_it_ships_one_that_is_right_but_for_its_secrets(folder: Path) -> None:
    text = shipped("deploy/probe/probe.toml").read_text(encoding="utf-8")
    for name in ("broker-password", "camera-login"):
        (folder / name).write_text("admin:x\n")
        (folder / name).chmod(0o600)
    (folder / "ca.crt").write_text("x")
    (folder / "probe.toml").write_text(text.replace("/etc/chuong-probe/", ""))
    assert read_probe_settings(folder / "probe.toml").cameras
