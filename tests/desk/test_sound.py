"""The tone: what the browser lets out, what is measured, and what the server is told of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.builders import a_zigbee_bell
from tests.desk.officer import OfficersScreen
from tests.small_post import Desk

RATE = 48_000


def receipts(screen: OfficersScreen, alarm_id: int, kind: str) -> list[int]:
    """The versions of which a screen gave this receipt, as soon as there is one."""

    def look() -> list[int] | None:
        found = screen.alarm(alarm_id)["receipts"]
        return [receipt["version"] for receipt in found if receipt["kind"] == kind] or None

    return screen.post.wait_for(look, f"a receipt: {kind}")


@pytest.mark.parametrize("kind", ["shown", "sounded"])
def test_it_gives_the_server_a_receipt(screen: OfficersScreen, kind: str) -> None:
    alarm = screen.press_and_wait()
    assert receipts(screen, alarm["id"], kind) == [alarm["version"]]


def test_it_measures_that_the_graph_is_not_silent(screen: OfficersScreen) -> None:
    alarm = screen.press_and_wait()
    receipts(screen, alarm["id"], "sounded")
    sounded = screen.page.evaluate("chuong.sounded")
    assert (sounded["id"], sounded["version"]) == (alarm["id"], alarm["version"])


def wait_for_tone(screen: OfficersScreen, pattern: str) -> None:
    screen.post.wait_for(lambda: screen.page.evaluate("chuong.tone") == pattern or None, f"tone {pattern!r}")


def test_it_falls_silent_when_somebody_takes_over(screen: OfficersScreen) -> None:
    screen.press_and_wait()
    wait_for_tone(screen, "1")
    screen.page.keyboard.press("Space")
    wait_for_tone(screen, "")


def test_it_gives_a_lesser_alarm_another_tone(screen: OfficersScreen) -> None:
    screen.post.gateway.publish(f"zigbee2mqtt/{a_zigbee_bell()['address']}", '{"tamper": true}')
    wait_for_tone(screen, "2")


def test_it_sounds_for_a_fault_of_our_own(screen: OfficersScreen) -> None:
    screen.post.monitor.freeze()
    try:
        wait_for_tone(screen, "s")
    finally:
        screen.post.monitor.thaw()


def test_it_says_that_the_browser_blocks_the_sound(post: Desk, page: Page) -> None:
    screen = OfficersScreen(post, page)
    screen.open()
    page.reload()  # which takes back what typing the password had allowed
    screen.wait_until_live()
    post.press()
    expect(page.locator("#sound-strip")).to_contain_text("Trình duyệt đang chặn âm thanh")
    screen.unlock_sound()
    expect(page.locator("#sound-strip")).to_be_hidden()
    assert receipts(screen, post.wait_for_alarm(state="UNACKNOWLEDGED")["id"], "sounded")


def test_it_is_silent_for_a_minute_and_says_so(own_screen: OfficersScreen) -> None:
    own_screen.press_and_wait()
    own_screen.page.keyboard.press("m")
    expect(own_screen.chip("sound")).to_have_attribute("data-sound", "silenced")
    expect(own_screen.chip("sound")).to_contain_text("Đang lặng, còn 5")


def test_it_sounds_again_for_a_new_press(screen: OfficersScreen) -> None:
    alarm = screen.press_and_wait()
    receipts(screen, alarm["id"], "sounded")
    screen.page.keyboard.press("m")
    screen.post.press()
    expect(screen.banner).to_contain_text("Đã bấm 2 lần")
    expect(screen.chip("sound")).to_have_attribute("data-sound", "on")
    screen.post.wait_for(
        lambda: len(receipts(screen, alarm["id"], "sounded")) == 2 or None, "a receipt for the second press"
    )


def test_it_stays_silent_where_nothing_new_happens(own_screen: OfficersScreen) -> None:
    alarm = own_screen.press_and_wait()
    own_screen.page.keyboard.press("m")
    second = own_screen.page.context.new_page()
    second.goto(own_screen.post.url)  # a snapshot for all pages
    expect(second.locator("#banner")).to_have_attribute("data-alarm", str(alarm["id"]))
    expect(own_screen.chip("sound")).to_have_attribute("data-sound", "silenced")


def test_it_tests_the_tone_and_remembers_when(own_screen: OfficersScreen) -> None:
    own_screen.chip("sound").click()
    own_screen.page.locator("#sound-test").click()
    expect(own_screen.page.locator("#sound-tested")).to_contain_text("loa có tín hiệu")
    expect(own_screen.page.locator("#calm")).to_contain_text("loa có tín hiệu")


@pytest.fixture(scope="module")
def tones(browser: Any, lasting_post: Desk) -> dict[str, np.ndarray]:
    """One run of every pattern, as the module renders it."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{lasting_post.url}/login")
    rendered = page.evaluate(
        """async rate => {
            const { PATTERNS, render } = await import("/static/js/tones.js");
            return Object.fromEntries(Object.entries(PATTERNS).map(([name, one]) => [name, [...render(one, rate)]]));
        }""",
        RATE,
    )
    context.close()
    return {name: np.asarray(samples) for name, samples in rendered.items()}


def onsets_s(samples: np.ndarray) -> list[float]:
    """When each pulse begins: a stretch of loudness after 20 ms of silence."""
    windows = np.abs(samples[: len(samples) // 480 * 480]).reshape(-1, 480).max(axis=1) > 0.05
    starts = [at for at in np.flatnonzero(windows) if not windows[max(0, at - 2) : at].any()]
    return [round(float(at) / 100, 2) for at in starts]


def test_it_rings_an_emergency_in_ten_pulses(tones: dict[str, np.ndarray]) -> None:
    assert onsets_s(tones["1"]) == [0.0, 0.25, 0.5, 1.0, 1.25, 2.2, 2.45, 2.7, 3.2, 3.45]


@pytest.mark.parametrize(("pattern", "pulses"), [("2", 3), ("3", 2), ("s", 2)])
def test_it_has_another_rhythm_for_each_class(tones: dict[str, np.ndarray], pattern: str, pulses: int) -> None:
    assert len(onsets_s(tones[pattern])) == pulses


def test_it_sounds_at_262_hz_with_strong_harmonics(tones: dict[str, np.ndarray]) -> None:
    pulse = tones["1"][: int(0.147 * RATE)]
    spectrum = np.abs(np.fft.rfft(pulse * np.hanning(len(pulse)), RATE))
    levels_db = 20 * np.log10([spectrum[262 * n - 8 : 262 * n + 8].max() for n in range(1, 7)])
    assert np.ptp(levels_db) < 15
    assert abs(int(spectrum[150:350].argmax()) + 150 - 262) <= 2


def test_it_never_clips(tones: dict[str, np.ndarray]) -> None:
    assert all(np.abs(samples).max() <= 1 for samples in tones.values())
