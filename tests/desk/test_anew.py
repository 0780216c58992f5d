"""What a page shows is loaded anew wherever it may have missed something, and nobody acts on what may be old."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from operator import itemgetter
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.accounts import Role
from monitor.journal.incidents import incidents_page, timeline_of
from monitor.machines.alarm import Given
from monitor.machines.incident import Closing, Disposition, Stage
from monitor.pipeline.incident_commands import Act
from tests.black_hole import BlackHole
from tests.desk.inventory_post import Inventory, commune_inventory
from tests.desk.test_stale import wait_until_stale

OFFICER = Role.ADMINISTRATOR.value
ELSEWHERE = Territory("somewhere else", frozenset())
NUMBERS = count(1)


@pytest.fixture(scope="module")
def lasting_post(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("anew"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_post: Inventory) -> Iterator[Inventory]:
    yield lasting_post
    lasting_post.close_pages()


@pytest.fixture
def incident(post: Inventory) -> dict[str, Any]:
    """One that somebody has just taken over."""
    number = next(NUMBERS)
    post.post.add_device(f"bell-{number}", place=f"Nhà số {number}")
    post.post.call(f"bell-{number}")
    post.post.act(number, 1, OFFICER, Given.ACKNOWLEDGE)
    with post.post.store.read() as connection:
        found, _ = incidents_page(connection, EVERYWHERE, is_open=True, limit=50)
    return max(found, key=itemgetter("id"))


def go_on(post: Inventory, incident: dict[str, Any]) -> None:
    """The next steps, of which the feed tells nobody."""
    version = incident["version"]
    for stage in (Stage.VERIFYING, Stage.DISPATCHED):
        act = Act(incident_id=incident["id"], version=version, by=OFFICER)
        version = post.post.incidents.advance(act, stage)["version"]


def tick_off(post: Inventory, incident: dict[str, Any], step: Locator) -> None:
    act = Act(incident_id=incident["id"], version=incident["version"], by="chi-huy")
    post.post.incidents.plan_step(act, step.get_attribute("data-plan") or "", is_done=True, text=None)


def tell_all_to_load_anew(post: Inventory) -> None:
    """As where an account is bound to another area, and back."""
    feed = post.post.feed
    feed.after_all(lambda: feed.redraw(dict.fromkeys(feed.credentials(), ELSEWHERE)))


def on_incident(page: Page) -> None:
    expect(page.locator("[data-stage=DISPATCHED]")).to_have_attribute("aria-current", "step")


def on_patrol(page: Page) -> None:
    expect(page.locator("#stage")).to_have_text("Đã điều lực lượng")


def on_list(page: Page) -> None:
    expect(page.locator("main")).to_contain_text("Đã điều lực lượng")


@pytest.mark.parametrize(
    ("path", "is_new"), [("/incidents/{id}", on_incident), ("/patrol/{id}", on_patrol), ("/incidents", on_list)]
)
def test_it_shows_what_it_missed(
    post: Inventory, incident: dict[str, Any], path: str, is_new: Callable[[Page], None]
) -> None:
    page = post.visit(path.format(**incident))
    go_on(post, incident)
    tell_all_to_load_anew(post)
    is_new(page)


@pytest.fixture
def hole(post: Inventory, browser: Browser) -> Iterator[BlackHole]:
    """A way to the same server that goes silent when it is told to."""
    with BlackHole(int(post.url.rpartition(":")[2])) as hole:
        yield hole


def through(hole: BlackHole, post: Inventory, browser: Browser) -> Inventory:
    return Inventory(post.post, hole.port, browser)


@pytest.mark.parametrize(
    ("path", "act"),
    [("/incidents/{id}", "[data-step=VERIFYING]"), ("/incidents/{id}", "#closing [type=submit]"), ("/shift", ".act")],
)
def test_it_lets_nobody_act_on_what_may_be_old(
    post: Inventory, incident: dict[str, Any], hole: BlackHole, browser: Browser, path: str, act: str
) -> None:
    inventory = through(hole, post, browser)
    page = inventory.visit(path.format(**incident))
    expect(page.locator(act).first).to_be_enabled()
    hole.is_cut = True
    wait_until_stale(page)
    expect(page.locator(act).first).to_be_disabled()
    hole.mend()
    expect(page.locator(act).first).to_be_enabled()
    inventory.close_pages()


def test_it_sends_no_key_of_a_page_that_may_be_old(
    post: Inventory, incident: dict[str, Any], hole: BlackHole, browser: Browser
) -> None:
    """A server that stood still would do it later, when nobody looks."""
    inventory = through(hole, post, browser)
    page = inventory.visit(f"/incidents/{incident['id']}")
    hole.is_cut = True
    wait_until_stale(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.keyboard.press("v")
    expect(page.locator("#toast")).to_contain_text("Chưa nối được máy chủ")
    assert not [url for url in sent if url.endswith("/steps")]
    inventory.close_pages()


def test_it_says_that_its_own_parts_could_not_be_had(post: Inventory, incident: dict[str, Any]) -> None:
    page = post.visit(f"/incidents/{incident['id']}")
    page.route("**/incidents/*", lambda route: route.abort())
    go_on(post, incident)
    tell_all_to_load_anew(post)
    expect(page.locator("#toast")).to_contain_text("có thể đã cũ")
    expect(page.locator("[data-step=VERIFYING]")).to_be_disabled()
    page.unroute("**/incidents/*")
    on_incident(page)
    expect(page.locator("[data-step=EN_ROUTE]")).to_be_enabled()


def test_it_leaves_what_a_hand_is_on(post: Inventory) -> None:
    page = post.visit("/devices/BELL-DV-001")
    page.locator(".device-service summary").click()
    page.fill(".device-service [name=reason]", "Đang sửa quầy")
    with page.expect_response("**/devices/BELL-DV-001"):
        tell_all_to_load_anew(post)
    page.locator(".device-service form button").click()
    expect(page.locator(".device-service")).to_contain_text("người bấm không biết nút đang ngừng sử dụng")


def test_it_keeps_what_is_chosen_where_something_is_new(post: Inventory, incident: dict[str, Any]) -> None:
    others = []
    for number in (next(NUMBERS), next(NUMBERS)):
        post.post.add_device(f"bell-{number}")
        post.post.call(f"bell-{number}")
        with post.post.store.read() as connection:
            others.append(incidents_page(connection, EVERYWHERE, is_open=True, limit=50)[0][0]["id"])
    page = post.visit(f"/incidents/{incident['id']}")
    chosen = page.locator("#merge [name=into]")
    chosen.select_option(str(others[0]))
    chosen.focus()
    page.locator("[data-part=alarms]").evaluate("part => part.dataset.wasHere = 'yes'")
    post.post.call(incident["alarms"][0]["device_id"])
    tell_all_to_load_anew(post)
    expect(page.locator("[data-part=alarms]:not([data-was-here])")).to_contain_text("2 lần")
    expect(chosen).to_have_value(str(others[0]))
    expect(chosen).to_be_focused()


RENEWED = """
    async () => {
        const { asServed, renew } = await import("/static/js/part_renewal.js");
        const made = html => new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
        const page = (number, masked) => `<div data-part="try"><ul id="filler"></ul>
            <details><summary>Thêm</summary></details><p>${number}</p>
            <div data-holder="person" data-id="P-1"><ul><li>${masked}</li></ul><button data-act="reveal"></button></div>
            <div data-holder="person" data-id="P-2"><button data-call="busy">Bận</button></div>
            <form><input name="reason"><select name="into" required><option value=""></option>
              ${number === 1 ? "<option value='7'></option>" : ""}</select></form>
            <input type="checkbox" data-plan="1"></div>`;
        const part = made(page(1, "09*"));
        document.body.append(part);
        asServed(part);
        const $ = query => document.querySelector(`[data-part=try] ${query}`);
        $("details").open = true;
        $("[name=reason]").value = "Đang sửa";
        $("[name=into]").value = "7";
        $("[data-plan]").checked = true;
        $("[data-id='P-1'] ul").innerHTML = "<li>0912</li>";
        $("[data-id='P-1']").dataset.revealed = "";
        $("[data-call]").focus();
        renew(part, made(page(1, "09*")));
        const isLeft = part.isConnected && $("[name=into]").value === "7" && !$("[data-plan]").checked;
        renew(part, made(page(2, "09*")));
        return [isLeft, part.isConnected, $("p").textContent, $("details").open, $("[name=reason]").value,
                $("[name=into]").value, $("[data-id='P-1'] li").textContent, $("[data-act=reveal]"),
                document.activeElement === $("[data-call]")];
    }
