"""The map in the middle of the desk, and the wall: what rings is brought into sight, with its nearest working eyes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.inventory_post import BELL, Inventory, commune_inventory
from tests.desk.readable import PHONE, SIZES, WALL, in_every_look, keep_picture, overflow, violations

COUNTER = "BELL-DV-007"
RING_PX = 62  # as the map has it
TOPMOST_RED = """
    async () => {
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const canvas = document.querySelector("#map-canvas");
        const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const isRed = (at) => data[at] > 150 && data[at + 1] < 90 && data[at + 2] < 90;
        const first = [...data.keys()].find((at) => at % 4 === 0 && isRed(at));
        const row = Math.floor(first / 4 / width), reds = [];
        for (let x = 0; x < width; x += 1) if (isRed(4 * (row * width + x))) reds.push(x);
        return [(reds[0] + reds[reds.length - 1]) / 2, row];
    }
"""
SMALLEST_PX = """
    [...document.querySelectorAll("body *")]
        .filter(node => node.checkVisibility() && !node.closest(".vh, svg")
            && [...node.childNodes].some(each => each.nodeType === 3 && each.textContent.trim()))
        .map(node => parseFloat(getComputedStyle(node).fontSize))
        .reduce((a, b) => Math.min(a, b))
"""
FRAMES = """
    async () => {
        const canvas = document.querySelector("#map-canvas"), box = canvas.getBoundingClientRect();
        const at = (name, x) => canvas.dispatchEvent(new PointerEvent(name, {
            pointerId: 1, clientX: box.left + x, clientY: box.top + 200, bubbles: true }));
        canvas.setPointerCapture = () => {};
        at("pointerdown", 100);
        let frames = 0;
        const began = performance.now();
        while (performance.now() - began < 1000) {
            at("pointermove", 100 + (frames % 60));
            await new Promise(requestAnimationFrame);
            frames += 1;
        }
        at("pointerup", 100);
        return frames;
    }
"""
# A commune of 900 points, some at one place, drawn, turned here and there, and drawn anew: the same picture.
TURNED = """
    async () => {
        const { DeviceModel } = await import("/static/js/device_model.js");
        const { MapModel } = await import("/static/js/map_model.js");
        const { MapGround } = await import("/static/js/map_ground.js");
        const { MapLayer } = await import("/static/js/map_layer.js");
        const { MapWindow } = await import("/static/js/map_window.js");
        const many = [...Array(900).keys()], id = many.map(String), none = many.map(() => null);
        const devices = new DeviceModel();
        devices.load({ groups: { id: [], name: [] }, devices: {
            id, name: id, place: none, position: none, group_id: none, battery_pct: none,
            since_at: none, last_seen_at: none,
            class: many.map((n) => (n % 9 ? "camera" : "bell")), is_high_mast: many.map((n) => n % 7 === 0),
            state: many.map((n) => (n % 5 ? "ONLINE" : "OFFLINE")) } });
        const model = new MapModel(devices);
        const rows = many.map((n) => n % 30 >> 1), columns = many.map((n) => Math.floor(n / 30));
        model.load({ id, latitude: rows.map((n) => 11 + n * 0.002), longitude: columns.map((n) => 108 + n * 0.002) });
        const view = Object.assign(new MapWindow(), { width: 600, height: 400, scale: 0.3, movedAt: -Infinity });
        Object.assign(view, { x: model.x[450], y: model.y[450] });
        const off = new Set(), colours = { land: "#fff", device: "#456", off: "#999", ground: "#eee" };
        const layer = new MapLayer({ view, model, off, ground: new MapGround(model, off), isWall: false });
        layer.look = { colours, isWall: false };
        const glass = document.createElement("canvas").getContext("2d");
        const seen = () => layer.pen.getImageData(0, 0, layer.pen.canvas.width, layer.pen.canvas.height).data.join();
        layer.paint(glass);
        const before = seen();
        for (const n of many.filter((n) => n % 4 === 1)) devices.columns.state[n] = n % 3 ? "OFFLINE" : "UNKNOWN";
        for (const n of many.filter((n) => n % 10 === 5)) devices.columns.state[n] = "ONLINE";
        layer.paint(glass);
        const turned = seen(), { isBehind } = layer;
        layer.forget();
        layer.paint(glass);
        return { isOther: turned !== before, isSame: turned === seen(), isBehind };
    }
