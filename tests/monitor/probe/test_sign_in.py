"""Answers to challenges, held against the examples of the RFCs."""

from __future__ import annotations

import pytest

from monitor.probe.shapes import Login
from monitor.probe.sign_in import authorization

MUFASA = Login("Mufasa", "Circle of Life")
# RFC 7616, 3.9.1
CHANCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
CHALLENGE = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_it_answers_as_the_rfc_does(algorithm: str, response: str) -> None:
    said = authorization([CHALLENGE.format(algorithm)], MUFASA, "GET", "/dir/index.html", CHANCE)
    assert said is not None
    assert f'response="{response}"' in said


def test_it_prefers_the_stronger_way() -> None:
    challenges = ['Basic realm="c"', CHALLENGE.format("MD5"), CHALLENGE.format("SHA-256")]
    assert "algorithm=SHA-256" in (authorization(challenges, MUFASA, "GET", "/dir/index.html", CHANCE) or "")


def test_it_answers_an_old_camera_without_qop() -> None:
    said = authorization(['Digest realm="cam", nonce="1"'], Login("admin", "x"), "OPTIONS", "rtsp://192.0.2.1/", "c")
    assert said is not None
    assert "qop" not in said


def test_it_signs_in_plainly_where_nothing_else_is_asked() -> None:
    assert authorization(['Basic realm="c"'], Login("Aladdin", "open sesame"), "GET", "/", "c") == (
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    )


def test_it_answers_no_challenge_it_does_not_know() -> None:
    assert authorization(["Negotiate"], MUFASA, "GET", "/", "c") is None
