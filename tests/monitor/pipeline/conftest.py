"""A post with the one device that a test of the flow is about."""

from __future__ import annotations

import pytest

from tests.monitor.conftest import Post
from tests.monitor.pipeline.bank import Bank


@pytest.fixture
def button(post: Post) -> Post:
    post.register("BELL-DV-009", "zigbee2mqtt", address="sos-credit-fund", alarm_kind="hold_up", place="Credit fund")
    return post


@pytest.fixture
def bell(post: Post) -> Post:
    post.register("bell-1")
    return post


@pytest.fixture
def bank(post: Post) -> Bank:
    return Bank(post)