"""


@pytest.fixture(scope="module")
def lasting_commune(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("map"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_commune: Inventory) -> Iterator[Inventory]:
    yield lasting_commune
    lasting_commune.close_pages()


def test_it_brings_what_rings_into_sight_and_hides_layers_by_key(post: Inventory) -> None:
    page = post.visit("/")
    expect(page.locator(".devices")).to_have_attribute("data-view", "map")
    alarm = post.post.press(COUNTER)
    canvas = page.locator("#map-canvas")
    expect(canvas).to_have_attribute("data-alarm", str(alarm["id"]))
    expect(canvas).to_have_attribute("aria-label", "Bản đồ. Kho bạc Nhà nước – Phòng giao dịch minh họa. "
                                     "Camera gần nhất: 2/3 hoạt động")  # fmt: skip
    page.keyboard.press("3")
    expect(page.locator("[data-layer=bell]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("3")
    expect(page.locator("[data-layer=bell]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    page.locator("#middle-ways [data-view=map]").click()
    x, y = ring_of(page)
    opened_later = post.visit("/")
    expect(opened_later.locator("#map-canvas")).to_have_attribute("data-alarm", str(alarm["id"]))
    assert ring_of(opened_later)[0] == pytest.approx(x, abs=2)  # lower by what says that its sound is off
    assert pressed_at(page, (x, y)) == COUNTER
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 50, steps=4)
    page.mouse.up()
    assert ring_of(page) == pytest.approx((x + 90, y + 50), abs=2)
    assert pressed_at(page, (x + 90, y + 50)) == COUNTER
    keep_picture(page, "map-alarm-wall-dark", 1500)
    assert violations(page) == []
    assert page.evaluate(FRAMES) > 0
    assert page.evaluate(TURNED) == {"isOther": True, "isSame": True, "isBehind": False}
    post.post.end(alarm)
    expect(canvas).not_to_have_attribute("data-alarm", str(alarm["id"]))


def pressed_at(page: Page, place: tuple[float, float]) -> str:
    """The device whose card comes up."""
    page.mouse.click(*place)
    expect(page.locator("#map-picked")).to_be_visible()
    words = page.locator("#map-picked [data-field=name]").inner_text()
    page.locator("#map-close").click()
    return words.split(" · ")[0]


def ring_of(page: Page) -> tuple[float, float]:
    """Where the middle of the outer ring is painted, by its topmost pixels."""
    box = page.locator("#map-canvas").bounding_box()
    x, y = page.evaluate(TOPMOST_RED)
    assert box
    return box["x"] + x, box["y"] + y + RING_PX


@in_every_look
def test_it_can_be_read_from_three_metres(post: Inventory, size: str, theme: str) -> None:
    page = post.visit("/wall", SIZES[size], theme=theme)
    expect(page.locator("#calm")).to_be_visible()
    keep_picture(page, f"wall-quiet-{size}-{theme}", 1500)
    bell = post.post.press(BELL)
    other = post.post.press(COUNTER)
    expect(page.locator("#banner")).to_have_attribute("data-alarm", str(bell["id"]))
    expect(page.locator("#rows li")).to_have_count(1)
    keep_picture(page, f"wall-alarm-{size}-{theme}", 1500)
    assert violations(page) == []
    assert overflow(page) <= 0
    if size == "wall":
        assert page.evaluate(SMALLEST_PX) >= 32
        assert page.evaluate("document.documentElement.scrollHeight") <= WALL["height"]
    assert page.locator("button").count() == 0
    for alarm in (bell, other):
        post.post.end(alarm)
    expect(page.locator("#banner")).to_be_hidden()


BESIDE_EACH_OTHER = """
    (facts) => {
        const banner = document.querySelector("#banner"), list = banner.querySelector("[data-field=facts]");
        const made = (text, n) => {
            const item = Object.assign(document.createElement("li"), { textContent: text });
            item.classList.toggle("warn", !n);
            return item;
        };
        list.replaceChildren(...facts.map(made));
        const of = (query) => banner.querySelector(query).getBoundingClientRect();
        const [cry, time, acts] = [of("h2"), of(".timer"), of("#banner-acts")];
        const isLast = acts.width ? time.right <= acts.left && acts.right <= innerWidth : time.right <= innerWidth;
        const isLow = banner.getBoundingClientRect().height <= innerHeight / 2;
        return { inOrder: cry.right <= time.left && isLast, isLow };
    }
"""
FACTS = ["Chuông im lặng tại chỗ – KHÔNG gọi lại số của cơ sở", "Đã báo chỉ huy lúc 18:31:07", "Đến muộn 2 phút"]


@pytest.mark.parametrize("path", ["/", "/wall"])
def test_its_parts_stand_beside_each_other_whatever_is_known(post: Inventory, path: str) -> None:
    page = post.visit(path, WALL)
    alarm = post.post.press(BELL)
    expect(page.locator("#banner")).to_have_attribute("data-alarm", str(alarm["id"]))
    for width, height in ((1920, 1080), (1600, 900), (1440, 900), (1366, 768), (1280, 1024)):
        page.set_viewport_size({"width": width, "height": height})
        for known in (0, 1, 3):
            found = page.evaluate(BESIDE_EACH_OTHER, FACTS[:known])
            assert found == {"inOrder": True, "isLow": True}, f"{width} px, {known} facts"
    post.post.end(alarm)


def test_it_goes_to_the_wall_and_back_by_a_key(post: Inventory) -> None:
    page = post.visit("/devices", PHONE)
    page.keyboard.press("w")
    page.wait_for_url(f"{post.url}/wall")
    expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
    page.keyboard.press("w")
    page.wait_for_url(f"{post.url}/")
