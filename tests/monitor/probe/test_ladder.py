"""Looks at cameras over real sockets: what answered best."""

from __future__ import annotations

import asyncio

import pytest

from monitor.clock import SystemClock
from monitor.probe.answers import Found
from monitor.probe.ladder import Ladder
from monitor.probe.shapes import Camera, Login
from tests.fake_cameras import FakeCamera, FakeCameras, NobodyAnswers

HERE = "127.0.0.1"
LOGIN = ("admin", "a password")


def look(
    fake: FakeCamera,
    *,
    kind: str = "onvif",
    login: tuple[str, str] | None = None,
    last_step: str = "rtsp",
    is_checking: bool = True,
    timeout_s: float = 20,
) -> Found:
    with FakeCameras({HERE: fake}) as fakes:
        camera = Camera("cam", HERE, kind, fakes.rtsp_port, fakes.onvif_port, fakes.rtsp_port, login and Login(*login))
        return asyncio.run(Ladder(timeout_s, SystemClock()).look(camera, last_step, is_checking=is_checking))


def test_it_hears_rtsp_first() -> None:
    found = look(FakeCamera(), is_checking=False)
    assert (found.step, found.code, found.skew_s) == ("rtsp", 200, None)


def test_it_sends_nothing_but_options() -> None:
    fake = FakeCamera()
    look(fake, kind="rtsp")
    assert [asked.split()[0] for asked in fake.asked] == ["OPTIONS"]


def test_it_hears_onvif_where_there_is_no_rtsp() -> None:
    assert look(FakeCamera(has_rtsp=False)).step == "onvif"


def test_it_begins_with_what_answered_last() -> None:
    fake = FakeCamera()
    assert look(fake, last_step="onvif", is_checking=False).step == "onvif"
    assert [asked.split()[0] for asked in fake.asked] == ["POST"]


def test_it_measures_the_clock_of_a_camera_that_speaks_rtsp() -> None:
    found = look(FakeCamera(skew_s=-25_200))
    assert found.step == "rtsp"
    assert found.skew_s == pytest.approx(-25_200, abs=30)


def test_it_takes_an_open_port_where_nothing_is_said() -> None:
    found = look(FakeCamera(is_mute=True), timeout_s=0.3)
    assert found.step == "tcp"
    assert found.ms is not None


def test_it_takes_an_open_port_where_another_protocol_is_spoken() -> None:
    found = look(FakeCamera(rtsp_says=b"220 welcome\r\n\r\n", has_onvif=False))
    assert (found.step, found.err) == ("tcp", None)


def test_it_takes_an_open_port_of_a_camera_that_speaks_nothing() -> None:
    fake = FakeCamera()
    assert look(fake, kind="tcp").step == "tcp"
    assert fake.asked == []


def test_it_tells_how_slow_a_camera_is() -> None:
    assert (look(FakeCamera(delay_s=0.2), is_checking=False).ms or 0) >= 200


def test_it_signs_in() -> None:
    found = look(FakeCamera(login=LOGIN), kind="rtsp", login=LOGIN)
    assert (found.code, found.is_refused) == (200, False)


def test_it_tells_a_wrong_password() -> None:
    found = look(FakeCamera(login=LOGIN), kind="rtsp", login=("admin", "another"))
    assert (found.step, found.code, found.is_refused) == ("rtsp", 401, True)
    assert found.ms is not None


def test_it_says_no_password_between_two_checks() -> None:
    """A camera that hears a wrong one every half minute shuts the probe out."""
    fake = FakeCamera(login=LOGIN)
    found = look(fake, kind="rtsp", login=("admin", "another"), is_checking=False)
    assert (found.code, found.is_refused) == (401, None)
    assert not any("Authorization" in asked for asked in fake.asked)


def test_it_cannot_judge_a_password_it_does_not_have() -> None:
    found = look(FakeCamera(login=LOGIN), kind="rtsp")
    assert (found.code, found.is_refused) == (401, None)


def test_it_says_why_a_camera_is_dead() -> None:
    found = look(FakeCamera(has_rtsp=False, has_onvif=False))
    assert (found.ms, found.err) == (None, "refused")


def test_it_says_that_a_camera_is_silent() -> None:
    with NobodyAnswers(HERE) as silent:
        camera = Camera("cam", HERE, "onvif", silent.port, silent.port, silent.port, None)
        found = asyncio.run(Ladder(0.2, SystemClock()).look(camera, "rtsp", is_checking=True))
    assert (found.ms, found.err) == (None, "timeout")


@pytest.mark.parametrize("says", [b"", b"\xff" * 100_000, b"RTSP/1.0 200 OK\r\n" + b"x: y\r\n" * 10_000])
def test_it_bears_whatever_is_said(says: bytes) -> None:
    found = look(FakeCamera(rtsp_says=says, onvif_says=says or b"\0"), timeout_s=8)
    assert found.ms is not None