"""


def test_it_keeps_what_is_open_typed_revealed_and_stood_on(post: Inventory) -> None:
    """Where the chosen one is gone from the list, none is chosen; what acts at once shows what the server has."""
    page = post.visit("/shelved")
    assert page.evaluate(RENEWED) == [True, False, "2", True, "Đang sửa", "", "0912", None, True]


def test_it_keeps_a_tick_that_is_on_its_way(post: Inventory, incident: dict[str, Any]) -> None:
    """Whatever an older page says meanwhile; where it is refused, it goes."""
    page = post.visit(f"/incidents/{incident['id']}")
    tick, another = (page.locator("[data-plan]").nth(number) for number in range(2))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/plan", hold)
    tick.check()
    with page.expect_response(f"**/incidents/{incident['id']}"):
        tell_all_to_load_anew(post)
    assert tick.is_checked()
    tick_off(post, incident, another)
    tell_all_to_load_anew(post)
    expect(another).to_be_checked()
    assert tick.is_checked()
    held[0].fulfill(status=403, json={"message": "không được"})
    expect(tick).not_to_be_checked()


def test_it_writes_down_once_what_is_clicked_twice(post: Inventory, incident: dict[str, Any]) -> None:
    page = post.visit(f"/incidents/{incident['id']}")
    page.fill("#note-text", "Hai người, xe máy")
    page.locator("#note button").dblclick()
    notes = page.locator("[data-part=timeline] q")
    expect(notes).to_have_text(["Hai người, xe máy"])
    expect(page.locator("#note-text")).to_have_value("")
    with post.post.store.read() as connection:
        written = timeline_of(connection, incident["id"], EVERYWHERE)
    assert [line["text"] for line in written if line["kind"] == "note"] == ["Hai người, xe máy"]


def test_it_keeps_what_was_being_typed_when_another_ends_it(post: Inventory, incident: dict[str, Any]) -> None:
    page = post.visit(f"/incidents/{incident['id']}")
    page.fill("#closing [name=note]", "Đã xem lại camera, chưa thấy")
    for step in page.locator("[data-plan]").all():
        tick_off(post, incident, step)
    act = Act(incident_id=incident["id"], version=incident["version"], by="chi-huy")
    post.post.incidents.close(act, Closing(disposition=Disposition.ACCIDENTAL, note="Bấm nhầm khi lau bàn"))
    tell_all_to_load_anew(post)
    expect(page.locator("[data-part=ended]")).to_contain_text("Bấm nhầm khi lau bàn")
    expect(page.locator("#note-text")).to_have_value("Đã xem lại camera, chưa thấy")
    expect(page.locator("#toast")).to_contain_text("được giữ lại")
