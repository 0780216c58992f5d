"""What is registered, what works of it, and how it is found."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.builders import a_camera
from tests.desk.officer import OfficersScreen
from tests.small_post import Desk


def test_it_counts_high_mast_eyes_apart(screen: OfficersScreen) -> None:
    for kind, figure in (("camera", "/ 1"), ("mast", "/ 1"), ("bell", "/ 3")):
        expect(screen.page.locator(f".tile[data-kind={kind}] [data-field=registered]")).to_have_text(figure)


def test_it_counts_a_bell_that_gave_a_sign_of_life_as_working(screen: OfficersScreen) -> None:
    screen.press_and_wait()
    bells = screen.post.api.get("/api/v1/devices", params={"class": "bell", "state": "ONLINE"}).json()["items"]
    assert "BELL-QTD-1" in [bell["id"] for bell in bells]
    expect(screen.page.locator(".tile[data-kind=bell] [data-field=working]")).to_have_text(str(len(bells)))
    expect(screen.page.locator("[data-device=BELL-QTD-1] [data-field=state]")).to_have_text("Hoạt động")
    expect(screen.page.locator("[data-device=BELL-QTD-1] [data-field=battery]")).to_have_text("100 %")


def test_it_says_which_device_was_never_heard(screen: OfficersScreen) -> None:
    expect(screen.page.locator("[data-device=CAM-1] [data-field=seen]")).to_have_text("Chưa từng")


def test_it_finds_words_without_their_marks(screen: OfficersScreen) -> None:
    screen.page.keyboard.press("/")
    screen.page.keyboard.type("quay giao dich")
    expect(screen.page.locator("#device-rows .row")).to_have_count(1)
    expect(screen.page.locator("#device-rows .row")).to_contain_text("Quỹ tín dụng nhân dân minh họa")
    screen.page.keyboard.press("Escape")
    expect(screen.page.locator("#device-rows .row")).not_to_have_count(1)


def test_it_shows_a_device_as_soon_as_it_is_registered(screen: OfficersScreen) -> None:
    screen.post.register(a_camera(id="CAM-NEW", name="Ngã ba mới", is_high_mast=True))
    expect(screen.page.locator("[data-device=CAM-NEW]")).to_contain_text("Ngã ba mới")


def test_it_counts_a_gong_as_struck_by_hand_and_never_as_trouble(screen: OfficersScreen) -> None:
    before = screen.page.locator("#device-kinds [data-kind=trouble] [data-count]").inner_text()
    screen.post.register(a_camera(**{"id": "GONG-1", "class": "gong", "name": "Kẻng đầu thôn"}))
    expect(screen.page.locator("[data-device=GONG-1] [data-field=state]")).to_have_text("Báo bằng tay")
    expect(screen.page.locator("[data-device=GONG-1] [data-field=class]")).to_have_text("Kẻng, loa báo động")
    expect(screen.page.locator("#device-kinds [data-kind=trouble] [data-count]")).to_have_text(before)
    expect(screen.page.locator(".tile[data-kind=other] [data-field=registered]")).to_have_text("/ 0")


def test_it_draws_only_the_rows_in_sight(post: Desk, lonely_page: Page) -> None:
    """Twenty thousand devices scroll as easily as two hundred."""
    ids = [f"CAM-{number:05d}" for number in range(20_000)]

    def enlarge(route: Route) -> None:
        snapshot = route.fetch().json()
        devices = {name: [column[0]] * len(ids) for name, column in snapshot["devices"].items()}
        route.fulfill(json=snapshot | {"devices": devices | {"id": ids}})

    lonely_page.route("**/api/v1/snapshot", enlarge)
    screen = OfficersScreen(post, lonely_page)
    screen.open()
    expect(screen.page.locator("#devices-note")).to_contain_text("20.000 trên 20.000")
    rows = screen.page.locator("#device-rows .row")
    assert rows.count() < 40
    screen.page.locator("#device-scroll").evaluate("list => list.scrollTo(0, list.scrollHeight)")
    expect(screen.page.locator("[data-device=CAM-19999]")).to_be_visible()
    assert rows.count() < 40
