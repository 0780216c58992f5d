"""How a camera is, look by look."""

from __future__ import annotations

from monitor.probe.answers import Found
from monitor.probe.camera_state import CameraState, after, is_turned

UP = Found("rtsp", 14, 200, is_refused=False)
REFUSED = Found("rtsp", 11, 401, is_refused=True)
WANTS_A_PASSWORD = Found("rtsp", 11, 401)
MISS = Found("tcp", err="timeout")


def of(*looks: Found) -> CameraState:
    state = CameraState()
    for number, found in enumerate(looks):
        state = after(state, found, 1000 * number)
    return state


def test_it_is_up_at_the_first_answer() -> None:
    assert of(MISS, MISS, MISS, UP).fields() == {"s": "up", "l": "rtsp", "ms": 14}


def test_it_is_down_after_three_misses() -> None:
    assert [of(UP, *[MISS] * misses).word for misses in (1, 2, 3)] == ["up", "up", "down"]
    assert of(UP, MISS, MISS, MISS, MISS).fields() == {"s": "down", "l": "tcp", "err": "timeout", "n": 4}


def test_it_claims_nothing_of_a_camera_that_was_just_missed() -> None:
    assert [of(UP, *[MISS] * misses).is_known for misses in (0, 1, 2, 3)] == [True, False, False, True]


def test_it_says_since_when() -> None:
    assert of(UP, MISS, MISS, MISS, MISS).since_ms == 3000


def test_it_keeps_in_mind_that_the_password_was_refused() -> None:
    assert of(REFUSED, WANTS_A_PASSWORD).fields() == {"s": "auth", "l": "rtsp", "ms": 11, "code": 401}


def test_it_forgets_it_when_the_camera_asks_no_more() -> None:
    assert of(REFUSED, UP).word == "up"


def test_it_takes_a_401_for_life_where_no_password_was_tried() -> None:
    assert of(WANTS_A_PASSWORD).fields() == {"s": "up", "l": "rtsp", "ms": 11, "code": 401}


def test_it_keeps_the_clock_that_was_measured_last() -> None:
    skewed = Found("rtsp", 14, 200, skew_s=-25_200.0)
    assert of(skewed, UP).fields()["skew_s"] == -25_200.0


def test_it_turns_when_the_clock_does() -> None:
    skewed = after(of(UP), Found("rtsp", 14, 200, skew_s=-25_200.0), 0)
    assert is_turned(of(UP), skewed)
    assert not is_turned(of(UP), after(of(UP), Found("onvif", 20, 200, skew_s=3.0), 0))
